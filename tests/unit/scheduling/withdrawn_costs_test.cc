// What the interventions cost is ticked by requests for Pupil Premium Plus, and follows them when
// they are withdrawn.
#include "tests/unit/scheduling/plan_story.h"

namespace pepline::scheduling {
namespace {

constexpr auto kCosts = ReadinessItem::kInterventionsCosted;
const FundingRequestId kOne("req-93125aaaaaaaaaaaaaaa");
const FundingRequestId kOther("req-93125bbbbbbbbbbbbbbb");

// A termly PEP, its meeting set for Monday 20 October; the profile asks for the costs before it.
Story Scheduled() {
  Story story("2025-09-02 00:00");
  Policy policy = UsualPolicy();
  policy.rules[Rule::kInterventionsCosted] = {
      -3,
      DayKind::kSchoolDays,
      {{1, 0, DayKind::kSchoolDays, {RecipientRole::kDesignatedTeacher}}}};
  story.facts.policy = std::make_shared<const Policy>(policy);
  story.InCareSince("2019-03-01");
  story.Until("2025-09-22 10:00").Schedule("2025-10-20 14:00");
  return story;
}
void Draft(Story& story, const FundingRequestId& request) {
  story.Done(CompleteReadinessItem{story.Pep(1), kCosts, story.facts.now, std::nullopt, request});
}
void Withdraw(Story& story, const FundingRequestId& request) {
  story.Done(WithdrawCosts{story.Pep(1), request, story.facts.now});
}
bool IsTicked(const Story& story) { return story.cycle().readiness.contains(kCosts); }

TEST(WithdrawnCosts, TheTickGoesWithTheRequestAndTheDeadlineBeginsAnew) {
  Story story = Scheduled();
  Draft(story, kOne);
  EXPECT_TRUE(IsTicked(story));
  EXPECT_EQ(story.deadline(Rule::kInterventionsCosted).status, DeadlineStatus::kMet);
  story.Until("2025-10-01 10:00");
  Withdraw(story, kOne);
  EXPECT_FALSE(IsTicked(story));
  EXPECT_TRUE(story.All<PepCostsWithdrawn>().back().open_again);
  EXPECT_EQ(story.deadline(Rule::kInterventionsCosted).status, DeadlineStatus::kRunning);
  EXPECT_EQ(story.deadline(Rule::kInterventionsCosted).instants.due_at, EndOf("2025-10-15"));
  story.Until("2025-10-16 00:00");
  EXPECT_EQ(story.CountOf<DeadlineMissed>(Rule::kInterventionsCosted), 1);
  EXPECT_EQ(story.Folded(), story.state);
}

TEST(WithdrawnCosts, TakeNoHeldMeetingAlongThatWasPutOnRecordAtTheSameInstant) {
  Story story = Scheduled();
  story.Until("2025-10-20 16:00");
  Draft(story, kOne);
  story.Hold("2025-10-20");
  ASSERT_EQ(story.deadline(Rule::kHeldByTermCutOff).met_at,
            story.cycle().readiness.at(ReadinessItem::kInterventionsCosted));
  Withdraw(story, kOne);
  EXPECT_EQ(story.deadline(Rule::kHeldByTermCutOff).status, DeadlineStatus::kMet);
  EXPECT_EQ(story.deadline(Rule::kInterventionsCosted).status, DeadlineStatus::kMissed);
}

TEST(WithdrawnCosts, AnotherRequestKeepsTheTickUntilItIsWithdrawnToo) {
  Story story = Scheduled();
  Draft(story, kOne);
  Draft(story, kOther);
  Withdraw(story, kOne);
  EXPECT_TRUE(IsTicked(story));
  EXPECT_FALSE(story.All<PepCostsWithdrawn>().back().open_again);
  Withdraw(story, kOne);
  EXPECT_TRUE(story.latest.empty()) << "a repeated report says nothing";
  Withdraw(story, kOther);
  EXPECT_FALSE(IsTicked(story));
}

TEST(WithdrawnCosts, APersonsTickStays) {
  Story story = Scheduled();
  Draft(story, kOne);
  story.Done(CompleteReadinessItem{PepId(), kCosts, std::nullopt});
  Withdraw(story, kOne);
  EXPECT_TRUE(IsTicked(story)) << "somebody said that nothing, or nothing else, is asked for";
  story.Idle(CompleteReadinessItem{PepId(), kCosts, std::nullopt});
}

TEST(WithdrawnCosts, ATickOfWhichItIsNotKnownWhatStandsForItIsLookedAtAgain) {
  Story story = Scheduled();
  Draft(story, kOne);
  story.state.cycle->costing_requests.clear();  // as the version before left it
  Withdraw(story, kOther);
  EXPECT_FALSE(IsTicked(story));
}

TEST(WithdrawnCosts, ChangeNothingOfAFinalisedOrAnUnknownPep) {
  Story story = Scheduled();
  Draft(story, kOne);
  story.Until("2025-10-20 16:00").Hold("2025-10-20");
  story.Done(FinaliseEpep{});
  Withdraw(story, kOne);
  EXPECT_TRUE(IsTicked(story));
  story.Idle(WithdrawCosts{story.Pep(7), kOne, story.facts.now});
}

TEST(WithdrawnCosts, AfterTheMeetingAreMissingAtOnce) {
  Story story = Scheduled();
  Draft(story, kOne);
  story.Until("2025-10-20 16:00").Hold("2025-10-20");
  story.Until("2025-10-21 10:00");
  Withdraw(story, kOne);
  EXPECT_EQ(story.deadline(Rule::kInterventionsCosted).status, DeadlineStatus::kMissed);
  Draft(story, kOther);
  EXPECT_TRUE(story.deadline(Rule::kInterventionsCosted).late);
}

}  // namespace
}  // namespace pepline::scheduling
