// Many people decide on one fund line at the same time, while Redis and the service die under them.
#include <atomic>
#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tests/component/funding/funding_fixture.h"
#include "tools/stack/processes.h"

namespace pepline::funding {
namespace {

constexpr int kDeciders = 16;

// How a decision ended: it was carried out, or the line had too little left.
enum class Ending { kDone, kExceeded, kOther };

class FundingRaceTest : public FundingTest {
 protected:
  static std::string ChildOf(int number) { return absl::StrFormat("chd-race%016d", number); }

  // Submitted requests of one child each, 300 pounds.
  void BeginWithSubmitted(int count, std::int64_t line_pence) {
    ASSERT_NO_FATAL_FAILURE(Begin(line_pence));
    for (int i = 0; i < count; ++i) EmitInCare(ChildOf(i));
    Settle();
    for (int i = 0; i < count; ++i) submitted_.push_back(Submitted(Tutoring(ChildOf(i))));
    approver_ = Token(VirtualSchool());
    payer_ = Token(Finance());
  }
  std::string Token(const Actor& actor) {
    auto token = service_->signer().Sign(actor, absl::Minutes(10));
    EXPECT_TRUE(token.ok()) << token.status();
    return token.value_or("");
  }
  // Tries until there is an answer that will stay.
  template <class Request, class Response>
  Ending Insist(Rpc<Request, Response> rpc, const Request& request, const std::string& token) {
    Ending ending = Ending::kOther;
    EXPECT_TRUE(WaitUntil(
        [&] {
          grpc::ClientContext context;
          context.AddMetadata("authorization", absl::StrCat("Bearer ", token));
          context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(5)));
          Response response;
          const grpc::Status status = (stub_.get()->*rpc)(&context, request, &response);
          switch (status.error_code()) {
            case grpc::OK:
              ending = Ending::kDone;
              return true;
            case grpc::ABORTED:
              ++lost_races_;
              return false;
            case grpc::UNAVAILABLE:
            case grpc::DEADLINE_EXCEEDED:
              return false;
            default:
              if (ReasonOf(status) == "FUND_LINE_EXCEEDED") ending = Ending::kExceeded;
              return true;
          }
        },
        kPatience));
    return ending;
  }
  // Every request is approved in full by somebody, many at a time. Returns how often each ending
  // came.
  std::map<Ending, int> ApproveAllAtOnce() {
    std::atomic<std::size_t> next = 0;
    std::vector<std::map<Ending, int>> endings(kDeciders);
    std::vector<std::thread> deciders;
    for (int i = 0; i < kDeciders; ++i) {
      deciders.emplace_back([&, i] {
        for (std::size_t one = next++; one < submitted_.size(); one = next++) {
          auto command = Approving(submitted_[one], 30'000);
          command.set_request_id(absl::StrCat("approve-", one));
          ++endings[static_cast<std::size_t>(i)]
                   [Insist(&Stub::ApproveFundingRequest, command, approver_)];
          ++decided_;
        }
      });
    }
    for (std::thread& decider : deciders) decider.join();
    std::map<Ending, int> sum;
    for (const auto& one : endings) {
      for (const auto& [ending, count] : one) sum[ending] += count;
    }
    return sum;
  }
  // What requests and events say is what the line says.
  void ExpectTheBooksToAgree(int approved) {
    const v1::FundLine line = FundLine();
    EXPECT_EQ(line.approved_pence() + line.released_pence(), approved * 30'000);
    EXPECT_GE(line.left_pence(), 0);
    int in_state = 0;
    for (const v1::FundingRequest& one : submitted_) {
      if (Request(one.funding_request_id()).approved_pence() > 0) ++in_state;
    }
    // An event that is said again after a kill has the id that it had.
    std::set<std::string> emitted;
    Settle();
    const auto records = service_->Events(kFundingTopic);
    ASSERT_TRUE(records.ok()) << records.status();
    for (const ReadRecord& record : *records) {
      v1::FundingEvent event;
      ASSERT_TRUE(event.ParseFromString(record.value));
      if (event.has_funding_approved()) emitted.insert(event.header().event_id());
    }
    EXPECT_EQ(in_state, approved);
    EXPECT_EQ(emitted.size(), static_cast<std::size_t>(approved));
  }

  std::vector<v1::FundingRequest> submitted_;
  std::string approver_;
  std::string payer_;
  std::atomic<int> lost_races_ = 0;
  std::atomic<int> decided_ = 0;
};

TEST_F(FundingRaceTest, ManyApprovalsAtOnceNeverGoOverTheLine) {
  constexpr int kRequests = 64;
  constexpr int kFit = 40;
  // For forty and a bit: the rest is refused, whoever comes first.
  ASSERT_NO_FATAL_FAILURE(BeginWithSubmitted(kRequests, kFit * 30'000 + 29'999));
  auto endings = ApproveAllAtOnce();
  EXPECT_EQ(endings[Ending::kDone], kFit);
  EXPECT_EQ(endings[Ending::kExceeded], kRequests - kFit);
  EXPECT_EQ(FundLine().left_pence(), 29'999);
  ExpectTheBooksToAgree(kFit);
  EXPECT_GT(service_->Metric("pepline_commit_conflicts_total"), 0) << "they did compete";
}

TEST_F(FundingRaceTest, TheLineHoldsWhileRedisIsKilledUnderTheDecisions) {
  constexpr int kRequests = 60;
  constexpr int kFit = 45;
  ASSERT_NO_FATAL_FAILURE(BeginWithSubmitted(kRequests, kFit * 30'000));
  std::map<Ending, int> endings;
  std::thread everybody([&] { endings = ApproveAllAtOnce(); });
  for (int kill = 1; kill <= 3; ++kill) {
    EXPECT_TRUE(WaitUntil([&] { return decided_ >= kill * 10; }, kPatience));
    service_->redis().Kill();
    EXPECT_TRUE(service_->redis().Restart().ok());
  }
  everybody.join();
  EXPECT_EQ(endings[Ending::kDone], kFit);
  EXPECT_EQ(endings[Ending::kExceeded], kRequests - kFit);
  ExpectTheBooksToAgree(kFit);
}

TEST_F(FundingRaceTest, TheLineHoldsWhileTheServiceIsKilledUnderTheDecisions) {
  constexpr int kRequests = 40;
  constexpr int kFit = 30;
  ASSERT_NO_FATAL_FAILURE(BeginWithSubmitted(kRequests, kFit * 30'000));
  std::map<Ending, int> endings;
  std::thread everybody([&] { endings = ApproveAllAtOnce(); });
  for (int kill = 1; kill <= 3; ++kill) {
    EXPECT_TRUE(WaitUntil([&] { return decided_ >= kill * 8; }, kPatience));
    service_->process().Kill();
    EXPECT_TRUE(service_->process().Restart().ok());
  }
  everybody.join();
  KillAndRestart();  // and everything is on disk
  EXPECT_EQ(endings[Ending::kDone], kFit);
  EXPECT_EQ(endings[Ending::kExceeded], kRequests - kFit);
  ExpectTheBooksToAgree(kFit);
}

TEST_F(FundingRaceTest, ApprovalsReleasesAndALoweredLineAgree) {
  constexpr int kRequests = 30;
  ASSERT_NO_FATAL_FAILURE(BeginWithSubmitted(kRequests, kRequests * 30'000));
  std::atomic<bool> stop = false;
  // Somebody lowers and raises the line all the time.
  const std::string changer = Token(VirtualSchool());
  std::thread lowering([&] {
    for (int i = 0; !stop; ++i) {
      auto change = Changing(i % 2 == 0 ? 300'000 : kRequests * 30'000);
      change.set_request_id(absl::StrCat("change-", i));
      grpc::ClientContext context;
      context.AddMetadata("authorization", absl::StrCat("Bearer ", changer));
      context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(5)));
      v1::ChangeFundLineResponse response;
      if (stub_->ChangeFundLine(&context, change, &response).ok()) {
        EXPECT_GE(response.fund_line().left_pence(), 0);
      }
    }
  });
  auto endings = ApproveAllAtOnce();
  std::atomic<int> paid = 0;
  std::vector<std::thread> payers;
  for (int i = 0; i < 4; ++i) {
    payers.emplace_back([&, i] {
      for (std::size_t one = static_cast<std::size_t>(i); one < submitted_.size(); one += 4) {
        auto command = Of<v1::ReleaseFundingRequest>(submitted_[one]);
        command.set_request_id(absl::StrCat("release-", one));
        if (Insist(&Stub::ReleaseFunding, command, payer_) == Ending::kDone) ++paid;
      }
    });
  }
  for (std::thread& payer : payers) payer.join();
  stop = true;
  lowering.join();
  EXPECT_EQ(paid, endings[Ending::kDone]);
  EXPECT_GE(endings[Ending::kDone], 10) << "what fits into the lowered line at least";
  EXPECT_EQ(FundLine().released_pence(), paid * 30'000);
  ExpectTheBooksToAgree(paid);
}

TEST_F(FundingRaceTest, TwinsAtTheSameMomentHaveOneEffectAndOneAnswer) {
  ASSERT_NO_FATAL_FAILURE(BeginWithSubmitted(1, 1'000'000));
  auto command = Approving(submitted_[0], 30'000);
  command.set_request_id("twin");
  std::atomic<int> done = 0;
  std::vector<std::thread> twins;
  for (int i = 0; i < kDeciders; ++i) {
    twins.emplace_back([&] {
      if (Insist(&Stub::ApproveFundingRequest, command, approver_) == Ending::kDone) ++done;
    });
  }
  for (std::thread& twin : twins) twin.join();
  EXPECT_EQ(done, kDeciders);
  EXPECT_EQ(FundLine().approved_pence(), 30'000);
  ExpectTheBooksToAgree(1);
}

TEST_F(FundingRaceTest, CommandsAreRefusedAtOnceWhileRedisIsAwayAndRecordsWait) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  service_->redis().Kill();
  EXPECT_EQ(Refused(&Stub::DraftFundingRequest, Tutoring(), VirtualSchool()), "DEPENDENCY_AWAY");
  EXPECT_EQ(refused_.error_code(), grpc::UNAVAILABLE);
  EmitMoved(kChild, kSchool, kOtherSchool);
  ASSERT_TRUE(service_->redis().Restart().ok());
  Settle();
  Done(&Stub::DraftFundingRequest, Tutoring(), DesignatedTeacher(kOtherSchool));
  EXPECT_TRUE(WaitUntil([this] { return service_->process().Ready(); }, kPatience));
}

}  // namespace
}  // namespace pepline::funding
