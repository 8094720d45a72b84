// A PEP whose work is not done when the next one opens stays open, with its deadlines.
#include "tests/unit/scheduling/plan_story.h"

namespace pepline::scheduling {
namespace {

// Held on 12 December and not finalised by the 19th; the spring PEP opens on 5 January.
Story HeldInDecember() {
  Story story("2025-09-02 00:00");
  story.InCareSince("2019-03-01");
  story.Until("2025-12-01 09:00").ViewsCaptured(story.facts.now);
  story.Schedule("2025-12-12 14:00");
  story.Until("2025-12-12 16:00").Hold("2025-12-12");
  story.Until("2026-01-09 09:00");
  return story;
}

TEST(EarlierPeps, AnEpepThatWasHeldAndNotFinalisedOutlivesTheTermAndIsAlertedOn) {
  Story story = HeldInDecember();
  EXPECT_EQ(story.cycle().number, 2);
  EXPECT_EQ(story.cycle().opened_on, Day("2026-01-05")) << "the next term waits for nobody";
  EXPECT_EQ(story.earlier(1).stage, Stage::kHeld);
  EXPECT_EQ(story.earlier(1).deadlines.at(Rule::kFinalised).status, DeadlineStatus::kMissed);
  EXPECT_EQ(story.All<PepCycleClosed>().size(), 0u);
  EXPECT_EQ(story.AllOf<DeadlineWithdrawn>(1).size(), 0u);
}

TEST(EarlierPeps, AnEpepOfLastTermIsFinalisedLate) {
  Story story = HeldInDecember();
  story.Done(FinaliseEpep{story.Pep(1)});
  const auto met = story.AllOf<DeadlineMet>(1);
  ASSERT_EQ(met.size(), 2u);  // the draft's with it
  EXPECT_TRUE(met[0].late);
  EXPECT_EQ(story.earlier(1).stage, Stage::kFinalised) << "it serves until the next is held";
  EXPECT_EQ(story.Refused(FinaliseEpep{story.Pep(1)}), plan_refusals::kAlreadyFinalised);
  story.HoldOf(2, "2026-01-09");
  EXPECT_EQ(story.earlier(1).deadlines.at(Rule::kSdqScored).status, DeadlineStatus::kMissed)
      << "its SDQ is still waited for";
  story.SdqScored(story.facts.now);
  ASSERT_TRUE(story.state.earlier.empty());
  ASSERT_EQ(story.AllOf<PepCycleClosed>(1).size(), 1u);
  EXPECT_EQ(story.AllOf<PepCycleClosed>(1)[0].outcome, CycleOutcome::kCompleted);
}

TEST(EarlierPeps, HoldingTheNextMeetingDoesNotEndThatAnEpepIsNotFinalised) {
  Story story = HeldInDecember();
  story.SdqScored(story.facts.now);
  story.Hold("2026-01-09");
  EXPECT_EQ(story.earlier(1).deadlines.at(Rule::kFinalised).status, DeadlineStatus::kMissed);
  story.Done(FinaliseEpep{story.Pep(1)});
  ASSERT_TRUE(story.state.earlier.empty()) << "the next is held, so it closes when it is done";
  EXPECT_EQ(story.AllOf<PepCycleClosed>(1)[0].outcome, CycleOutcome::kCompleted);
}

TEST(EarlierPeps, WhoeverNamesNoPepIsToldWhichOneIsMeant) {
  Story story = HeldInDecember();
  const auto no = story.Do(FinaliseEpep{});
  ASSERT_TRUE(no.has_value());
  EXPECT_EQ(no->reason, plan_refusals::kNotHeld);
  EXPECT_THAT(no->advice, testing::HasSubstr("chd-1.1"));
}

TEST(EarlierPeps, APepThatWasNeverHeldStaysLateUntilALaterMeetingServesIt) {
  Story story("2025-09-02 00:00");
  story.InCareSince("2019-03-01");
  story.Until("2026-01-05 00:00");
  EXPECT_EQ(story.cycle().number, 2);
  EXPECT_EQ(story.earlier(1).deadlines.at(Rule::kHeldByTermCutOff).status, DeadlineStatus::kMissed);
  EXPECT_EQ(story.All<PepCycleClosed>().size(), 0u);
  story.Until("2026-01-20 16:00").Hold("2026-01-20");
  const auto met = story.AllOf<DeadlineMet>(1);
  ASSERT_EQ(met.size(), 1u);
  EXPECT_EQ(met[0].rule, Rule::kHeldByTermCutOff);
  EXPECT_TRUE(met[0].late);
  ASSERT_EQ(story.AllOf<PepCycleClosed>(1).size(), 1u);
  EXPECT_EQ(story.AllOf<PepCycleClosed>(1)[0].outcome, CycleOutcome::kNotCompleted);
  ASSERT_EQ(story.state.closed.size(), 1u);
  EXPECT_EQ(story.state.closed[0], (ClosedPep{1, "2025/26", Term::kAutumn}));
  ASSERT_EQ(story.state.put_aside.size(), 1u) << "it gets a record of its own";
}

TEST(EarlierPeps, ThreeTermsWithoutAMeetingAreThreeLatePeps) {
  Story story("2025-09-02 00:00");
  story.InCareSince("2019-03-01");
  story.Until("2026-07-10 09:00");
  EXPECT_EQ(story.cycle().number, 3);
  EXPECT_EQ(story.state.earlier.size(), 2u);
  story.Hold("2026-07-10");
  EXPECT_TRUE(story.state.earlier.empty());
  EXPECT_EQ(story.AllOf<DeadlineMet>(1).size(), 1u);
  EXPECT_EQ(story.AllOf<DeadlineMet>(2).size(), 1u);
}

TEST(EarlierPeps, AMeetingOfDecemberIsPutOnRecordInJanuary) {
  Story story("2025-09-02 00:00");
  story.InCareSince("2019-03-01");
  story.Until("2025-12-01 09:00").Schedule("2025-12-10 14:00");
  story.Until("2026-01-09 09:00");
  EXPECT_EQ(story.cycle().number, 2);
  const auto no = story.Do(HoldPepMeeting{PepId(), Story::MeetingOn("2025-12-10")});
  ASSERT_TRUE(no.has_value());
  EXPECT_EQ(no->reason, plan_refusals::kHeldBeforePepOpened);
  EXPECT_THAT(no->advice, testing::HasSubstr("chd-1.1"));
  story.HoldOf(1, "2025-12-10");
  EXPECT_EQ(story.earlier(1).stage, Stage::kHeld);
  EXPECT_EQ(story.earlier(1).deadlines.at(Rule::kFinalised).instants.due_at, EndOf("2025-12-17"));
  EXPECT_EQ(story.cycle().previous_held_on, Day("2025-12-10"));
  EXPECT_EQ(story.deadline(Rule::kHeldWithinFourMonths).instants.due_at, EndOf("2026-03-27"));
}

TEST(EarlierPeps, AMeetingBelongsToThePepThatWasTheNewestOnItsDay) {
  Story story("2025-09-02 00:00");
  story.InCareSince("2019-03-01");
  story.Until("2026-01-09 09:00");
  EXPECT_EQ(story.Refused(HoldPepMeeting{story.Pep(1), Story::MeetingOn("2026-01-08")}, "held_on"),
            plan_refusals::kHeldAfterNextPepOpened);
}

TEST(EarlierPeps, MeetingsAreSetForTheNewestAlone) {
  Story story("2025-09-02 00:00");
  story.InCareSince("2019-03-01");
  story.Until("2026-01-09 09:00");
  EXPECT_EQ(story.Refused(SchedulePepMeeting{story.Pep(1), At("2026-01-14 14:00")}, "pep_id"),
            plan_refusals::kOtherPep);
  EXPECT_EQ(story.Refused(OpenInterimPep{story.Pep(1)}, "pep_id"), plan_refusals::kOtherPep);
  EXPECT_EQ(story.Refused(FinaliseEpep{story.Pep(1)}), plan_refusals::kNotHeld);
  EXPECT_EQ(story.Refused(FinaliseEpep{story.Pep(7)}, "pep_id"), plan_refusals::kOtherPep);
  EXPECT_EQ(story.Refused(FinaliseEpep{PepId("chd-2.1")}, "pep_id"), plan_refusals::kOtherPep);
}

TEST(EarlierPeps, TheVirtualSchoolWritesOffWithAReasonThatIsKept) {
  Story story = HeldInDecember();
  EXPECT_EQ(story.Refused(WriteOffPep{story.Pep(1), ""}, "reason"), plan_refusals::kReasonRequired);
  EXPECT_EQ(story.Refused(WriteOffPep{story.Pep(1), std::string(501, 'x')}, "reason"),
            plan_refusals::kReasonTooLong);
  EXPECT_EQ(story.Refused(WriteOffPep{story.Pep(2), "no"}, "pep_id"), plan_refusals::kNewestPep);
  EXPECT_EQ(story.Refused(WriteOffPep{PepId(), "no"}, "pep_id"), plan_refusals::kNewestPep);
  story.Done(WriteOffPep{story.Pep(1), "the school closed and its papers are lost"});
  EXPECT_TRUE(story.state.earlier.empty());
  const auto ended = story.AllOf<DeadlineWithdrawn>(1);
  ASSERT_EQ(ended.size(), 3u);  // the ePEP, its draft and its SDQ
  for (const DeadlineWithdrawn& one : ended) {
    EXPECT_EQ(one.waived_at, story.facts.now);
    EXPECT_TRUE(one.late);
  }
  ASSERT_EQ(story.state.put_aside.size(), 1u);
  EXPECT_EQ(story.state.put_aside[0].outcome, CycleOutcome::kWrittenOff);
  EXPECT_EQ(story.state.put_aside[0].write_off_reason, "the school closed and its papers are lost");
  EXPECT_EQ(story.Refused(WriteOffPep{story.Pep(1), "again"}, "pep_id"), plan_refusals::kOtherPep);
}

TEST(EarlierPeps, OneSdqServesThePepBeforeToo) {
  Story story = HeldInDecember();
  EXPECT_EQ(story.earlier(1).deadlines.at(Rule::kSdqScored).status, DeadlineStatus::kMissed);
  story.SdqScored(story.facts.now);
  EXPECT_EQ(story.earlier(1).deadlines.at(Rule::kSdqScored).status, DeadlineStatus::kMet);
  EXPECT_TRUE(story.earlier(1).deadlines.at(Rule::kSdqScored).late);
  EXPECT_EQ(story.earlier(1).deadlines.at(Rule::kFinalised).status, DeadlineStatus::kMissed);
}

TEST(EarlierPeps, WhatAssessmentsReportsOfTheEarlierPepTicksIt) {
  Story story = HeldInDecember();
  story.Done(CompleteReadinessItem{story.Pep(1), ReadinessItem::kSdq, story.facts.now,
                                   SdqInformant::kTeacher});
  EXPECT_EQ(story.earlier(1).deadlines.at(Rule::kSdqScored).status, DeadlineStatus::kMet);
  EXPECT_FALSE(story.cycle().readiness.contains(ReadinessItem::kSdq));
}

TEST(EarlierPeps, AllCloseWhenCareCeases) {
  Story story = HeldInDecember();
  story.facts.child->in_care = false;
  story.facts.child->care_recorded_at = story.facts.now;
  story.Wake();
  EXPECT_TRUE(story.state.earlier.empty());
  EXPECT_EQ(story.cycle().stage, Stage::kClosed);
  ASSERT_EQ(story.AllOf<PepCycleClosed>(1).size(), 1u);
  EXPECT_EQ(story.AllOf<PepCycleClosed>(1)[0].outcome, CycleOutcome::kCareCeased);
  EXPECT_EQ(Plan::NextWake(story.state, story.facts), std::nullopt);
}

TEST(EarlierPeps, ReasonsForMovingAndCallingOffAreKept) {
  Story story("2025-09-02 00:00");
  story.InCareSince("2019-03-01");
  story.Until("2025-09-10 09:00").Schedule("2025-10-01 14:00");
  story.Done(ReschedulePepMeeting{PepId(), At("2025-10-02 14:00"), "the carer is away"});
  story.Done(CancelPepMeeting{PepId(), "the child is ill"});
  const auto& changes = story.cycle().meeting_changes;
  ASSERT_EQ(changes.size(), 2u);
  EXPECT_EQ(changes[0], (MeetingChange{story.facts.now, At("2025-10-01 14:00"),
                                       At("2025-10-02 14:00"), "the carer is away"}));
  EXPECT_EQ(changes[1], (MeetingChange{story.facts.now, At("2025-10-02 14:00"), std::nullopt,
                                       "the child is ill"}));
}

TEST(EarlierPeps, OfMoreThanTwentyMovesTheOldestAreNotKept) {
  Story story("2025-09-02 00:00");
  story.InCareSince("2019-03-01");
  story.Until("2025-09-10 09:00").Schedule("2025-10-01 14:00");
  for (int i = 1; i <= 25; ++i) {
    const char* at = i % 2 == 0 ? "2025-10-01 14:00" : "2025-10-02 14:00";
    story.Done(ReschedulePepMeeting{PepId(), At(at), std::to_string(i)});
  }
  const auto& changes = story.cycle().meeting_changes;
  ASSERT_EQ(changes.size(), 20u);
  EXPECT_EQ(changes.front().reason, "6");
  EXPECT_EQ(changes.back().reason, "25");
  EXPECT_EQ(story.cycle().times_rescheduled, 25);
}

}  // namespace
}  // namespace pepline::scheduling
