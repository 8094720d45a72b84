// A meeting of which nobody puts on record what became of it, and one that was never set here.
#include "tests/unit/scheduling/plan_story.h"

namespace pepline::scheduling {
namespace {

// A termly PEP whose meeting is set for Thursday 25 September 2025.
Story MeetingSet() {
  Story story("2025-09-02 00:00");
  story.InCareSince("2019-03-01");
  story.Schedule("2025-09-25 14:00");
  return story;
}

bool Runs(const Story& story, Rule rule) {
  const Deadline* deadline = FindDeadline(story.state, rule);
  return deadline != nullptr && IsLive(*deadline);
}

TEST(UnrecordedMeeting, IsSaidAfterOneSchoolDayToTheSchoolAndTheVirtualSchool) {
  Story story = MeetingSet();
  EXPECT_EQ(story.deadline(Rule::kMeetingRecorded).instants.due_at, EndOf("2025-09-26"));
  story.Until("2025-09-26 23:59:59");
  EXPECT_EQ(story.CountOf<DeadlineMissed>(Rule::kMeetingRecorded), 0);
  story.Until("2025-10-10 09:00");
  EXPECT_EQ(story.WhenEmitted<DeadlineMissed>(Rule::kMeetingRecorded), At("2025-09-27 00:00"));
  EXPECT_EQ(story.CountOf<DeadlineMissed>(Rule::kMeetingRecorded), 1);
  const auto& levels = story.deadline(Rule::kMeetingRecorded).instants.levels;
  ASSERT_FALSE(levels.empty());
  EXPECT_THAT(levels[0].recipients, testing::ElementsAre(RecipientRole::kDesignatedTeacher,
                                                         RecipientRole::kVirtualSchoolCaseworker));
}

TEST(UnrecordedMeeting, LetsTheEpepBecomeLateByTheDayThatTheMeetingWasSetFor) {
  Story story = MeetingSet();
  story.Until("2025-09-25 13:59:59");
  EXPECT_FALSE(story.cycle().deadlines.contains(Rule::kFinalised));
  story.Until("2025-09-25 14:00");
  EXPECT_EQ(story.deadline(Rule::kFinalised).instants.due_at, EndOf("2025-10-02"));
  EXPECT_TRUE(story.deadline(Rule::kFinalised).instants.provisional);
  story.Until("2025-10-10 09:00");
  EXPECT_EQ(story.WhenEmitted<DeadlineReminderReached>(Rule::kFinalised), At("2025-09-30 08:00"));
  EXPECT_EQ(story.WhenEmitted<DeadlineMissed>(Rule::kFinalised), At("2025-10-03 00:00"));
}

TEST(UnrecordedMeeting, RecordedInTimeIsQuiet) {
  Story story = MeetingSet();
  story.Until("2025-09-26 16:00").Hold("2025-09-25");
  EXPECT_EQ(story.deadline(Rule::kMeetingRecorded).status, DeadlineStatus::kMet);
  EXPECT_FALSE(story.deadline(Rule::kMeetingRecorded).late);
  EXPECT_EQ(story.deadline(Rule::kMeetingRecorded).met_at, At("2025-09-26 16:00"));
  EXPECT_EQ(story.deadline(Rule::kFinalised).instants.due_at, EndOf("2025-10-02"));
  EXPECT_FALSE(story.deadline(Rule::kFinalised).instants.provisional);
  story.Until("2025-10-02 16:00").Done(FinaliseEpep{});
  EXPECT_TRUE(story.All<EpepFinalised>()[0].within_limit);
  EXPECT_EQ(story.CountOf<DeadlineMissed>(Rule::kMeetingRecorded), 0);
  EXPECT_EQ(story.CountOf<DeadlineMissed>(Rule::kFinalised), 0);
}

TEST(UnrecordedMeeting, RecordedLateIsMetLateWhateverDayItWasHeldOn) {
  Story story = MeetingSet();
  story.Until("2025-10-06 09:00").Hold("2025-09-25");
  EXPECT_EQ(story.deadline(Rule::kMeetingRecorded).status, DeadlineStatus::kMet);
  EXPECT_TRUE(story.deadline(Rule::kMeetingRecorded).late);
  EXPECT_EQ(story.deadline(Rule::kMeetingRecorded).met_at, At("2025-10-06 09:00"));
  EXPECT_EQ(story.deadline(Rule::kFinalised).status, DeadlineStatus::kMissed)
      << "it was held on the day that it was set for, so its ePEP is late";
  EXPECT_FALSE(story.deadline(Rule::kFinalised).instants.provisional);
  story.Done(FinaliseEpep{});
  EXPECT_TRUE(story.deadline(Rule::kFinalised).late);
  EXPECT_FALSE(story.All<EpepFinalised>()[0].within_limit);
}

TEST(UnrecordedMeeting, HeldOnALaterDayCountsItsEpepAnewFromThatDay) {
  Story story = MeetingSet();
  story.Until("2025-10-06 09:00").Hold("2025-10-01");
  ASSERT_EQ(story.CountOf<DeadlineRecalculated>(Rule::kFinalised), 1);
  const auto anew = story.All<DeadlineRecalculated>().back();
  EXPECT_EQ(anew.old_due_at, EndOf("2025-10-02"));
  EXPECT_EQ(anew.instants.due_at, EndOf("2025-10-08"));
  EXPECT_FALSE(anew.instants.provisional);
  EXPECT_TRUE(anew.miss_withdrawn);
  EXPECT_TRUE(story.deadline(Rule::kMeetingRecorded).late);
}

TEST(UnrecordedMeeting, MovedBeforeAnythingIsLateBeginsAnewWithItsNewTime) {
  for (const char* moved_at : {"2025-09-22 10:00", "2025-09-26 10:00"}) {
    Story story = MeetingSet();
    story.Until(moved_at);
    story.Done(ReschedulePepMeeting{PepId(), At("2025-10-09 14:00"), "the carer is ill"});
    EXPECT_EQ(story.deadline(Rule::kMeetingRecorded).instants.due_at, EndOf("2025-10-10"));
    EXPECT_FALSE(Runs(story, Rule::kFinalised));
    story.Until("2025-10-09 14:00");
    EXPECT_EQ(story.CountOf<DeadlineMissed>(Rule::kMeetingRecorded), 0);
    EXPECT_EQ(story.deadline(Rule::kFinalised).instants.due_at, EndOf("2025-10-16"));
    story.Until("2025-10-20 09:00");
    EXPECT_EQ(story.WhenEmitted<DeadlineMissed>(Rule::kMeetingRecorded), At("2025-10-11 00:00"));
    EXPECT_EQ(story.WhenEmitted<DeadlineMissed>(Rule::kFinalised), At("2025-10-17 00:00"));
  }
}

TEST(UnrecordedMeeting, MovedWhenItsRecordWasLateIsMetLateAndBeginsAnew) {
  Story story = MeetingSet();
  story.Until("2025-09-29 09:00");
  story.Done(ReschedulePepMeeting{PepId(), At("2025-10-09 14:00"), "the carer was ill"});
  EXPECT_EQ(story.CountOf<DeadlineMissed>(Rule::kMeetingRecorded), 1);
  const auto met = story.All<DeadlineMet>();
  ASSERT_EQ(story.CountOf<DeadlineMet>(Rule::kMeetingRecorded), 1) << "a miss said is not unsaid";
  EXPECT_TRUE(met.back().late);
  EXPECT_EQ(story.CountOf<DeadlineSet>(Rule::kMeetingRecorded), 2);
  EXPECT_EQ(story.deadline(Rule::kMeetingRecorded).status, DeadlineStatus::kRunning);
  EXPECT_FALSE(Runs(story, Rule::kFinalised)) << "nothing was late with the ePEP yet";
  story.Until("2025-10-09 16:00").Hold("2025-10-09");
  EXPECT_FALSE(story.deadline(Rule::kMeetingRecorded).late);
}

TEST(UnrecordedMeeting, IsNotEndedByMovingItWhenItsEpepWasLate) {
  Story story = MeetingSet();
  story.Until("2025-10-06 09:00");
  story.Done(ReschedulePepMeeting{PepId(), At("2025-10-15 14:00"), "it did not take place"});
  EXPECT_EQ(story.deadline(Rule::kFinalised).status, DeadlineStatus::kMissed);
  EXPECT_EQ(story.deadline(Rule::kFinalised).instants.due_at, EndOf("2025-10-02"));
  story.Until("2025-10-15 15:00");
  EXPECT_EQ(story.deadline(Rule::kFinalised).status, DeadlineStatus::kMissed);
  story.Hold("2025-10-15");
  EXPECT_EQ(story.deadline(Rule::kFinalised).instants.due_at, EndOf("2025-10-22"));
  EXPECT_EQ(story.deadline(Rule::kFinalised).status, DeadlineStatus::kRunning)
      << "it is counted anew when a meeting was held";
}

TEST(UnrecordedMeeting, CalledOffInTimeLeavesNothingToRecord) {
  Story story = MeetingSet();
  story.Until("2025-09-26 09:00");
  story.Done(CancelPepMeeting{PepId(), "the school is flooded"});
  EXPECT_FALSE(Runs(story, Rule::kMeetingRecorded));
  EXPECT_FALSE(Runs(story, Rule::kFinalised));
  story.Until("2025-10-20 09:00");
  EXPECT_EQ(story.CountOf<DeadlineMissed>(Rule::kMeetingRecorded), 0);
  EXPECT_EQ(story.CountOf<DeadlineMissed>(Rule::kFinalised), 0);
}

TEST(UnrecordedMeeting, IsNotEndedByCallingItOffWhenItsEpepWasLate) {
  Story story = MeetingSet();
  story.Until("2025-10-06 09:00");
  story.Done(CancelPepMeeting{PepId(), "it did not take place"});
  EXPECT_EQ(story.cycle().stage, Stage::kDue);
  EXPECT_EQ(story.deadline(Rule::kMeetingRecorded).status, DeadlineStatus::kMet);
  EXPECT_TRUE(story.deadline(Rule::kMeetingRecorded).late);
  EXPECT_EQ(story.deadline(Rule::kFinalised).status, DeadlineStatus::kMissed);
  story.Until("2025-10-13 15:00").Hold("2025-10-13");
  story.Done(FinaliseEpep{});
  EXPECT_EQ(story.deadline(Rule::kFinalised).status, DeadlineStatus::kMet);
  EXPECT_EQ(story.CountOf<DeadlineWithdrawn>(Rule::kFinalised), 0);
}

TEST(UnrecordedMeeting, IsSaidInOrderByOneLateWake) {
  Story punctual = MeetingSet();
  Story late = punctual;
  punctual.Until("2025-11-20 09:00");
  late.facts.now = At("2025-11-20 09:00");
  late.Wake();
  ASSERT_EQ(late.log.size(), punctual.log.size());
  for (std::size_t i = 0; i < late.log.size(); ++i) {
    EXPECT_EQ(late.log[i].second.index(), punctual.log[i].second.index()) << i;
  }
  EXPECT_EQ(late.state, punctual.state);
}

TEST(UnrecordedMeeting, LeftByTheVersionBeforeIsFoundByItsAlarmOrACheck) {
  Story story = MeetingSet();
  story.SdqScored(story.facts.now);
  story.Done(CompleteReadinessItem{PepId(), ReadinessItem::kEpepDraft, std::nullopt});
  // As the version before stored it.
  story.state.cycle->deadlines.erase(Rule::kMeetingRecorded);
  EXPECT_LE(Plan::NextWake(story.state, story.facts), At("2025-09-25 14:00"));
  Story passed = story;
  story.Until("2025-09-29 09:00");
  EXPECT_EQ(story.deadline(Rule::kMeetingRecorded).status, DeadlineStatus::kMissed);
  EXPECT_TRUE(Runs(story, Rule::kFinalised));
  // Its meeting was weeks ago when the upgrade came: the check finds that it should have been
  // awake.
  passed.facts.now = At("2025-10-20 09:00");
  ASSERT_LE(Plan::NextWake(passed.state, passed.facts), passed.facts.now);
  passed.Wake();
  EXPECT_EQ(passed.CountOf<DeadlineMissed>(Rule::kMeetingRecorded), 1);
  EXPECT_EQ(passed.CountOf<DeadlineMissed>(Rule::kFinalised), 1);
}

TEST(UnscheduledMeeting, IsRecordedAsHeldFromDueAndFromInterim) {
  Story due("2025-09-02 00:00");
  due.InCareSince("2019-03-01");
  due.Until("2025-09-25 16:00").Hold("2025-09-24");
  EXPECT_EQ(due.cycle().stage, Stage::kHeld);
  EXPECT_EQ(due.deadline(Rule::kFinalised).instants.due_at, EndOf("2025-10-01"));
  EXPECT_EQ(due.deadline(Rule::kHeldByTermCutOff).status, DeadlineStatus::kMet);
  EXPECT_FALSE(due.cycle().deadlines.contains(Rule::kMeetingRecorded));
  due.Done(FinaliseEpep{});
  EXPECT_EQ(due.cycle().stage, Stage::kFinalised);

  Story interim("2025-07-28 09:00");
  interim.InCareSince("2025-07-28");
  interim.Done(OpenInterimPep{});
  interim.Until("2025-09-03 16:00").Hold("2025-09-03");
  EXPECT_EQ(interim.cycle().stage, Stage::kHeld);
}

TEST(UnscheduledMeeting, IsNoWayAroundAMissingSdq) {
  Story story("2025-09-02 00:00");
  story.InCareSince("2019-03-01");
  story.Until("2025-09-25 16:00").Hold("2025-09-25");
  EXPECT_EQ(story.deadline(Rule::kSdqScored).instants.due_at, EndOf("2025-09-22"));
  EXPECT_EQ(story.CountOf<DeadlineMissed>(Rule::kSdqScored), 1);
  EXPECT_EQ(story.CountOf<DeadlineMissed>(Rule::kDraftReady), 1);
  story.Done(FinaliseEpep{});
  EXPECT_EQ(story.deadline(Rule::kDraftReady).status, DeadlineStatus::kMet);
  EXPECT_EQ(story.deadline(Rule::kSdqScored).status, DeadlineStatus::kMissed);
}

TEST(UnscheduledMeeting, AsksForNothingThatIsThere) {
  Story story("2025-09-02 00:00");
  story.InCareSince("2019-03-01");
  story.SdqScored(story.facts.now);
  story.Done(CompleteReadinessItem{PepId(), ReadinessItem::kEpepDraft, std::nullopt});
  story.Until("2025-09-25 16:00").Hold("2025-09-25");
  EXPECT_FALSE(story.cycle().deadlines.contains(Rule::kSdqScored));
  EXPECT_FALSE(story.cycle().deadlines.contains(Rule::kDraftReady));
}

TEST(UnscheduledMeeting, KeepsToTheDaysThatAnyMeetingKeepsTo) {
  Story story("2025-09-02 00:00");
  story.InCareSince("2019-03-01");
  story.Until("2025-09-25 16:00");
  EXPECT_EQ(story.Refused(HoldPepMeeting{PepId(), Story::MeetingOn("2025-09-26")}, "held_on"),
            plan_refusals::kHeldInTheFuture);
  EXPECT_EQ(story.Refused(HoldPepMeeting{PepId(), Story::MeetingOn("2025-09-01")}, "held_on"),
            plan_refusals::kHeldBeforePepOpened);
}

}  // namespace
}  // namespace pepline::scheduling
