// What a person puts right of a meeting and of its ePEP: on the running service, on Redis and
// Kafka.
#include "tests/component/scheduling/scheduling_fixture.h"

namespace pepline::scheduling {
namespace {

using Event = v1::SchedulingEvent;

class MeetingCorrectionsTest : public SchedulingTest {
 protected:
  // Set for and held on 20 October, and finalised on the 22nd, within its five school days.
  void BeginFinalised() {
    ASSERT_NO_FATAL_FAILURE(BeginWithPep());
    Done(&Stub::SchedulePepMeeting, Meeting("2025-10-20 14:00"));
    MoveClockTo("2025-10-20 16:00");
    Done(&Stub::HoldPepMeeting, Holding("2025-10-20"));
    MoveClockTo("2025-10-22 12:00");
    Done(&Stub::FinaliseEpep, v1::FinaliseEpepRequest());
  }
  static v1::CorrectPepMeetingRequest HeldOn(std::string_view day) {
    v1::CorrectPepMeetingRequest request;
    request.set_held_on(std::string(day));
    request.set_reason("the minutes of another child");
    return request;
  }
  static v1::TakeBackFinalisationRequest NotFinalised() {
    v1::TakeBackFinalisationRequest request;
    request.set_reason("two sections were empty");
    return request;
  }
  v1::PepRecord Record() {
    v1::GetPepRequest request;
    request.set_child_id(kChild);
    v1::GetPepResponse response;
    const grpc::Status status = Call(&Stub::GetPep, request, response, VirtualSchool());
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response.record();
  }
};

TEST_F(MeetingCorrectionsTest, TheDayIsPutRightAndWhatWasInTimeByTheWrongOneIsSaidLate) {
  ASSERT_NO_FATAL_FAILURE(BeginFinalised());
  ASSERT_FALSE(DeadlineOf(Pep(), Rule::kFinalised).late());
  const v1::Pep pep = Done(&Stub::CorrectPepMeeting, HeldOn("2025-10-10"));
  EXPECT_EQ(pep.held_on(), "2025-10-10");
  EXPECT_EQ(pep.state(), v1::PEP_STATE_FINALISED);
  EXPECT_TRUE(DeadlineOf(pep, Rule::kFinalised).late()) << "it was due by the 17th";
  const auto corrected = EmittedWith(&Event::has_pep_meeting_corrected);
  ASSERT_EQ(corrected.size(), 1u);
  EXPECT_EQ(corrected[0].pep_meeting_corrected().old_held_on(), "2025-10-20");
  EXPECT_EQ(corrected[0].pep_meeting_corrected().held_on(), "2025-10-10");
  EXPECT_EQ(corrected[0].ShortDebugString().find("minutes"), std::string::npos);
  bool late = false;
  for (const Event& event : EmittedWith(&Event::has_deadline_met)) {
    if (event.deadline_met().deadline().rule_id() != RuleId(Rule::kFinalised)) continue;
    late = event.deadline_met().late();
  }
  EXPECT_TRUE(late) << "the last word of it";
  ASSERT_EQ(Record().corrections_size(), 1);
  EXPECT_EQ(Record().corrections(0).old_held_on(), "2025-10-20");
  EXPECT_EQ(Record().corrections(0).reason(), "the minutes of another child");
}

TEST_F(MeetingCorrectionsTest, AnEpepThatIsTakenBackIsWaitedForAgainAfterARestartToo) {
  ASSERT_NO_FATAL_FAILURE(BeginFinalised());
  const v1::Pep pep = Done(&Stub::TakeBackFinalisation, NotFinalised());
  EXPECT_EQ(pep.state(), v1::PEP_STATE_HELD);
  EXPECT_FALSE(pep.has_finalised_at());
  EXPECT_EQ(DeadlineOf(pep, Rule::kFinalised).state(), common::v1::DEADLINE_STATE_RUNNING);
  EXPECT_EQ(EmittedWith(&Event::has_epep_finalisation_taken_back).size(), 1u);
  ASSERT_NO_FATAL_FAILURE(KillAndRestart());
  MoveClockTo("2025-11-04 09:00");  // after the half-term
  EXPECT_EQ(DeadlineOf(Pep(), Rule::kFinalised).state(), common::v1::DEADLINE_STATE_MISSED);
  EXPECT_EQ(Record().corrections(0).reason(), "two sections were empty");
  EXPECT_EQ(Done(&Stub::FinaliseEpep, v1::FinaliseEpepRequest()).state(), v1::PEP_STATE_FINALISED);
}

TEST_F(MeetingCorrectionsTest, WhatIsToBePutRightIsSaidWithAReason) {
  ASSERT_NO_FATAL_FAILURE(BeginFinalised());
  v1::CorrectPepMeetingRequest nothing;
  nothing.set_reason("typed wrongly");
  v1::CorrectPepMeetingResponse answer;
  const grpc::Status refused = Call(&Stub::CorrectPepMeeting, Complete(nothing), answer);
  EXPECT_EQ(refused.error_code(), grpc::INVALID_ARGUMENT);
  EXPECT_EQ(FieldOf(refused), "held_on");
  auto without_reason = HeldOn("2025-10-10");
  without_reason.clear_reason();
  EXPECT_EQ(Refused(&Stub::CorrectPepMeeting, without_reason), "REASON_REQUIRED");
  EXPECT_EQ(Refused(&Stub::CorrectPepMeeting, HeldOn("2025-10-23")), "HELD_IN_THE_FUTURE");
  EXPECT_EQ(Refused(&Stub::TakeBackFinalisation, v1::TakeBackFinalisationRequest()),
            "REASON_REQUIRED");
}

}  // namespace
}  // namespace pepline::scheduling
