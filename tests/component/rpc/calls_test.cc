// Calls to the RPC server of a running service: bounds, health, reflection, and a stop in the
// middle of the work.
#include <grpcpp/generic/generic_stub.h>

#include <atomic>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "pepline/registry/v1/registry_events.pb.h"
#include "pepline/scheduling/v1/scheduling_events.pb.h"
#include "shared/redis/redis_store.h"
#include "tests/component/rpc/rpc_server_fixture.h"

namespace pepline {
namespace {

using funding::v1::FundingService;

constexpr char kChild[] = "chd-abcdefghij0123456789";

grpc::ByteBuffer ToBuffer(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return grpc::ByteBuffer(&slice, 1);
}
std::string ToBytes(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  EXPECT_TRUE(buffer.Dump(&slices).ok());
  std::string bytes;
  for (const grpc::Slice& slice : slices) {
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return bytes;
}

class RpcCallTest : public RpcTest {
 protected:
  // One step of a call on the queue; false when it did not succeed or took too long.
  bool Next() {
    void* tag = nullptr;
    bool ok = false;
    return queue_.AsyncNext(&tag, &ok, absl::ToChronoTime(absl::Now() + kPatience)) ==
               grpc::CompletionQueue::GOT_EVENT &&
           ok;
  }
  // What grpc.health.v1.Health/Check answers about the whole server: 1 serving, 2 not serving; 0
  // when nothing can be read.
  int Health() {
    grpc::GenericStub stub(service_->channel());
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(5)));
    auto call =
        stub.PrepareUnaryCall(&context, "/grpc.health.v1.Health/Check", ToBuffer(""), &queue_);
    call->StartCall();
    grpc::ByteBuffer answer;
    grpc::Status status;
    call->Finish(&answer, &status, nullptr);
    if (!Next() || !status.ok()) return 0;
    const std::string bytes = ToBytes(answer);
    return bytes.size() == 2 && bytes[0] == '\x08' ? bytes[1] : 0;
  }
  // The names that server reflection lists, as the bytes of its answer.
  std::string ReflectedServices() {
    grpc::GenericStub stub(service_->channel());
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(5)));
    auto call = stub.PrepareCall(
        &context, "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", &queue_);
    call->StartCall(nullptr);
    EXPECT_TRUE(Next());
    call->Write(ToBuffer(std::string("\x3a\x01*", 3)), nullptr);  // list_services
    EXPECT_TRUE(Next());
    grpc::ByteBuffer answer;
    call->Read(&answer, nullptr);
    EXPECT_TRUE(Next());
    call->WritesDone(nullptr);
    EXPECT_TRUE(Next());
    grpc::Status status;
    call->Finish(&status, nullptr);
    EXPECT_TRUE(Next());
    EXPECT_TRUE(status.ok()) << status.error_message();
    return ToBytes(answer);
  }

  // A child, and the fund line of the year, so that drafts can be made.
  void BeginWithChild() {
    ASSERT_NO_FATAL_FAILURE(Begin());
    registry::v1::RegistryEvent event;
    *event.mutable_header() =
        ServiceUnderTest::Header(absl::StrCat("registry/child/", kChild), 1, absl::Now());
    event.mutable_child_became_looked_after()->set_child_id(kChild);
    event.mutable_child_became_looked_after()->set_authority_code("931");
    event.mutable_child_became_looked_after()->set_became_looked_after_on("2025-09-01");
    ASSERT_TRUE(service_->Publish("pepline.registry.events.v1", kChild, event).ok());
    scheduling::v1::SchedulingEvent pep;
    *pep.mutable_header() =
        ServiceUnderTest::Header(absl::StrCat("scheduling/plan/", kChild), 1, absl::Now());
    pep.mutable_pep()->set_child_id(kChild);
    pep.mutable_pep()->set_pep_id(absl::StrCat(kChild, ".1"));
    pep.mutable_pep_cycle_opened()->set_opened_on("2025-09-02");
    ASSERT_TRUE(service_->Publish("pepline.scheduling.events.v1", kChild, pep).ok());
    funding::v1::OpenFundLineRequest line;
    line.set_request_id("line");
    line.set_authority_code("931");
    line.set_financial_year("2025-26");
    line.set_amount_pence(1'000'000);
    funding::v1::OpenFundLineResponse opened;
    ASSERT_TRUE(stub_->OpenFundLine(service_->Context(Finance()).get(), line, &opened).ok());
    token_ = Token(VirtualSchool());
    EXPECT_TRUE(WaitUntil([&] { return MakeDraft("first").ok(); }, kPatience));
  }
  funding::v1::DraftFundingRequestRequest Draft(const std::string& request_id) {
    funding::v1::DraftFundingRequestRequest draft;
    draft.set_request_id(request_id);
    draft.set_fund_line_id("931.2025-26");
    draft.set_child_id(kChild);
    draft.set_pep_id(absl::StrCat(kChild, ".1"));
    draft.set_outcome_id(absl::StrCat(kChild, ".1.o1"));
    draft.set_description("music lessons");
    draft.add_cost_lines()->set_description("lessons");
    draft.mutable_cost_lines(0)->set_amount_pence(12'000);
    draft.set_start_on("2025-10-20");
    draft.set_end_on("2025-12-19");
    return draft;
  }
  grpc::Status MakeDraft(const std::string& request_id) {
    grpc::ClientContext context;
    context.AddMetadata("authorization", "Bearer " + token_);
    context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(10)));
    funding::v1::DraftFundingRequestResponse response;
    return stub_->DraftFundingRequest(&context, Draft(request_id), &response);
  }
  int DraftsStored() {
    funding::v1::ListFundingRequestsRequest request;
    request.set_child_id(kChild);
    request.set_page_size(1000);
    int count = 0;
    do {
      funding::v1::ListFundingRequestsResponse response;
      grpc::Status status;
      // A connection from before a restart may be found broken only by its next call.
      WaitUntil(
          [&] {
            status = stub_->ListFundingRequests(service_->Context(VirtualSchool()).get(), request,
                                                &response);
            return status.error_code() != grpc::UNAVAILABLE;
          },
          kPatience);
      EXPECT_TRUE(status.ok()) << status.error_message();
      count += response.funding_requests_size();
      request.set_page_token(response.next_page_token());
    } while (!request.page_token().empty());
    return count;
  }

  grpc::CompletionQueue queue_;
  std::string token_;
};

TEST_F(RpcCallTest, AMessageOfAHundredMegabytesIsRefusedAndTheServiceGoesOn) {
  ASSERT_NO_FATAL_FAILURE(BeginWithChild());
  auto draft = Draft("huge");
  draft.mutable_description()->assign(100 * 1024 * 1024, 'x');
  funding::v1::DraftFundingRequestResponse response;
  const grpc::Status status = stub_->DraftFundingRequest(
      service_->Context(VirtualSchool(), absl::Seconds(60)).get(), draft, &response);
  EXPECT_EQ(status.error_code(), grpc::RESOURCE_EXHAUSTED) << status.error_message();
  EXPECT_TRUE(service_->process().Running());
  EXPECT_TRUE(MakeDraft("huge").ok()) << "its request_id was never used";
  EXPECT_EQ(DraftsStored(), 2) << "nothing is left half done";
}

TEST_F(RpcCallTest, ACallWithoutADeadlineIsRefusedWithTheFix) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  grpc::ClientContext context;
  context.AddMetadata("authorization", "Bearer " + Token(VirtualSchool()));
  funding::v1::GetFundLineRequest request;
  request.set_fund_line_id("931.2025-26");
  funding::v1::GetFundLineResponse response;
  const grpc::Status status = stub_->GetFundLine(&context, request, &response);
  EXPECT_EQ(status.error_code(), grpc::INVALID_ARGUMENT);
  EXPECT_EQ(ReasonOf(status), "NO_DEADLINE");
  EXPECT_TRUE(absl::StrContains(status.error_message(), "set a deadline"));
  EXPECT_EQ(CountRefused("no-deadline"), 1);
}

TEST_F(RpcCallTest, AnUnknownRpcIsUnimplemented) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  grpc::GenericStub stub(service_->channel());
  const auto context = service_->Context(VirtualSchool());
  auto call = stub.PrepareUnaryCall(context.get(), "/pepline.funding.v1.FundingService/PayMe",
                                    ToBuffer(""), &queue_);
  call->StartCall();
  grpc::ByteBuffer answer;
  grpc::Status status;
  call->Finish(&answer, &status, nullptr);
  EXPECT_TRUE(Next());
  EXPECT_EQ(status.error_code(), grpc::UNIMPLEMENTED);
}

TEST_F(RpcCallTest, HealthTellsTheTruth) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  EXPECT_EQ(Health(), 1);
  service_->redis().Kill();
  EXPECT_TRUE(WaitUntil([&] { return Health() == 2; }, kPatience)) << "not without its store";
  EXPECT_FALSE(service_->process().Ready());
  ASSERT_TRUE(service_->redis().Restart().ok());
  EXPECT_TRUE(WaitUntil([&] { return Health() == 1; }, kPatience));
}

TEST_F(RpcCallTest, ReflectionNamesTheServices) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  const std::string answer = ReflectedServices();
  EXPECT_TRUE(absl::StrContains(answer, FundingService::service_full_name()));
  EXPECT_TRUE(absl::StrContains(answer, "grpc.health.v1.Health"));
}

TEST_F(RpcCallTest, AStopAnswersWhatItBeganAndLosesNothing) {
  ASSERT_NO_FATAL_FAILURE(BeginWithChild());
  constexpr int kCallers = 8;
  std::atomic<int> acknowledged = 1;  // the first
  std::vector<std::thread> callers;
  for (int caller = 0; caller < kCallers; ++caller) {
    callers.emplace_back([&, caller] {
      for (int i = 0;; ++i) {
        const grpc::Status status = MakeDraft(absl::StrCat(caller, "-", i));
        if (status.ok()) {
          ++acknowledged;
          continue;
        }
        // Turned away before it began: by the server, or because nobody listens any more.
        EXPECT_EQ(status.error_code(), grpc::UNAVAILABLE) << status.error_message();
        return;
      }
    });
  }
  EXPECT_TRUE(WaitUntil([&] { return acknowledged > 300; }, kPatience));
  EXPECT_EQ(service_->process().Stop(), 0);
  for (std::thread& caller : callers) caller.join();

  const auto store =
      RedisStore::Create({.port = service_->redis().port(), .service = kService}, nullptr);
  absl::StatusOr<OutboxDepth> waiting;
  EXPECT_TRUE(WaitUntil([&] { return (waiting = store->MeasureOutbox()).ok(); }, kPatience));
  ASSERT_TRUE(waiting.ok()) << waiting.status();
  EXPECT_EQ(waiting->entries, 0) << "what was said went out before the end";
  ASSERT_TRUE(service_->process().Restart().ok());
  ASSERT_TRUE(service_->process().WaitReady(kPatience).ok());
  EXPECT_EQ(DraftsStored(), acknowledged);
}

}  // namespace
}  // namespace pepline
