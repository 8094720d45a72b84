// A PEP from due to finalised through every command, and what the service refuses on the way.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/component/scheduling/scheduling_fixture.h"

namespace pepline::scheduling {
namespace {

using ::testing::ElementsAre;
using Event = v1::SchedulingEvent;

class SchedulingStoryTest : public SchedulingTest {};

TEST_F(SchedulingStoryTest, OpensTheTermsPepWhenAChildInCareIsPutOnRecord) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  const v1::Pep pep = Pep();
  EXPECT_EQ(pep.reference().pep_id(), absl::StrCat(kChild, ".1"));
  EXPECT_EQ(pep.reference().school_urn(), kSchool);
  EXPECT_EQ(pep.reference().authority_code(), kAuthority);
  EXPECT_EQ(pep.kind(), v1::PEP_CYCLE_KIND_TERMLY);
  EXPECT_EQ(pep.state(), v1::PEP_STATE_DUE);
  EXPECT_EQ(pep.academic_year(), "2025/26");
  EXPECT_EQ(pep.term(), "autumn");
  EXPECT_EQ(ToTime(DeadlineOf(pep, Rule::kHeldByTermCutOff).deadline().due_at()),
            EndOf("2025-11-28"));
  const auto emitted = Emitted();
  ASSERT_EQ(emitted.size(), 2u);
  EXPECT_TRUE(emitted[0].has_pep_cycle_opened());
  EXPECT_TRUE(emitted[1].has_deadline_set());
}

TEST_F(SchedulingStoryTest, GoesFromDueToFinalisedThroughEveryCommand) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  const std::string pep_id = Pep().reference().pep_id();

  v1::Pep pep = Done(&Stub::SchedulePepMeeting, Meeting("2025-10-20 14:00"));
  EXPECT_EQ(pep.state(), v1::PEP_STATE_SCHEDULED);
  EXPECT_EQ(ToTime(DeadlineOf(pep, Rule::kSdqScored).deadline().due_at()), EndOf("2025-10-15"));

  pep = Done(&Stub::ReschedulePepMeeting, MovedMeeting("2025-10-21 10:00"));
  EXPECT_EQ(ToTime(pep.meeting_at()), At("2025-10-21 10:00"));
  EXPECT_EQ(pep.times_rescheduled(), 1);
  EXPECT_EQ(ToTime(DeadlineOf(pep, Rule::kDraftReady).deadline().due_at()), EndOf("2025-10-16"));

  pep = Done(&Stub::CancelPepMeeting, Cancelling());
  EXPECT_EQ(pep.state(), v1::PEP_STATE_DUE);
  EXPECT_FALSE(pep.has_meeting_at());
  EXPECT_EQ(DeadlineOf(pep, Rule::kDraftReady).state(), common::v1::DEADLINE_STATE_WITHDRAWN);

  Done(&Stub::SchedulePepMeeting, Meeting("2025-10-20 14:00"));
  pep = Done(&Stub::StartPepPreparation, {});
  EXPECT_EQ(pep.state(), v1::PEP_STATE_PREPARING);

  pep = Done(&Stub::CompleteReadinessItem, Ticking(v1::READINESS_ITEM_EPEP_DRAFT));
  EXPECT_EQ(DeadlineOf(pep, Rule::kDraftReady).state(), common::v1::DEADLINE_STATE_MET);
  Emit(kChild, events_.PupilViewsCaptured(kChild, pep_id, At("2025-09-02 06:00")));
  Emit(kChild, events_.FundingDrafted(kChild, pep_id, Now()));
  Settle();
  EXPECT_EQ(Pep().readiness_size(), 3);

  MoveClockTo("2025-10-20 16:00");
  EXPECT_EQ(DeadlineOf(Pep(), Rule::kSdqScored).state(), common::v1::DEADLINE_STATE_MISSED);

  auto holding = Holding("2025-10-20");
  holding.clear_missing_sdq_reason();
  EXPECT_EQ(Refused(&Stub::HoldPepMeeting, holding), "REASON_REQUIRED");
  EXPECT_EQ(FieldOf(refused_), "missing_sdq_reason");
  pep = Done(&Stub::HoldPepMeeting, Holding("2025-10-20"));
  EXPECT_EQ(pep.state(), v1::PEP_STATE_HELD);
  EXPECT_TRUE(pep.chaired_by_designated_teacher());
  EXPECT_EQ(ToTime(DeadlineOf(pep, Rule::kFinalised).deadline().due_at()), EndOf("2025-11-03"));
  EXPECT_EQ(DeadlineOf(pep, Rule::kHeldByTermCutOff).state(), common::v1::DEADLINE_STATE_MET);

  MoveClockTo("2025-10-22 11:00");
  pep = Done(&Stub::FinaliseEpep, {});
  EXPECT_EQ(pep.state(), v1::PEP_STATE_FINALISED);
  EXPECT_EQ(ToTime(pep.finalised_at()), At("2025-10-22 11:00"));

  const auto held = EmittedWith(&Event::has_pep_meeting_held);
  ASSERT_EQ(held.size(), 1u);
  EXPECT_THAT(held[0].pep_meeting_held().missing_items(), ElementsAre(v1::READINESS_ITEM_SDQ));
  EXPECT_TRUE(held[0].pep_meeting_held().child_attended());
  const auto finalised = EmittedWith(&Event::has_epep_finalised);
  ASSERT_EQ(finalised.size(), 1u);
  EXPECT_EQ(finalised[0].epep_finalised().school_days_taken(), 2);
  EXPECT_TRUE(finalised[0].epep_finalised().within_limit());
  EXPECT_EQ(EmittedWith(&Event::has_pep_meeting_scheduled).size(), 2u);
  EXPECT_EQ(EmittedWith(&Event::has_pep_meeting_rescheduled).size(), 1u);
  EXPECT_EQ(EmittedWith(&Event::has_pep_meeting_cancelled).size(), 1u);
  EXPECT_EQ(EmittedWith(&Event::has_pep_preparation_started).size(), 1u);
  EXPECT_EQ(EmittedWith(&Event::has_pep_readiness_item_completed).size(), 3u);
  EXPECT_EQ(EmittedWith(&Event::has_deadline_withdrawn).size(), 4u);
  for (const Event& event : Emitted()) {
    EXPECT_EQ(event.pep().pep_id(), pep_id);
    const std::string bytes = event.SerializeAsString();
    for (const char* reason : {"carer", "flooded", "ill in", "come back"}) {
      EXPECT_FALSE(absl::StrContains(bytes, reason)) << "a reason left scheduling";
    }
  }
}

TEST_F(SchedulingStoryTest, RefusesAMeetingThatNobodyCouldHold) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  const std::pair<const char*, const char*> meetings[] = {
      {"2025-10-28 10:00", "NOT_A_SCHOOL_DAY"},     // half-term
      {"2025-10-18 10:00", "NOT_A_SCHOOL_DAY"},     // Saturday
      {"2026-05-04 10:00", "NOT_A_SCHOOL_DAY"},     // bank holiday
      {"2025-09-01 10:00", "MEETING_IN_THE_PAST"},  // yesterday
      {"2025-10-20 19:30", "OUTSIDE_SCHOOL_HOURS"}, {"2027-01-12 10:00", "MEETING_TOO_FAR_AHEAD"}};
  for (const auto& [at, reason] : meetings) {
    EXPECT_EQ(Refused(&Stub::SchedulePepMeeting, Meeting(at)), reason) << at;
    EXPECT_EQ(FieldOf(refused_), "meeting_at") << at;
    EXPECT_EQ(refused_.error_code(), grpc::INVALID_ARGUMENT) << at;
  }
  Done(&Stub::SchedulePepMeeting, Meeting("2025-10-20 14:00"));
  EXPECT_EQ(Refused(&Stub::ReschedulePepMeeting, MovedMeeting("2025-12-25 10:00")),
            "NOT_A_SCHOOL_DAY");
  EXPECT_EQ(ToTime(Pep().meeting_at()), At("2025-10-20 14:00")) << "left as it was";
  EXPECT_EQ(Emitted().size(), 7u) << "a refused command says nothing";
}

TEST_F(SchedulingStoryTest, RefusesACommandThatComesTooEarlyOrTooLate) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  EXPECT_EQ(Refused(&Stub::ReschedulePepMeeting, MovedMeeting("2025-10-20 14:00")),
            "NO_MEETING_SCHEDULED");
  EXPECT_EQ(Refused(&Stub::CancelPepMeeting, Cancelling()), "NO_MEETING_SCHEDULED");
  EXPECT_EQ(Refused(&Stub::StartPepPreparation, {}), "NO_MEETING_SCHEDULED");
  EXPECT_EQ(Refused(&Stub::FinaliseEpep, {}), "NOT_HELD");
  EXPECT_EQ(Refused(&Stub::OpenInterimPep, {}, VirtualSchool()), "NOT_AN_INITIAL_PEP");

  Done(&Stub::SchedulePepMeeting, Meeting("2025-10-20 14:00"));
  EXPECT_EQ(Refused(&Stub::SchedulePepMeeting, Meeting("2025-10-21 14:00")),
            "MEETING_ALREADY_SCHEDULED");
  auto without_reason = Cancelling();
  without_reason.clear_reason();
  EXPECT_EQ(Refused(&Stub::CancelPepMeeting, without_reason), "REASON_REQUIRED");
  EXPECT_EQ(FieldOf(refused_), "reason");
  EXPECT_EQ(Refused(&Stub::HoldPepMeeting, Holding("2025-10-20")), "HELD_IN_THE_FUTURE");
  auto other = Meeting("2025-10-21 14:00");
  other.set_pep_id(absl::StrCat(kChild, ".7"));
  EXPECT_EQ(Refused(&Stub::SchedulePepMeeting, other), "OTHER_PEP");

  MoveClockTo("2025-10-20 16:00");
  EXPECT_EQ(Refused(&Stub::HoldPepMeeting, Holding("2025-09-01")), "HELD_BEFORE_PEP_OPENED");
  auto without_chair = Holding("2025-10-20");
  without_chair.clear_chair();
  EXPECT_EQ(Refused(&Stub::HoldPepMeeting, without_chair), "CHAIR_REQUIRED");
  auto absent_chair = Holding("2025-10-20");
  absent_chair.set_chair(v1::ATTENDEE_ROLE_SOCIAL_WORKER);
  EXPECT_EQ(Refused(&Stub::HoldPepMeeting, absent_chair), "CHAIR_NOT_PRESENT");
  Done(&Stub::HoldPepMeeting, Holding("2025-10-20"));
  EXPECT_EQ(Refused(&Stub::HoldPepMeeting, Holding("2025-10-20")), "MEETING_ALREADY_HELD");
  Done(&Stub::FinaliseEpep, {});
  EXPECT_EQ(Refused(&Stub::FinaliseEpep, {}), "ALREADY_FINALISED");
  EXPECT_EQ(Refused(&Stub::SchedulePepMeeting, Meeting("2025-11-10 14:00")), "ALREADY_FINALISED");
}

TEST_F(SchedulingStoryTest, OpensAnInterimPepOnlyWhereNoSchoolDayLiesWithinTheLimit) {
  ASSERT_NO_FATAL_FAILURE(Begin("2025-07-23 09:00"));
  EmitInCare(kChild, "2025-07-23");
  Settle();
  EXPECT_EQ(Pep().kind(), v1::PEP_CYCLE_KIND_INITIAL);
  const v1::Pep pep = Done(&Stub::OpenInterimPep, {}, SocialWorker());
  EXPECT_EQ(pep.state(), v1::PEP_STATE_INTERIM);
  EXPECT_EQ(DeadlineOf(pep, Rule::kInitialStarted).state(), common::v1::DEADLINE_STATE_MET);
  const auto opened = EmittedWith(&Event::has_pep_interim_opened);
  ASSERT_EQ(opened.size(), 1u);
  EXPECT_EQ(opened[0].pep_interim_opened().opened_on(), "2025-07-23");

  MoveClockTo("2025-09-08 09:00");
  const std::string other = "chd-other000000000000001";
  EmitInCare(other, "2025-09-08");
  Settle();
  v1::OpenInterimPepRequest request;
  request.set_child_id(other);
  EXPECT_EQ(Refused(&Stub::OpenInterimPep, request, VirtualSchool()),
            "SCHOOL_DAY_WITHIN_START_LIMIT");
}

TEST_F(SchedulingStoryTest, AnInterimPepIsHeldAndFinalisedInTheHolidaysByTheSocialWorker) {
  ASSERT_NO_FATAL_FAILURE(Begin("2025-07-28 09:00"));
  EmitInCare(kChild, "2025-07-28");
  Settle();
  v1::Pep pep = Done(&Stub::OpenInterimPep, {}, SocialWorker());
  EXPECT_TRUE(DeadlineOf(pep, Rule::kInitialAvailable).deadline().after_interim());
  EXPECT_EQ(ToTime(DeadlineOf(pep, Rule::kInitialAvailable).deadline().due_at()),
            EndOf("2025-09-16"));
  auto meeting = Meeting("2025-08-12 10:00");
  EXPECT_EQ(Refused(&Stub::SchedulePepMeeting, meeting, SocialWorker()), "REASON_REQUIRED");
  EXPECT_EQ(FieldOf(refused_), "no_school_day_reason");
  meeting.set_no_school_day_reason("the first review is near");
  EXPECT_EQ(Refused(&Stub::SchedulePepMeeting, meeting, DesignatedTeacher(kSchool)),
            "NOT_A_SCHOOL_DAY");
  Done(&Stub::SchedulePepMeeting, meeting, SocialWorker());
  MoveClockTo("2025-08-12 12:00");
  Done(&Stub::HoldPepMeeting, Holding("2025-08-12"), SocialWorker());
  pep = Done(&Stub::FinaliseEpep, {}, SocialWorker());
  EXPECT_EQ(DeadlineOf(pep, Rule::kInitialAvailable).state(), common::v1::DEADLINE_STATE_MET);
  EXPECT_FALSE(DeadlineOf(pep, Rule::kInitialAvailable).late());
  for (const Event& event : Emitted()) {
    EXPECT_FALSE(absl::StrContains(event.SerializeAsString(), "review is near"));
  }
}

TEST_F(SchedulingStoryTest, NamesEveryFieldThatIsWrong) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  v1::SchedulePepMeetingRequest nothing;
  v1::SchedulePepMeetingResponse response;
  grpc::Status status = Call(&Stub::SchedulePepMeeting, nothing, response);
  EXPECT_EQ(status.error_code(), grpc::INVALID_ARGUMENT);
  EXPECT_EQ(ReasonOf(status), "INVALID_FIELD");
  EXPECT_TRUE(absl::StrContains(status.error_message(), "child_id"));
  EXPECT_TRUE(absl::StrContains(status.error_message(), "meeting_at"));

  auto without_id = Meeting("2025-10-20 14:00");
  without_id.set_child_id(kChild);
  status = Call(&Stub::SchedulePepMeeting, without_id, response);
  EXPECT_EQ(FieldOf(status), "request_id");

  EXPECT_EQ(Refused(&Stub::CompleteReadinessItem, {}), "INVALID_FIELD");
  EXPECT_EQ(FieldOf(refused_), "item");
  EXPECT_EQ(Refused(&Stub::HoldPepMeeting, Holding("2025-13-40")), "INVALID_FIELD");
  EXPECT_EQ(FieldOf(refused_), "held_on");
  auto strange = Holding("2025-09-02");
  strange.add_attendees(static_cast<v1::AttendeeRole>(77));
  EXPECT_EQ(Refused(&Stub::HoldPepMeeting, strange), "INVALID_FIELD");
  EXPECT_EQ(FieldOf(refused_), "attendees[2]");
  auto year_zero = Meeting("2025-10-20 14:00");
  year_zero.mutable_meeting_at()->set_seconds(-99'999'999'999);
  EXPECT_EQ(Refused(&Stub::SchedulePepMeeting, year_zero), "INVALID_FIELD");
  EXPECT_EQ(Emitted().size(), 2u) << "nothing half done";
}

TEST_F(SchedulingStoryTest, RefusesCallsWithoutATokenOrADeadlineAndHugeOnes) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  v1::GetPepRequest request;
  request.set_child_id(kChild);
  v1::GetPepResponse response;

  grpc::ClientContext nobody;
  nobody.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(10)));
  EXPECT_EQ(stub_->GetPep(&nobody, request, &response).error_code(), grpc::UNAUTHENTICATED);

  grpc::ClientContext forged;
  forged.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(10)));
  auto token = service_->signer().Sign(VirtualSchool(), absl::Minutes(5));
  ASSERT_TRUE(token.ok());
  (*token)[token->size() - 3] = (*token)[token->size() - 3] == 'A' ? 'B' : 'A';
  forged.AddMetadata("authorization", absl::StrCat("Bearer ", *token));
  EXPECT_EQ(stub_->GetPep(&forged, request, &response).error_code(), grpc::UNAUTHENTICATED);

  auto patient = service_->Context(VirtualSchool());
  patient->set_deadline(std::chrono::system_clock::time_point::max());
  const grpc::Status endless = stub_->GetPep(patient.get(), request, &response);
  EXPECT_EQ(ReasonOf(endless), "NO_DEADLINE");

  auto huge = Cancelling();
  huge.set_child_id(kChild);
  huge.set_request_id("huge");
  huge.set_reason(std::string(100'000'000, 'x'));
  v1::CancelPepMeetingResponse cancelled;
  EXPECT_EQ(Call(&Stub::CancelPepMeeting, huge, cancelled).error_code(), grpc::RESOURCE_EXHAUSTED);
  EXPECT_EQ(Pep().state(), v1::PEP_STATE_DUE) << "it goes on";
}

}  // namespace
}  // namespace pepline::scheduling
