// The deadlines of a request on the running service: by when it is decided, and its money released.
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/funding/storage/codec.h"
#include "shared/base/london.h"
#include "shared/base/timestamps.h"
#include "tests/component/funding/funding_fixture.h"
#include "tests/component/support/operation_runner.h"

namespace pepline::funding {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr char kDecided[] = "funding-decided";
constexpr char kReleased[] = "funding-released";

class FundingDeadlinesTest : public FundingTest {
 protected:
  // 23:59:59 in London.
  static absl::Time EndOf(int year, int month, int day) {
    return absl::FromCivil(absl::CivilDay(year, month, day) + 1, London()) - absl::Seconds(1);
  }
  static absl::Time ToTime(const google::protobuf::Timestamp& at) {
    return FromTimestamp(at).value_or(absl::InfinitePast());
  }
  // "DeadlineMissed funding-decided", of everything that was said of deadlines.
  std::vector<std::string> Story() {
    std::vector<std::string> story;
    for (const v1::FundingEvent& event : Emitted()) {
      if (!event.has_request()) continue;
      EXPECT_EQ(event.request().child_id(), kChild);
      EXPECT_EQ(event.request().pep_id(), absl::StrCat(kChild, ".2"));
      EXPECT_EQ(event.request().authority_code(), kAuthority);
      const auto* member = event.GetReflection()->GetOneofFieldDescriptor(
          event, event.GetDescriptor()->FindOneofByName("event"));
      const auto& said = event.GetReflection()->GetMessage(event, member);
      common::v1::DeadlineReference deadline;
      deadline.CopyFrom(said.GetReflection()->GetMessage(
          said, said.GetDescriptor()->FindFieldByName("deadline")));
      EXPECT_EQ(deadline.deadline_id(),
                absl::StrCat(event.request().funding_request_id(), ".", deadline.rule_id()));
      story.push_back(absl::StrCat(member->message_type()->name(), " ", deadline.rule_id()));
    }
    return story;
  }
  v1::FundingDeadline DeadlineIn(const v1::FundingRequest& request, const std::string& rule) {
    for (const v1::FundingDeadline& one : request.deadlines()) {
      if (one.deadline().rule_id() == rule) return one;
    }
    ADD_FAILURE() << rule << " does not run";
    return {};
  }
  common::v1::WorkItem Work(const Actor& actor) {
    v1::ListWorkResponse response;
    EXPECT_TRUE(Call(&Stub::ListWork, {}, response, actor).ok());
    EXPECT_EQ(response.items_size(), 1);
    return response.items_size() == 1 ? response.items(0) : common::v1::WorkItem();
  }
};

TEST_F(FundingDeadlinesTest, ARequestThatNobodyDecidesIsMissedAndMetLate) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  EmitBankHolidays();
  Settle();
  const auto request = Submitted();  // on Monday, 22 September
  const auto decide = DeadlineIn(request, kDecided);
  EXPECT_EQ(ToTime(decide.deadline().due_at()), EndOf(2025, 10, 6));
  EXPECT_TRUE(decide.deadline().calendar_known());
  EXPECT_EQ(decide.state(), common::v1::DEADLINE_STATE_RUNNING);
  EXPECT_EQ(Work(VirtualSchool()).rule_id(), kDecided);
  EXPECT_FALSE(Work(VirtualSchool()).late());

  SettleAt(EndOf(2025, 10, 6));
  EXPECT_THAT(Story(), ElementsAre(absl::StrCat("DeadlineSet ", kDecided),
                                   absl::StrCat("DeadlineReminderReached ", kDecided)));
  SettleAt(EndOf(2025, 10, 6) + absl::Seconds(1));
  EXPECT_THAT(Story().back(), absl::StrCat("DeadlineMissed ", kDecided));
  EXPECT_TRUE(Work(VirtualSchool()).late());
  EXPECT_EQ(service_->Metric(
                absl::StrCat("pepline_funding_deadlines_missed_total{rule=\"", kDecided, "\"}")),
            1);

  const auto approved = Done(&Stub::ApproveFundingRequest, Approving(request, 20'000));
  EXPECT_EQ(DeadlineIn(approved, kDecided).state(), common::v1::DEADLINE_STATE_MET);
  EXPECT_TRUE(DeadlineIn(approved, kDecided).late());
  EXPECT_EQ(Work(Finance()).rule_id(), kReleased);
  const auto released =
      Done(&Stub::ReleaseFunding, Of<v1::ReleaseFundingRequest>(request), Finance());
  EXPECT_FALSE(DeadlineIn(released, kReleased).late());
  Settle();
  EXPECT_THAT(Story(), ElementsAre(absl::StrCat("DeadlineSet ", kDecided),
                                   absl::StrCat("DeadlineReminderReached ", kDecided),
                                   absl::StrCat("DeadlineMissed ", kDecided),
                                   absl::StrCat("DeadlineMet ", kDecided),
                                   absl::StrCat("DeadlineSet ", kReleased),
                                   absl::StrCat("DeadlineMet ", kReleased)));
}

TEST_F(FundingDeadlinesTest, ARequestThatIsTakenBackIsAskedForNoMore) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  const auto request = Submitted();
  Done(&Stub::WithdrawFundingRequest, Of<v1::WithdrawFundingRequestRequest>(request));
  SettleAt(EndOf(2025, 11, 28));
  EXPECT_THAT(Story(), ElementsAre(absl::StrCat("DeadlineSet ", kDecided),
                                   absl::StrCat("DeadlineWithdrawn ", kDecided)));
}

// One that runs follows, and one that is over does not.
TEST_F(FundingDeadlinesTest, RunningDeadlinesFollowBankHolidaysAndProfiles) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  SettleAt(EndOf(2025, 12, 18) + absl::Hours(10));  // Friday, 19 December
  const auto request = Submitted();
  const std::string id = request.funding_request_id();
  EXPECT_EQ(ToTime(DeadlineIn(request, kDecided).deadline().due_at()), EndOf(2026, 1, 2));
  EXPECT_FALSE(DeadlineIn(request, kDecided).deadline().calendar_known());
  EmitBankHolidays();
  Settle();
  ASSERT_TRUE(WaitUntil([&] { return Story().size() == 2; }, kPatience));
  auto decide = DeadlineIn(Request(id), kDecided);
  EXPECT_EQ(ToTime(decide.deadline().due_at()), EndOf(2026, 1, 7));
  EXPECT_TRUE(decide.deadline().calendar_known());

  EmitProfile("2025-09-01", 3);
  Settle();
  ASSERT_TRUE(WaitUntil([&] { return Story().size() == 3; }, kPatience));
  decide = DeadlineIn(Request(id), kDecided);
  EXPECT_EQ(ToTime(decide.deadline().due_at()), EndOf(2025, 12, 24));
  EXPECT_THAT(Story(), ElementsAre(absl::StrCat("DeadlineSet ", kDecided),
                                   absl::StrCat("DeadlineRecalculated ", kDecided),
                                   absl::StrCat("DeadlineRecalculated ", kDecided)));

  Done(&Stub::DeclineFundingRequest, Declining(request));
  EmitProfile("2025-09-01", 5);
  Settle();
  EXPECT_THAT(Story().back(), absl::StrCat("DeadlineMet ", kDecided));
}

// As a version without deadlines left it: no deadline, and no alarm. What an operator runs after
// the upgrade finds that, and the service does the rest.
TEST_F(FundingDeadlinesTest, RequestsOfAnEarlierVersionGetTheirDeadlinesAfterARepair) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  const auto request = Submitted();
  const FundingRequestId id(request.funding_request_id());
  const Target target = TargetOf(id, *LineOf(id));
  const int partition = PartitionOf(target.routing_id, store_->partitions());
  const auto loaded = store_->Load(partition, target.keys, "");
  ASSERT_TRUE(loaded.ok() && loaded->records.front());
  runtime::v1::AggregateRecord record;
  storage::v1::FundingRequest stored;
  ASSERT_TRUE(record.ParseFromString(loaded->records.front()->bytes));
  ASSERT_TRUE(stored.ParseFromString(record.state()));
  stored.clear_deadlines();
  record.set_state(stored.SerializeAsString());
  Commit before{.partition = partition};
  before.writes.push_back({.key = target.keys.front(),
                           .expected_revision = loaded->records.front()->revision,
                           .bytes = record.SerializeAsString()});
  before.alarms.push_back({.key = target.keys.front(), .at = std::nullopt});
  ASSERT_TRUE(store_->Apply(before).ok());
  EXPECT_THAT(Request(id.text()).deadlines(), IsEmpty());
  SettleAt(EndOf(2025, 10, 10));
  const std::size_t said = Story().size();

  OperationRunner operate(service_->process());
  EXPECT_THAT(operate.Run({"--check"}).output,
              HasSubstr(absl::StrCat("alarm missing: funding-request ", id.text())));
  EXPECT_THAT(operate.Run({"--check", "--repair"}).output, HasSubstr("1 mended"));
  ASSERT_TRUE(WaitUntil([&] { return Story().size() == said + 2; }, kPatience));
  const auto story = Story();
  EXPECT_EQ(story[said], absl::StrCat("DeadlineSet ", kDecided));
  EXPECT_EQ(story[said + 1], absl::StrCat("DeadlineMissed ", kDecided));
  EXPECT_EQ(ToTime(DeadlineIn(Request(id.text()), kDecided).deadline().due_at()),
            EndOf(2025, 10, 6))
      << "counted from the day on which it was submitted";
  EXPECT_EQ(operate.Run({"--check"}).code, 0);
}

}  // namespace
}  // namespace pepline::funding
