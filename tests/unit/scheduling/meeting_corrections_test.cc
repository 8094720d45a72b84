// What a person puts right after it was put on record: a held meeting, and that the ePEP is
// finalised.
#include "tests/unit/scheduling/plan_lives.h"

namespace pepline::scheduling {
namespace {

constexpr char kWhy[] = "it was typed for another child";

// A child in care for years; the meeting was set for Wednesday 1 October and held then, so that the
// ePEP is due by the 8th.
Story HeldInOctober() {
  Story story("2025-09-02 00:00");
  story.InCareSince("2019-03-01");
  story.Until("2025-09-10 09:00").Schedule("2025-10-01 14:00");
  story.Until("2025-09-20 09:00").ViewsCaptured(story.facts.now);
  story.SdqScored(story.facts.now);
  story.Until("2025-10-01 16:00").Hold("2025-10-01");
  return story;
}
Story FinalisedInOctober() {
  Story story = HeldInOctober();
  story.Until("2025-10-06 12:00").Done(FinaliseEpep{});
  return story;
}
CorrectPepMeeting HeldOn(std::string_view day) {
  return {.pep = PepId(), .held_on = Day(day), .reason = kWhy};
}
TakeBackFinalisation NotFinalised() { return {PepId(), kWhy}; }

TEST(CorrectedMeeting, TheDayAndItsDeadlinesFollowAndWhyIsKept) {
  Story story = HeldInOctober();
  story.Until("2025-10-02 09:00").Done(HeldOn("2025-09-29"));
  const auto corrected = story.All<PepMeetingCorrected>();
  ASSERT_EQ(corrected.size(), 1u);
  EXPECT_EQ(corrected[0].old_meeting.held_on, Day("2025-10-01"));
  EXPECT_EQ(corrected[0].meeting.held_on, Day("2025-09-29"));
  EXPECT_EQ(story.cycle().held->held_on, Day("2025-09-29"));
  EXPECT_EQ(story.cycle().held->irregularities, std::vector{Irregularity::kOtherDay});
  EXPECT_EQ(story.cycle().held->record_reason, kWhy);
  EXPECT_EQ(story.deadline(Rule::kFinalised).instants.due_at, At("2025-10-06 23:59:59"));
  ASSERT_EQ(story.cycle().corrections.size(), 1u);
  EXPECT_EQ(story.cycle().corrections[0].old_held_on, Day("2025-10-01"));
  EXPECT_EQ(story.cycle().corrections[0].reason, kWhy);
  story.Wake();
  EXPECT_TRUE(story.latest.empty());
}

TEST(CorrectedMeeting, AMissThatWasSaidStaysSaid) {
  Story story = HeldInOctober();
  story.Until("2025-10-09 09:00");
  ASSERT_EQ(story.deadline(Rule::kFinalised).status, DeadlineStatus::kMissed);
  CorrectPepMeeting later = HeldOn("2025-10-07");
  story.Done(later);
  EXPECT_EQ(story.deadline(Rule::kFinalised).instants.due_at, At("2025-10-14 23:59:59"));
  EXPECT_EQ(story.deadline(Rule::kFinalised).status, DeadlineStatus::kMissed);
  story.Done(FinaliseEpep{});
  EXPECT_TRUE(story.deadline(Rule::kFinalised).late) << "whoever was told was told in earnest";
}

TEST(CorrectedMeeting, WhatWasMetByTheWrongDayIsSaidMetAnewAndLate) {
  Story story("2025-09-02 00:00");
  story.InCareSince("2019-03-01");
  story.Until("2025-11-28 16:00").Hold("2025-11-26");
  ASSERT_EQ(story.deadline(Rule::kHeldByTermCutOff).status, DeadlineStatus::kMet);
  ASSERT_FALSE(story.deadline(Rule::kHeldByTermCutOff).late);
  story.Until("2025-12-03 16:00").Done(HeldOn("2025-12-02"));
  // What was on record on 28 November was no meeting of 2 December.
  const Deadline& cut_off = story.deadline(Rule::kHeldByTermCutOff);
  EXPECT_EQ(cut_off.status, DeadlineStatus::kMet);
  EXPECT_TRUE(cut_off.late);
}

TEST(CorrectedMeeting, ADraftThatWasReadyInTimeByTheWrongDayIsLateByTheRightOne) {
  Story story("2025-09-02 00:00");
  story.InCareSince("2019-03-01");
  story.Until("2025-09-10 09:00").Schedule("2025-10-01 14:00");
  story.Until("2025-09-26 09:00").Done(CompleteReadinessItem{PepId(), ReadinessItem::kEpepDraft});
  story.Until("2025-10-01 16:00").Hold("2025-10-01");
  ASSERT_FALSE(story.deadline(Rule::kDraftReady).late);
  story.Done(HeldOn("2025-09-29"));
  EXPECT_EQ(story.deadline(Rule::kDraftReady).instants.due_at, At("2025-09-24 23:59:59"));
  EXPECT_TRUE(story.deadline(Rule::kDraftReady).late);
  EXPECT_EQ(story.CountOf<DeadlineMet>(Rule::kDraftReady), 2);
}

TEST(CorrectedMeeting, WhoWasThereIsPutRightWithoutTouchingADeadline) {
  Story story = FinalisedInOctober();
  story.Done(CorrectPepMeeting{.pep = PepId(),
                               .chair = Attendee::kSocialWorker,
                               .attendees = {Attendee::kSocialWorker},
                               .reason = kWhy});
  EXPECT_EQ(story.cycle().held->chair, Attendee::kSocialWorker);
  EXPECT_EQ(story.cycle().held->irregularities, std::vector{Irregularity::kOtherChair});
  EXPECT_EQ(story.cycle().held->attendance_reason, kWhy);
  EXPECT_EQ(story.latest.size(), 1u) << "no deadline says anything";
  story.Done(CorrectPepMeeting{.pep = PepId(), .chair = Attendee::kSocialWorker, .reason = kWhy});
  EXPECT_TRUE(story.latest.empty()) << "it was so already";
}

TEST(CorrectedMeeting, WhatCannotBeIsRefused) {
  Story due("2025-09-02 00:00");
  due.InCareSince("2019-03-01");
  EXPECT_EQ(due.Refused(HeldOn("2025-09-02")), plan_refusals::kNotHeld);
  Story story = FinalisedInOctober();
  EXPECT_EQ(story.Refused(HeldOn("2025-10-07"), "held_on"), plan_refusals::kHeldInTheFuture);
  EXPECT_EQ(story.Refused(HeldOn("2025-09-01"), "held_on"), plan_refusals::kHeldBeforePepOpened);
  CorrectPepMeeting without_reason = HeldOn("2025-10-02");
  without_reason.reason.clear();
  EXPECT_EQ(story.Refused(without_reason, "reason"), plan_refusals::kReasonRequired);
  const CorrectPepMeeting absent{.pep = PepId(), .chair = Attendee::kCarer, .reason = kWhy};
  EXPECT_EQ(story.Refused(absent, "chair"), plan_refusals::kChairNotPresent);
  story.Until("2025-10-20 12:00");
  EXPECT_EQ(story.Refused(HeldOn("2025-10-07"), "held_on"), plan_refusals::kHeldAfterFinalised);
}

TEST(CorrectedMeeting, TheNextPepCountsItsMonthsFromTheRightDay) {
  Story story("2025-09-02 00:00");
  story.InCareSince("2019-03-01");
  story.Until("2025-12-12 16:00").Hold("2025-12-12");
  story.Until("2026-01-09 09:00");
  ASSERT_EQ(story.cycle().number, 2);
  ASSERT_EQ(story.cycle().previous_held_on, Day("2025-12-12"));
  CorrectPepMeeting command = HeldOn("2025-11-12");
  command.pep = story.Pep(1);
  story.Done(command);
  EXPECT_EQ(story.earlier(1).held->held_on, Day("2025-11-12"));
  EXPECT_EQ(story.cycle().previous_held_on, Day("2025-11-12"));
  command.held_on = Day("2026-01-06");
  EXPECT_EQ(story.Refused(command, "held_on"), plan_refusals::kHeldAfterNextPepOpened);
}

TEST(TakenBackFinalisation, TheEpepIsWaitedForAgainByItsDay) {
  Story story = FinalisedInOctober();
  story.Done(NotFinalised());
  EXPECT_EQ(story.All<EpepFinalisationTakenBack>().size(), 1u);
  EXPECT_EQ(story.cycle().stage, Stage::kHeld);
  EXPECT_FALSE(story.cycle().finalised_at);
  EXPECT_EQ(story.deadline(Rule::kFinalised).status, DeadlineStatus::kRunning);
  EXPECT_EQ(story.deadline(Rule::kFinalised).instants.due_at, At("2025-10-08 23:59:59"));
  ASSERT_EQ(story.cycle().corrections.size(), 1u);
  EXPECT_EQ(story.cycle().corrections[0].old_finalised_at, At("2025-10-06 12:00"));
  EXPECT_EQ(story.cycle().corrections[0].reason, kWhy);
  story.Until("2025-10-09 09:00");
  EXPECT_EQ(story.deadline(Rule::kFinalised).status, DeadlineStatus::kMissed);
  story.Done(FinaliseEpep{});
  EXPECT_TRUE(story.deadline(Rule::kFinalised).late);
}

TEST(TakenBackFinalisation, AfterItsDayItIsLateAtOnce) {
  Story story = FinalisedInOctober();
  story.Until("2025-10-20 09:00").Done(NotFinalised());
  EXPECT_EQ(story.deadline(Rule::kFinalised).status, DeadlineStatus::kMissed);
  EXPECT_EQ(story.CountOf<DeadlineMissed>(Rule::kFinalised), 1);
}

TEST(TakenBackFinalisation, LeavesMetWhatTheMeetingMetAtTheSameInstant) {
  Story story = HeldInOctober();
  story.Done(FinaliseEpep{});
  ASSERT_EQ(story.cycle().finalised_at, story.deadline(Rule::kHeldByTermCutOff).met_at);
  story.Done(NotFinalised());
  EXPECT_EQ(story.deadline(Rule::kHeldByTermCutOff).status, DeadlineStatus::kMet);
  EXPECT_EQ(story.deadline(Rule::kFinalised).status, DeadlineStatus::kRunning);
}

TEST(TakenBackFinalisation, NeedsAnEpepThatIsFinalisedAndAReason) {
  Story story = HeldInOctober();
  EXPECT_EQ(story.Refused(NotFinalised()), plan_refusals::kNotFinalised);
  story.Done(FinaliseEpep{});
  EXPECT_EQ(story.Refused(TakeBackFinalisation{PepId(), ""}, "reason"),
            plan_refusals::kReasonRequired);
}

TEST(TakenBackFinalisation, AlsoOfAPepBesideALaterOne) {
  Story story("2025-09-02 00:00");
  story.InCareSince("2019-03-01");
  story.Until("2025-12-12 16:00").Hold("2025-12-12");
  story.Until("2025-12-15 09:00").Done(FinaliseEpep{});
  story.Until("2026-01-09 09:00").Done(TakeBackFinalisation{story.Pep(1), kWhy});
  EXPECT_EQ(story.earlier(1).stage, Stage::kHeld);
  EXPECT_EQ(story.earlier(1).deadlines.at(Rule::kFinalised).status, DeadlineStatus::kMissed);
  EXPECT_EQ(story.AllOf<DeadlineMissed>(1).size(), 2u) << "and its draft's, which ended with it";
}

}  // namespace
}  // namespace pepline::scheduling
