// Deadlines on a clock that is moved: reminders, misses, late work, corrections, moves, the end of
// care and the next term.
#include "absl/strings/str_cat.h"
#include "tests/component/scheduling/scheduling_fixture.h"

namespace pepline::scheduling {
namespace {

using Event = v1::SchedulingEvent;

class SchedulingDeadlinesTest : public SchedulingTest {
 protected:
  void BeginWithHeldMeeting() {
    ASSERT_NO_FATAL_FAILURE(BeginWithPep());
    Done(&Stub::SchedulePepMeeting, Meeting("2025-10-20 14:00"));
    MoveClockTo("2025-10-20 16:00");
    Done(&Stub::HoldPepMeeting, Holding("2025-10-20"));
  }
  // Of the events that concern this rule.
  std::vector<Event> EmittedFor(Rule rule, bool (Event::*is)() const,
                                const common::v1::DeadlineReference& (*deadline)(const Event&)) {
    std::vector<Event> events = EmittedWith(is);
    std::erase_if(events,
                  [&](const Event& event) { return deadline(event).rule_id() != RuleId(rule); });
    return events;
  }
  std::vector<Event> Missed(Rule rule) {
    return EmittedFor(
        rule, &Event::has_deadline_missed,
        [](const Event& event) -> const auto& { return event.deadline_missed().deadline(); });
  }
  // What moved it; that it is provisional no more, when its meeting is on record, moves nothing.
  std::vector<Event> Recalculated(Rule rule) {
    std::vector<Event> events = EmittedFor(
        rule, &Event::has_deadline_recalculated,
        [](const Event& event) -> const auto& { return event.deadline_recalculated().deadline(); });
    std::erase_if(events, [](const Event& event) {
      const auto& emitted = event.deadline_recalculated();
      return ToTime(emitted.old_due_at()) == ToTime(emitted.deadline().due_at());
    });
    return events;
  }
};

TEST_F(SchedulingDeadlinesTest, AreRemindedOfMissedOnceAndMetLate) {
  ASSERT_NO_FATAL_FAILURE(BeginWithHeldMeeting());
  MoveClockTo("2025-10-23 07:59");
  const auto reminders_before = EmittedWith(&Event::has_deadline_reminder_reached).size();
  MoveClockTo("2025-10-23 08:00");
  EXPECT_EQ(EmittedWith(&Event::has_deadline_reminder_reached).size(), reminders_before + 1);

  MoveClockTo("2025-11-03 23:59");
  EXPECT_EQ(DeadlineOf(Pep(), Rule::kFinalised).state(), common::v1::DEADLINE_STATE_RUNNING);
  MoveClockTo("2025-11-04 00:00");
  EXPECT_EQ(DeadlineOf(Pep(), Rule::kFinalised).state(), common::v1::DEADLINE_STATE_MISSED);
  MoveClockTo("2025-11-10 09:00");
  const auto missed = Missed(Rule::kFinalised);
  ASSERT_EQ(missed.size(), 1u);
  EXPECT_EQ(ToTime(missed[0].header().occurred_at()), At("2025-11-04 00:00"));

  const v1::Pep pep = Done(&Stub::FinaliseEpep, {});
  const v1::Deadline deadline = DeadlineOf(pep, Rule::kFinalised);
  EXPECT_EQ(deadline.state(), common::v1::DEADLINE_STATE_MET);
  EXPECT_TRUE(deadline.late());
  const auto finalised = EmittedWith(&Event::has_epep_finalised);
  ASSERT_EQ(finalised.size(), 1u);
  EXPECT_FALSE(finalised[0].epep_finalised().within_limit());
  EXPECT_EQ(Missed(Rule::kFinalised).size(), 1u);
}

TEST_F(SchedulingDeadlinesTest, OfAMeetingThatNobodyRecordsAreMissedAndSayThatTheyAreProvisional) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  Done(&Stub::SchedulePepMeeting, Meeting("2025-10-13 14:00"));
  MoveClockTo("2025-10-14 23:59");
  EXPECT_TRUE(Missed(Rule::kMeetingRecorded).empty());
  MoveClockTo("2025-10-15 00:00");
  EXPECT_EQ(Missed(Rule::kMeetingRecorded).size(), 1u);
  MoveClockTo("2025-10-21 09:00");
  const auto missed = Missed(Rule::kFinalised);
  ASSERT_EQ(missed.size(), 1u);
  EXPECT_TRUE(missed[0].deadline_missed().deadline().provisional());
  EXPECT_TRUE(DeadlineOf(Pep(), Rule::kFinalised).deadline().provisional());

  const v1::Pep pep = Done(&Stub::HoldPepMeeting, Holding("2025-10-13"));
  EXPECT_FALSE(DeadlineOf(pep, Rule::kFinalised).deadline().provisional());
  EXPECT_EQ(DeadlineOf(pep, Rule::kFinalised).state(), common::v1::DEADLINE_STATE_MISSED);
  EXPECT_EQ(DeadlineOf(pep, Rule::kMeetingRecorded).state(), common::v1::DEADLINE_STATE_MET);
  EXPECT_TRUE(DeadlineOf(pep, Rule::kMeetingRecorded).late());
}

TEST_F(SchedulingDeadlinesTest, RunForAMeetingThatWasNeverScheduledHere) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  MoveClockTo("2025-10-20 16:00");
  const v1::Pep pep = Done(&Stub::HoldPepMeeting, Holding("2025-10-20"));
  EXPECT_EQ(pep.state(), v1::PEP_STATE_HELD);
  EXPECT_EQ(ToTime(DeadlineOf(pep, Rule::kFinalised).deadline().due_at()), EndOf("2025-11-03"));
  EXPECT_EQ(DeadlineOf(pep, Rule::kSdqScored).state(), common::v1::DEADLINE_STATE_MISSED);
}

TEST_F(SchedulingDeadlinesTest, SayOldAndNewWhenACalendarIsCorrected) {
  ASSERT_NO_FATAL_FAILURE(BeginWithHeldMeeting());
  EmitClosedDays(kSchool, {"2025-11-03"});
  Settle();
  auto recalculated = Recalculated(Rule::kFinalised);
  ASSERT_EQ(recalculated.size(), 1u);
  const auto& first = recalculated[0].deadline_recalculated();
  EXPECT_EQ(ToTime(first.old_due_at()), EndOf("2025-11-03"));
  EXPECT_EQ(ToTime(first.deadline().due_at()), EndOf("2025-11-04"));
  EXPECT_FALSE(first.miss_withdrawn());

  MoveClockTo("2025-11-05 09:00");
  EXPECT_EQ(Missed(Rule::kFinalised).size(), 1u);
  EmitClosedDays(kSchool, {"2025-11-03", "2025-11-04", "2025-11-05"});
  Settle();
  recalculated = Recalculated(Rule::kFinalised);
  ASSERT_EQ(recalculated.size(), 2u);
  EXPECT_EQ(ToTime(recalculated[1].deadline_recalculated().old_due_at()), EndOf("2025-11-04"));
  EXPECT_TRUE(recalculated[1].deadline_recalculated().miss_withdrawn());
  EXPECT_EQ(DeadlineOf(Pep(), Rule::kFinalised).state(), common::v1::DEADLINE_STATE_RUNNING);
  EXPECT_EQ(ToTime(DeadlineOf(Pep(), Rule::kFinalised).deadline().due_at()), EndOf("2025-11-06"));

  EmitClosedDays(kOtherSchool, {"2025-11-06"});
  Settle();
  EXPECT_EQ(Recalculated(Rule::kFinalised).size(), 2u) << "another school's day moves nothing here";
}

TEST_F(SchedulingDeadlinesTest, StayByTheProfileThatWasInForceWhenTheyBegan) {
  ASSERT_NO_FATAL_FAILURE(BeginWithHeldMeeting());
  const auto due_at = DeadlineOf(Pep(), Rule::kFinalised).deadline().due_at();
  MoveClockTo("2025-10-21 09:00");
  Policy longer = UsualPolicy();
  longer.rules[Rule::kFinalised].length = 10;
  longer.effective_on = Day("2025-10-21");
  EmitPolicy(longer);
  Settle();
  EXPECT_TRUE(Recalculated(Rule::kFinalised).empty());
  EXPECT_EQ(ToTime(DeadlineOf(Pep(), Rule::kFinalised).deadline().due_at()), ToTime(due_at));
}

TEST_F(SchedulingDeadlinesTest, MoveWhenTheAuthorityPutsItsProfileRight) {
  ASSERT_NO_FATAL_FAILURE(BeginWithHeldMeeting());
  Policy longer = UsualPolicy();
  longer.rules[Rule::kFinalised].length = 10;
  EmitPolicy(longer);
  Settle();
  const auto recalculated = Recalculated(Rule::kFinalised);
  ASSERT_EQ(recalculated.size(), 1u);
  EXPECT_EQ(ToTime(recalculated[0].deadline_recalculated().deadline().due_at()),
            EndOf("2025-11-10"));
}

// Its half-term is a month later.
TEST_F(SchedulingDeadlinesTest, CountByTheTermsOfTheAuthorityThatTheSchoolMovedTo) {
  ASSERT_NO_FATAL_FAILURE(BeginWithHeldMeeting());
  EmitTermDates(
      "940", {"2025/26,autumn,1,2025-09-02,2025-11-21", "2025/26,autumn,2,2025-12-01,2025-12-19"});
  Settle();
  EXPECT_TRUE(Recalculated(Rule::kFinalised).empty()) << "it is nobody's school's here";
  EmitSchoolOfChildMoved(kChild, kSchool, "940");
  Settle();
  const auto recalculated = Recalculated(Rule::kFinalised);
  ASSERT_EQ(recalculated.size(), 1u);
  const auto& moved = recalculated[0].deadline_recalculated();
  EXPECT_EQ(ToTime(moved.old_due_at()), EndOf("2025-11-03"));
  EXPECT_EQ(ToTime(moved.deadline().due_at()), EndOf("2025-10-27"));
  EXPECT_TRUE(moved.deadline().calendar_known());
}

TEST_F(SchedulingDeadlinesTest, AreEstimatedWhereACalendarLosesAPartOfItsYear) {
  ASSERT_NO_FATAL_FAILURE(BeginWithHeldMeeting());
  EmitTermDates(kAuthority,
                {"2024/25,summer,2,2025-06-02,2025-07-22", "2025/26,autumn,2,2025-11-03,2025-12-19",
                 "2026/27,autumn,1,2026-09-02,2026-10-23"});
  Settle();
  const auto recalculated = Recalculated(Rule::kFinalised);
  ASSERT_EQ(recalculated.size(), 1u);
  EXPECT_EQ(ToTime(recalculated[0].deadline_recalculated().deadline().due_at()),
            EndOf("2025-10-27"))
      << "weekdays count, not the next term that is known";
  EXPECT_FALSE(recalculated[0].deadline_recalculated().deadline().calendar_known());
}

TEST_F(SchedulingDeadlinesTest, FollowAChildToAnotherSchool) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  MoveClockTo("2025-09-15 10:00");
  EmitMoved(kChild, kSchool, kOtherSchool, "2025-09-15");
  Settle();
  const auto moved = EmittedWith(&Event::has_pep_transferred_to_school);
  ASSERT_EQ(moved.size(), 1u);
  EXPECT_EQ(moved[0].pep_transferred_to_school().from_school_urn(), kSchool);
  EXPECT_EQ(moved[0].pep_transferred_to_school().to_school_urn(), kOtherSchool);
  EXPECT_EQ(ToTime(DeadlineOf(Pep(), Rule::kUpdatedAfterMove).deadline().due_at()),
            EndOf("2025-09-29"));

  EXPECT_EQ(
      Refused(&Stub::SchedulePepMeeting, Meeting("2025-09-22 14:00"), DesignatedTeacher(kSchool)),
      "NOT_FOUND");
  const v1::Pep pep =
      Done(&Stub::SchedulePepMeeting, Meeting("2025-09-22 14:00"), DesignatedTeacher(kOtherSchool));
  EXPECT_EQ(pep.reference().pep_id(), absl::StrCat(kChild, ".1")) << "the same PEP goes on";
}

TEST_F(SchedulingDeadlinesTest, StopWhenCareCeases) {
  ASSERT_NO_FATAL_FAILURE(BeginWithHeldMeeting());
  MoveClockTo("2025-10-22 10:00");
  EmitCareCeased(kChild, "2025-10-22");
  Settle();
  const auto closed = EmittedWith(&Event::has_pep_cycle_closed);
  ASSERT_EQ(closed.size(), 1u);
  EXPECT_EQ(closed[0].pep_cycle_closed().outcome(), v1::PEP_CYCLE_OUTCOME_CARE_CEASED);
  EXPECT_EQ(Pep().state(), v1::PEP_STATE_CLOSED);
  EXPECT_EQ(DeadlineOf(Pep(), Rule::kFinalised).state(), common::v1::DEADLINE_STATE_WITHDRAWN);
  EXPECT_EQ(Refused(&Stub::FinaliseEpep, {}, VirtualSchool()), "NO_CURRENT_PEP");
  EXPECT_EQ(refused_.error_code(), grpc::NOT_FOUND);
  const auto emitted = Emitted().size();
  MoveClockTo("2026-09-10 10:00");
  EXPECT_EQ(Emitted().size(), emitted) << "nothing runs any more, and no term opens a PEP";
}

TEST_F(SchedulingDeadlinesTest, BeginAnewWithTheNextTerm) {
  ASSERT_NO_FATAL_FAILURE(BeginWithHeldMeeting());
  Done(&Stub::FinaliseEpep, {});
  MoveClockTo("2026-01-05 07:00");
  const v1::Pep pep = Pep();
  EXPECT_EQ(pep.reference().pep_id(), absl::StrCat(kChild, ".2"));
  EXPECT_EQ(pep.term(), "spring");
  EXPECT_EQ(pep.state(), v1::PEP_STATE_DUE);
  EXPECT_EQ(ToTime(DeadlineOf(pep, Rule::kHeldByTermCutOff).deadline().due_at()),
            EndOf("2026-03-20"));
  EXPECT_EQ(ToTime(DeadlineOf(pep, Rule::kHeldWithinFourMonths).deadline().due_at()),
            EndOf("2026-02-13"))
      << "the last school day before half-term";
  EXPECT_TRUE(EmittedWith(&Event::has_pep_cycle_closed).empty())
      << "a finalised PEP serves until the next is held";
}

TEST_F(SchedulingDeadlinesTest, OfAnSdqEndWithItsScore) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  const v1::Pep scheduled = Done(&Stub::SchedulePepMeeting, Meeting("2025-10-20 14:00"));
  MoveClockTo("2025-10-10 09:00");
  Emit(kChild, events_.SdqScored(kChild, scheduled.reference().pep_id(), At("2025-10-09 15:00")));
  Settle();
  const v1::Deadline deadline = DeadlineOf(Pep(), Rule::kSdqScored);
  EXPECT_EQ(deadline.state(), common::v1::DEADLINE_STATE_MET);
  EXPECT_EQ(ToTime(deadline.met_at()), At("2025-10-09 15:00"));
  EXPECT_FALSE(deadline.late());
  MoveClockTo("2025-10-20 16:00");
  EXPECT_TRUE(Missed(Rule::kSdqScored).empty());
  auto holding = Holding("2025-10-20");
  holding.clear_missing_sdq_reason();
  Done(&Stub::HoldPepMeeting, holding);
}

TEST_F(SchedulingDeadlinesTest, OfAnSdqAreNotEndedByWhoIsLate) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  const std::string pep =
      Done(&Stub::SchedulePepMeeting, Meeting("2025-10-20 14:00")).reference().pep_id();
  for (v1::ReadinessItem item : {v1::READINESS_ITEM_SDQ, v1::READINESS_ITEM_PUPIL_VIEWS}) {
    EXPECT_EQ(Refused(&Stub::CompleteReadinessItem, Ticking(item)), "TICKED_BY_ASSESSMENTS");
    EXPECT_EQ(FieldOf(refused_), "item");
    EXPECT_EQ(refused_.error_code(), grpc::INVALID_ARGUMENT);
  }
  MoveClockTo("2025-10-10 09:00");
  // The school proposes; the carer gives and the child refuses theirs; a version before took the
  // school's word for it.
  Emit(kChild, events_.SdqNotObtainedProposed(kChild, pep, Now()));
  Emit(kChild, events_.SdqScored(kChild, pep, Now(), assessments::v1::SDQ_INFORMANT_CARER));
  Emit(kChild, events_.SdqNotObtained(kChild, pep, Now(), assessments::v1::SDQ_INFORMANT_SELF));
  Emit(kChild, events_.SdqNotObtained(kChild, pep, Now(), assessments::v1::SDQ_INFORMANT_TEACHER,
                                      assessments::v1::SDQ_CONFIRMER_UNSPECIFIED));
  Settle();
  EXPECT_EQ(DeadlineOf(Pep(), Rule::kSdqScored).state(), common::v1::DEADLINE_STATE_RUNNING);
  EXPECT_EQ(Pep().readiness_size(), 0);
  MoveClockTo("2025-10-16 09:00");
  EXPECT_EQ(Missed(Rule::kSdqScored).size(), 1u);
}

TEST_F(SchedulingDeadlinesTest, OfAnSdqThatIsWaivedEndWithoutBeingMet) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  const std::string pep =
      Done(&Stub::SchedulePepMeeting, Meeting("2025-10-20 14:00")).reference().pep_id();
  MoveClockTo("2025-10-17 09:00");
  Emit(kChild, events_.SdqNotObtained(kChild, pep, At("2025-10-17 08:30")));
  Settle();
  const v1::Pep waived = Pep();
  const v1::Deadline deadline = DeadlineOf(waived, Rule::kSdqScored);
  EXPECT_EQ(deadline.state(), common::v1::DEADLINE_STATE_WAIVED);
  EXPECT_EQ(ToTime(deadline.waived_at()), At("2025-10-17 08:30"));
  EXPECT_FALSE(deadline.has_met_at());
  EXPECT_TRUE(deadline.late());
  ASSERT_EQ(waived.waivers_size(), 1);
  EXPECT_EQ(waived.waivers(0).item(), v1::READINESS_ITEM_SDQ);
  EXPECT_EQ(ToTime(waived.waivers(0).waived_at()), At("2025-10-17 08:30"));
  EXPECT_EQ(waived.readiness_size(), 0) << "it is not done";
  EXPECT_EQ(Missed(Rule::kSdqScored).size(), 1u) << "a miss once said stays said";
  const auto withdrawn = EmittedWith(&Event::has_deadline_withdrawn);
  ASSERT_EQ(withdrawn.size(), 1u);
  EXPECT_EQ(ToTime(withdrawn[0].deadline_withdrawn().waived_at()), At("2025-10-17 08:30"));
  EXPECT_TRUE(withdrawn[0].deadline_withdrawn().late());
  EXPECT_EQ(EmittedWith(&Event::has_pep_readiness_item_waived).size(), 1u);
  EXPECT_EQ(service_->Metric("pepline_scheduling_deadlines_waived_total"), 1);

  v1::ListDeadlinesRequest request;
  request.set_state(common::v1::DEADLINE_STATE_WAIVED);
  v1::ListDeadlinesResponse listed;
  ASSERT_TRUE(Call(&Stub::ListDeadlines, request, listed).ok());
  ASSERT_EQ(listed.deadlines_size(), 1);
  EXPECT_EQ(listed.deadlines(0).deadline().rule_id(), RuleId(Rule::kSdqScored));

  MoveClockTo("2025-10-20 16:00");
  auto holding = Holding("2025-10-20");
  holding.clear_missing_sdq_reason();
  Done(&Stub::HoldPepMeeting, holding);
}

}  // namespace
}  // namespace pepline::scheduling
