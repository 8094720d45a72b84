// How deadlines of a PEP run, are met, missed, moved and withdrawn.
#include "tests/unit/scheduling/plan_story.h"

namespace pepline::scheduling {
namespace {

// A termly PEP of the autumn of 2025, its meeting held on Monday 20 October.
Story HeldStory() {
  Story story("2025-09-02 00:00");
  story.InCareSince("2019-03-01");
  story.Until("2025-09-22 10:00").Schedule("2025-10-20 14:00");
  story.Until("2025-10-20 16:00").Hold("2025-10-20");
  return story;
}

TEST(PlanDeadlines, RemindOnceAndBecomeOverdueOnceWhenTheDeadlinePasses) {
  Story story = HeldStory();
  story.Until("2025-12-01 09:00");
  EXPECT_EQ(story.CountOf<DeadlineReminderReached>(Rule::kFinalised), 1);
  EXPECT_EQ(story.CountOf<DeadlineMissed>(Rule::kFinalised), 1);
  EXPECT_EQ(story.WhenEmitted<DeadlineReminderReached>(Rule::kFinalised), At("2025-10-23 08:00"));
  EXPECT_EQ(story.WhenEmitted<DeadlineMissed>(Rule::kFinalised), At("2025-11-04 00:00"));
}

TEST(PlanDeadlines, AreMetLateExactlyOnceAfterBeingMissed) {
  Story story = HeldStory();
  story.Until("2025-11-10 09:00").Done(FinaliseEpep{});
  story.Until("2025-12-20 09:00");
  EXPECT_EQ(story.CountOf<DeadlineMissed>(Rule::kFinalised), 1);
  ASSERT_EQ(story.CountOf<DeadlineMet>(Rule::kFinalised), 1);
  EXPECT_TRUE(story.deadline(Rule::kFinalised).late);
}

TEST(PlanDeadlines, AreMetInTimeUntilTheLastSecondOfTheDay) {
  Story story = HeldStory();
  story.Until(EndOf("2025-11-03") + absl::Milliseconds(999)).Done(FinaliseEpep{});
  EXPECT_EQ(story.CountOf<DeadlineMissed>(Rule::kFinalised), 0);
  EXPECT_FALSE(story.deadline(Rule::kFinalised).late);
  story.Until("2025-12-20 09:00");
  EXPECT_EQ(story.CountOf<DeadlineMissed>(Rule::kFinalised), 0);
}

TEST(PlanDeadlines, AreSaidMissedFirstWhenTheWorkComesBeforeTheAlarm) {
  Story story = HeldStory();
  story.facts.now = At("2025-11-05 09:00");  // no alarm fired since
  story.Done(FinaliseEpep{});
  EXPECT_EQ(story.CountOf<DeadlineMissed>(Rule::kFinalised), 1);
  EXPECT_EQ(story.CountOf<DeadlineMet>(Rule::kFinalised), 1);
  const auto met = std::find_if(story.latest.begin(), story.latest.end(), [](const auto& event) {
    return std::holds_alternative<DeadlineMet>(event);
  });
  const auto missed = std::find_if(story.latest.begin(), story.latest.end(), [](const auto& event) {
    return std::holds_alternative<DeadlineMissed>(event);
  });
  EXPECT_LT(missed, met);
}

TEST(PlanDeadlines, AreAllSaidInTheirOrderByOneLateWake) {
  Story punctual = HeldStory();
  Story late = punctual;
  punctual.Until("2026-02-20 09:00");
  late.facts.now = At("2026-02-20 09:00");
  late.Wake();
  ASSERT_EQ(late.log.size(), punctual.log.size());
  for (std::size_t i = 0; i < late.log.size(); ++i) {
    EXPECT_EQ(late.log[i].second.index(), punctual.log[i].second.index()) << i;
  }
  EXPECT_EQ(late.state, punctual.state);
}

TEST(PlanDeadlines, AreMetByTheDayOfTheMeetingEvenWhenRecordedLater) {
  Story story("2025-09-02 00:00");
  story.InCareSince("2019-03-01");
  story.Until("2025-11-10 10:00").Schedule("2025-11-28 10:00");
  story.Until("2025-12-02 09:00");
  EXPECT_EQ(story.CountOf<DeadlineMissed>(Rule::kHeldByTermCutOff), 1) << "nobody knew better";
  story.Hold("2025-11-28");
  const auto met = story.All<DeadlineMet>();
  ASSERT_EQ(story.CountOf<DeadlineMet>(Rule::kHeldByTermCutOff), 1);
  EXPECT_FALSE(story.deadline(Rule::kHeldByTermCutOff).late);
}

TEST(PlanDeadlines, OfTheSdqAndTheDraftRunFromTheMeetingsDate) {
  Story story("2025-09-02 00:00");
  story.InCareSince("2019-03-01");
  story.Until("2025-09-08 10:00").Schedule("2025-10-20 14:00");
  EXPECT_EQ(story.deadline(Rule::kSdqScored).instants.due_at, EndOf("2025-10-15"));
  EXPECT_EQ(story.deadline(Rule::kDraftReady).instants.due_at, EndOf("2025-10-15"));
  story.Until("2025-10-10 10:00");
  story.SdqScored(At("2025-10-09 10:00"));
  EXPECT_EQ(story.deadline(Rule::kSdqScored).status, DeadlineStatus::kMet);
  EXPECT_EQ(story.deadline(Rule::kSdqScored).met_at, At("2025-10-09 10:00"));
  story.Until("2025-10-20 15:00");
  EXPECT_EQ(story.CountOf<DeadlineMissed>(Rule::kSdqScored), 0);
  EXPECT_EQ(story.CountOf<DeadlineMissed>(Rule::kDraftReady), 1);
}

TEST(PlanDeadlines, DoNotBeginWhenTheirWorkIsDoneAlready) {
  Story story("2025-09-02 00:00");
  story.InCareSince("2019-03-01");
  story.SdqScored(story.facts.now);
  story.Schedule("2025-09-19 10:00");
  EXPECT_FALSE(story.cycle().deadlines.contains(Rule::kSdqScored));
}

TEST(PlanDeadlines, AreWithdrawnWhenTheMeetingIsCancelledAndSetAgainForTheNext) {
  Story story("2025-09-02 00:00");
  story.InCareSince("2019-03-01");
  story.Schedule("2025-09-19 10:00");
  story.Done(CancelPepMeeting{PepId(), "the school is flooded"});
  EXPECT_EQ(story.CountOf<DeadlineWithdrawn>(Rule::kSdqScored), 1);
  EXPECT_EQ(story.CountOf<DeadlineWithdrawn>(Rule::kDraftReady), 1);
  EXPECT_EQ(story.deadline(Rule::kHeldByTermCutOff).status, DeadlineStatus::kRunning)
      << "cancelling never resets when the PEP is due";
  story.Schedule("2025-10-20 10:00");
  EXPECT_EQ(story.CountOf<DeadlineSet>(Rule::kSdqScored), 2);
}

TEST(PlanDeadlines, AreRecalculatedWhenTheSchoolAddsAnInsetDay) {
  Story story = HeldStory();
  story.Until("2025-10-22 09:00");
  const int before = story.CountOf<DeadlineRecalculated>(Rule::kFinalised);
  story.facts.calendar = Oxfordshire({Day("2025-11-03")});
  story.Wake();
  ASSERT_EQ(story.CountOf<DeadlineRecalculated>(Rule::kFinalised), before + 1);
  const auto moved = story.All<DeadlineRecalculated>().back();
  EXPECT_EQ(moved.old_due_at, EndOf("2025-11-03"));
  EXPECT_EQ(moved.instants.due_at, EndOf("2025-11-04"));
  EXPECT_FALSE(moved.miss_withdrawn);
  const std::size_t emitted = story.log.size();
  story.Wake();
  EXPECT_EQ(story.log.size(), emitted) << "a second look at the same calendar says nothing";
}

TEST(PlanDeadlines, AreRecalculatedOverAMissWhenTheCorrectionComesLate) {
  Story story = HeldStory();
  story.Until("2025-11-04 09:00");
  EXPECT_EQ(story.CountOf<DeadlineMissed>(Rule::kFinalised), 1);
  story.facts.calendar = Oxfordshire({Day("2025-11-03")});
  story.Wake();
  EXPECT_TRUE(story.All<DeadlineRecalculated>().back().miss_withdrawn);
  story.Until("2025-11-05 00:00");
  EXPECT_EQ(story.CountOf<DeadlineMissed>(Rule::kFinalised), 2);
}

TEST(PlanDeadlines, AreMissedAtOnceWhenACorrectionPutsThemIntoThePast) {
  Story story("2025-09-02 00:00");
  story.InCareSince("2019-03-01");
  story.Until("2025-10-06 09:00");
  Policy policy = UsualPolicy();
  policy.cut_offs[{"2025/26", Term::kAutumn}] = Day("2025-10-03");
  story.facts.policy = std::make_shared<const Policy>(policy);
  story.Wake();
  EXPECT_EQ(story.CountOf<DeadlineRecalculated>(Rule::kHeldByTermCutOff), 1);
  EXPECT_EQ(story.CountOf<DeadlineMissed>(Rule::kHeldByTermCutOff), 1);
}

TEST(PlanDeadlines, FollowTheProfile) {
  Story story = HeldStory();
  Policy policy = UsualPolicy();
  policy.rules[Rule::kFinalised].length = 10;
  policy.rules.erase(Rule::kSdqScored);
  story.facts.policy = std::make_shared<const Policy>(policy);
  story.Wake();
  EXPECT_EQ(story.deadline(Rule::kFinalised).instants.due_at, EndOf("2025-11-10"));
  EXPECT_EQ(story.CountOf<DeadlineWithdrawn>(Rule::kSdqScored), 1);
}

TEST(PlanDeadlines, CarryTheNewSchoolsCalendarAfterAMove) {
  Story story("2025-09-02 00:00");
  story.InCareSince("2019-03-01");
  story.Until("2025-09-22 10:00").Schedule("2025-11-06 14:00");
  EXPECT_EQ(story.deadline(Rule::kSdqScored).instants.due_at, EndOf("2025-11-03"));
  story.facts.now = At("2025-10-13 09:00");
  story.facts.calendar = Oxfordshire({Day("2025-11-03")});
  story.MovesTo("654321", "2025-10-13");
  EXPECT_EQ(story.deadline(Rule::kSdqScored).instants.due_at, EndOf("2025-10-24"));
  // The move is said before what follows from it.
  ASSERT_FALSE(story.latest.empty());
  EXPECT_TRUE(std::holds_alternative<PepTransferredToSchool>(story.latest.front()));
}

TEST(PlanDeadlines, AreRemindedOfAnewWhenTheirDayMoves) {
  Story story("2025-09-02 00:00");
  story.InCareSince("2019-03-01").Schedule("2025-10-01 14:00");
  story.Until("2025-09-18 09:00");
  EXPECT_EQ(story.CountOf<DeadlineReminderReached>(Rule::kSdqScored), 1);
  story.Done(ReschedulePepMeeting{PepId(), At("2025-11-12 14:00"), "the carer is away"});
  EXPECT_EQ(story.CountOf<DeadlineReminderReached>(Rule::kSdqScored), 1);
  story.Until("2025-11-07 00:00");
  EXPECT_EQ(story.CountOf<DeadlineReminderReached>(Rule::kSdqScored), 2);
}

TEST(PlanDeadlines, AreNotRemindedOfWhenTheyBeginAfterTheirDay) {
  Story story("2025-09-02 00:00");
  story.InCareSince("2019-03-01");
  story.Until("2025-09-08 10:00").Schedule("2025-09-10 10:00");
  EXPECT_EQ(story.CountOf<DeadlineMissed>(Rule::kSdqScored), 1) << "due 5 September";
  EXPECT_EQ(story.CountOf<DeadlineReminderReached>(Rule::kSdqScored), 0);
}

TEST(PlanDeadlines, AreRemindedOfAtOnceWhenTheyBeginBetweenReminderAndDeadline) {
  Story story("2025-09-02 00:00");
  story.InCareSince("2019-03-01");
  story.Until("2025-09-08 10:00").Schedule("2025-09-15 10:00");
  EXPECT_EQ(story.CountOf<DeadlineReminderReached>(Rule::kSdqScored), 1);
  EXPECT_EQ(story.CountOf<DeadlineMissed>(Rule::kSdqScored), 0);
}

TEST(PlanDeadlines, PullTheSdqForwardWhenTheMeetingIsHeldBeforeItsDate) {
  Story story("2025-09-02 00:00");
  story.InCareSince("2019-03-01");
  story.Until("2025-09-08 10:00").Schedule("2025-10-20 10:00");
  story.Until("2025-09-12 15:00").Hold("2025-09-12");
  EXPECT_EQ(story.deadline(Rule::kSdqScored).instants.due_at, EndOf("2025-09-09"));
  EXPECT_EQ(story.CountOf<DeadlineMissed>(Rule::kSdqScored), 1);
}

TEST(PlanDeadlines, RunFourMonthsFromTheLastMeeting) {
  Story story = HeldStory();
  story.Until("2025-10-24 09:00").Done(FinaliseEpep{});
  story.Until("2026-03-01 09:00");
  EXPECT_EQ(story.WhenEmitted<DeadlineMissed>(Rule::kHeldWithinFourMonths), At("2026-02-14 00:00"));
}

}  // namespace
}  // namespace pepline::scheduling
