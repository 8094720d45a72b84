// The child's views before a meeting, and what the interventions cost: what readiness waits for
// besides the SDQ and the draft.
#include "services/scheduling/domain/rules.h"
#include "tests/unit/scheduling/plan_story.h"

namespace pepline::scheduling {
namespace {

// A termly PEP of the autumn of 2025, its meeting set for Monday 20 October.
Story ScheduledStory() {
  Story story("2025-09-02 00:00");
  story.InCareSince("2019-03-01");
  story.Until("2025-09-22 10:00").Schedule("2025-10-20 14:00");
  return story;
}

Story WithCosts() {
  Story story("2025-09-02 00:00");
  Policy policy = UsualPolicy();
  policy.rules[Rule::kInterventionsCosted] = {
      -5,
      DayKind::kSchoolDays,
      {{1, 0, DayKind::kSchoolDays, {RecipientRole::kDesignatedTeacher}}}};
  story.facts.policy = std::make_shared<const Policy>(policy);
  story.InCareSince("2019-03-01");
  story.Until("2025-09-22 10:00").Schedule("2025-10-20 14:00");
  return story;
}

TEST(PupilViews, ThatAreMissingAreSaidToTheTeacherAndThenToTheVirtualSchool) {
  using enum RecipientRole;
  Story story = ScheduledStory();
  const DeadlineInstants& instants = story.deadline(Rule::kViewsCaptured).instants;
  EXPECT_EQ(instants.due_at, EndOf("2025-10-15"));
  ASSERT_EQ(instants.levels.size(), 3u);
  EXPECT_EQ(instants.levels[0].at, At("2025-10-13 08:00"));
  EXPECT_EQ(instants.levels[1].recipients, std::vector{kDesignatedTeacher});
  EXPECT_EQ(instants.levels[2].recipients, std::vector{kVirtualSchoolCaseworker});
  EXPECT_EQ(instants.levels[2].at, At("2025-10-17 08:00")) << "before the meeting";
  story.Until("2025-10-17 09:00");
  EXPECT_EQ(story.CountOf<DeadlineReminderReached>(Rule::kViewsCaptured), 1);
  EXPECT_EQ(story.WhenEmitted<DeadlineMissed>(Rule::kViewsCaptured), At("2025-10-16 00:00"));
}

TEST(PupilViews, OnRecordEndTheirDeadlineInTimeOrLate) {
  for (const auto& [at, late] :
       {std::pair{"2025-10-15 16:00", false}, std::pair{"2025-10-16 09:00", true}}) {
    Story story = ScheduledStory();
    story.Until(at).ViewsCaptured(At(at));
    EXPECT_EQ(story.CountOf<DeadlineMissed>(Rule::kViewsCaptured), late ? 1 : 0);
    EXPECT_EQ(story.deadline(Rule::kViewsCaptured).status, DeadlineStatus::kMet);
    EXPECT_EQ(story.deadline(Rule::kViewsCaptured).late, late);
  }
}

TEST(PupilViews, ThatNeedNotBeCapturedWaiveTheirDeadline) {
  Story story = ScheduledStory();
  story.Until("2025-10-17 09:00");
  story.Done(WaiveReadinessItem{PepId(), ReadinessItem::kPupilViews, story.facts.now});
  EXPECT_EQ(story.deadline(Rule::kViewsCaptured).status, DeadlineStatus::kWaived);
  EXPECT_TRUE(story.deadline(Rule::kViewsCaptured).late);
  EXPECT_EQ(story.CountOf<DeadlineMet>(Rule::kViewsCaptured), 0) << "waived is not met";
}

TEST(PupilViews, AreNotEndedByHoldingTheMeetingOrByFinalisingWithoutThem) {
  Story story = ScheduledStory();
  story.Until("2025-10-20 16:00").Hold("2025-10-20");
  story.Done(FinaliseEpep{});
  EXPECT_EQ(story.deadline(Rule::kViewsCaptured).status, DeadlineStatus::kMissed);
  story.ViewsCaptured(story.facts.now);
  EXPECT_EQ(story.deadline(Rule::kViewsCaptured).status, DeadlineStatus::kMet);
}

TEST(PupilViews, AreAskedForBeforeAMeetingThatWasNeverSetHere) {
  Story story("2025-09-02 00:00");
  story.InCareSince("2019-03-01");
  EXPECT_FALSE(story.cycle().deadlines.contains(Rule::kViewsCaptured));
  story.Until("2025-10-20 16:00").Hold("2025-10-20");
  EXPECT_EQ(story.deadline(Rule::kViewsCaptured).status, DeadlineStatus::kMissed);
}

// As a plan is that was stored before there was such a deadline.
TEST(PupilViews, OfAPlanFromBeforeAreAskedForUnlessItsEpepIsFinalised) {
  Story story = ScheduledStory();
  story.state.cycle->deadlines.erase(Rule::kViewsCaptured);
  EXPECT_EQ(Plan::NextWake(story.state, story.facts), At("2025-10-06 08:00"))
      << "the reminder of the SDQ";
  story.SdqScored(story.facts.now);
  story.state.cycle->deadlines.erase(Rule::kViewsCaptured);
  story.state.cycle->deadlines.erase(Rule::kDraftReady);
  story.state.cycle->readiness[ReadinessItem::kEpepDraft] = story.facts.now;
  EXPECT_EQ(Plan::NextWake(story.state, story.facts), At("2025-10-13 08:00"));
  story.Until("2025-10-16 00:00");
  EXPECT_EQ(story.CountOf<DeadlineMissed>(Rule::kViewsCaptured), 1);

  Story done = ScheduledStory();
  done.Until("2025-10-20 16:00").Hold("2025-10-20");
  done.Done(FinaliseEpep{});
  done.state.cycle->deadlines.erase(Rule::kViewsCaptured);
  const int missed = done.CountOf<DeadlineMissed>(Rule::kViewsCaptured);
  done.Until("2025-11-20 09:00");
  done.Wake();
  EXPECT_FALSE(done.cycle().deadlines.contains(Rule::kViewsCaptured));
  EXPECT_EQ(done.CountOf<DeadlineMissed>(Rule::kViewsCaptured), missed);
}

TEST(InterventionCosts, HaveADeadlineWhereTheProfileNamesItAndNoOther) {
  EXPECT_FALSE(ScheduledStory().cycle().deadlines.contains(Rule::kInterventionsCosted));
  Story story = WithCosts();
  EXPECT_EQ(story.deadline(Rule::kInterventionsCosted).instants.due_at, EndOf("2025-10-13"));
  story.Until("2025-10-14 09:00");
  EXPECT_EQ(story.CountOf<DeadlineMissed>(Rule::kInterventionsCosted), 1);
  // A request was drafted, or nothing is asked for and the school ticks the item.
  story.Done(CompleteReadinessItem{PepId(), ReadinessItem::kInterventionsCosted, std::nullopt});
  EXPECT_EQ(story.deadline(Rule::kInterventionsCosted).status, DeadlineStatus::kMet);
  EXPECT_TRUE(story.deadline(Rule::kInterventionsCosted).late);
}

TEST(InterventionCosts, StopWhenTheProfileAsksForThemNoMore) {
  Story story = WithCosts();
  story.facts.policy = std::make_shared<const Policy>(UsualPolicy());
  story.Wake();
  EXPECT_EQ(story.CountOf<DeadlineWithdrawn>(Rule::kInterventionsCosted), 1);
}

TEST(InterventionCosts, AreNotAskedForOnceTheEpepIsFinalised) {
  Story story = ScheduledStory();
  story.Until("2025-10-20 16:00").Hold("2025-10-20");
  story.Done(FinaliseEpep{});
  Policy policy = UsualPolicy();
  policy.rules[Rule::kInterventionsCosted] = {-3, DayKind::kSchoolDays, {}};
  story.facts.policy = std::make_shared<const Policy>(policy);
  story.Wake();
  EXPECT_FALSE(story.cycle().deadlines.contains(Rule::kInterventionsCosted));
}

}  // namespace
}  // namespace pepline::scheduling
