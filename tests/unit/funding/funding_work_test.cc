// What is to be done next for a request, and by whom, in each of its stages.
#include "services/funding/domain/funding_work.h"

#include "tests/unit/funding/funding_story.h"

namespace pepline::funding {
namespace {

Work WorkIn(RequestStage stage) {
  Story story;
  story.In(stage);
  const auto work = WorkOn(*story.state.request, story.facts.now);
  EXPECT_TRUE(work.has_value()) << "nothing is to be done";
  return work.value_or(Work());
}
// When the story's command of that number was given, from 0.
absl::Time Command(int number) { return Story().facts.now + absl::Hours(24 * number); }

TEST(FundingWork, ADraftWaitsToBeSubmitted) {
  const Work work = WorkIn(RequestStage::kDraft);
  EXPECT_EQ(work.step, WorkStep::kSubmitFundingRequest);
  EXPECT_EQ(work.child, ChildId("chd-1"));
  EXPECT_EQ(work.pep, PepId("chd-1.2"));
  EXPECT_EQ(work.record, RequestId().text());
  EXPECT_EQ(work.due_at, std::nullopt);
  EXPECT_EQ(work.waiting_since, Command(0));
  EXPECT_EQ(work.who, (std::set<Role>{Role::kVirtualSchool, Role::kDesignatedTeacher}));
}

TEST(FundingWork, ASubmittedOneWaitsToBeDecided) {
  const Work work = WorkIn(RequestStage::kSubmitted);
  EXPECT_EQ(work.step, WorkStep::kDecideFundingRequest);
  EXPECT_EQ(work.waiting_since, Command(1));
  EXPECT_EQ(work.rule, "funding-decided");
  EXPECT_EQ(work.due_at, UsualFacts().calendar->EndOf(absl::CivilDay(2025, 10, 24)));
  EXPECT_FALSE(work.late);
  EXPECT_FALSE(work.estimated);
  EXPECT_EQ(work.who, std::set<Role>{Role::kVirtualSchool});
}

TEST(FundingWork, AnApprovedOneWaitsForItsMoney) {
  const Work work = WorkIn(RequestStage::kApproved);
  EXPECT_EQ(work.step, WorkStep::kReleaseFunding);
  EXPECT_EQ(work.waiting_since, Command(2));
  EXPECT_EQ(work.rule, "funding-released");
  EXPECT_EQ(work.due_at, UsualFacts().calendar->EndOf(absl::CivilDay(2025, 10, 24)));
  EXPECT_EQ(work.who, std::set<Role>{Role::kFinance});
}

TEST(FundingWork, IsLateFromTheSecondAfterItsDay) {
  Story story;
  story.In(RequestStage::kSubmitted);
  const absl::Time due_at = *WorkOn(*story.state.request, story.facts.now)->due_at;
  EXPECT_FALSE(WorkOn(*story.state.request, due_at)->late);
  EXPECT_TRUE(WorkOn(*story.state.request, due_at + absl::Seconds(1))->late);
}

TEST(FundingWork, ARequestOfAnEarlierVersionWaitsWithoutADayUntilItIsGivenOne) {
  Story story;
  story.In(RequestStage::kSubmitted);
  story.state.request->deadlines.clear();
  const auto work = WorkOn(*story.state.request, story.facts.now);
  ASSERT_TRUE(work.has_value());
  EXPECT_EQ(work->due_at, std::nullopt);
  EXPECT_EQ(work->waiting_since, Command(1));
}

TEST(FundingWork, NothingIsToBeDoneForOneThatIsOver) {
  for (const RequestStage stage : kAllStages) {
    Story story;
    story.In(stage);
    EXPECT_EQ(WorkOn(*story.state.request, story.facts.now).has_value(), Waits(stage))
        << StageName(stage);
  }
}

}  // namespace
}  // namespace pepline::funding
