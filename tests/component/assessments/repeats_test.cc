// What comes twice, late, out of order, or as garbage: commands by RPC and events by Kafka.
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/component/assessments/assessments_fixture.h"

namespace pepline::assessments {
namespace {

using Event = v1::AssessmentsEvent;

class AssessmentsRepeatsTest : public AssessmentsTest {};

TEST_F(AssessmentsRepeatsTest, ARepeatedCommandGetsItsFirstAnswer) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  const auto sending = Complete(Sending());
  const auto answering = Complete(Answering());
  const auto capturing = Complete(Capturing("I like art"));
  const auto sent = Done(&Stub::MarkSdqSent, sending);
  const auto answered = Done(&Stub::RecordSdqAnswers, answering);
  const auto captured = Done(&Stub::CapturePupilViews, capturing);
  Done(&Stub::ReviewSdq, Reviewing(""));
  const auto emitted = Emitted().size();
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(Done(&Stub::MarkSdqSent, sending).SerializeAsString(), sent.SerializeAsString());
    EXPECT_EQ(Done(&Stub::RecordSdqAnswers, answering).SerializeAsString(),
              answered.SerializeAsString());
    EXPECT_EQ(Done(&Stub::CapturePupilViews, capturing).SerializeAsString(),
              captured.SerializeAsString());
    EXPECT_EQ(Emitted().size(), emitted);
    if (round == 0) KillAndRestart();  // remembered on disk
  }
  EXPECT_EQ(Content().sdq().state(), v1::SDQ_STATE_REVIEWED);
}

TEST_F(AssessmentsRepeatsTest, ARepetitionAfterTheNextPepOpenedIsStillTheFirstPeps) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  const auto capturing = Complete(Capturing("I like art"));
  Done(&Stub::CapturePupilViews, capturing);
  EmitPepClosed();
  EmitPepOpened(kChild, 2);
  Settle();
  EXPECT_EQ(Done(&Stub::CapturePupilViews, capturing).views().pep_id(), kPep);
  EXPECT_EQ(EmittedWith(&Event::has_pupil_views_captured).size(), 1u);
}

TEST_F(AssessmentsRepeatsTest, ARequestIdIsNotUsedForAnotherCommand) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  auto answering = Answering();
  answering.set_request_id("mine");
  Done(&Stub::RecordSdqAnswers, answering);
  auto other_answers = answering;
  other_answers.set_answers(0, 2);
  EXPECT_EQ(Refused(&Stub::RecordSdqAnswers, other_answers), "REQUEST_ID_REUSED");
  EXPECT_EQ(refused_.error_code(), grpc::ALREADY_EXISTS);
  auto reviewing = Reviewing("");
  reviewing.set_request_id("mine");
  EXPECT_EQ(Refused(&Stub::ReviewSdq, reviewing), "REQUEST_ID_REUSED");
  EXPECT_EQ(Refused(&Stub::RecordSdqAnswers, answering, VirtualSchool()), "SDQ_ALREADY_SCORED")
      << "somebody else's id is another one, and tells nothing of the first answer";
  EXPECT_EQ(Content().answers(0), 0);
  EXPECT_EQ(EmittedWith(&Event::has_sdq_scored).size(), 1u);
}

TEST_F(AssessmentsRepeatsTest, RivalScoresHaveOneWinner) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  constexpr int kRivals = 12;
  std::vector<std::unique_ptr<grpc::ClientContext>> contexts;
  for (int i = 0; i < kRivals; ++i) contexts.push_back(service_->Context(VirtualSchool()));
  std::vector<grpc::Status> statuses(kRivals);
  std::vector<std::thread> rivals;
  for (std::size_t i = 0; i < kRivals; ++i) {
    rivals.emplace_back([&, i, request = Complete(Scoring(static_cast<int>(i)))] {
      v1::RecordSdqScoresResponse answer;
      statuses[i] = stub_->RecordSdqScores(contexts[i].get(), request, &answer);
    });
  }
  for (std::thread& rival : rivals) rival.join();
  int winner = -1;
  for (int i = 0; i < kRivals; ++i) {
    const grpc::Status& status = statuses[static_cast<std::size_t>(i)];
    if (status.ok()) {
      EXPECT_EQ(winner, -1) << "two scores for one request";
      winner = i;
    } else {
      EXPECT_EQ(ReasonOf(status), "SDQ_ALREADY_SCORED");
    }
  }
  ASSERT_NE(winner, -1);
  EXPECT_EQ(Content().scores().total(), winner);
  EXPECT_EQ(EmittedWith(&Event::has_sdq_scored).size(), 1u);
}

TEST_F(AssessmentsRepeatsTest, EventsThatComeTwiceHaveNoSecondEffect) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  auto meeting = SchedulingEvent(kChild);
  *meeting.mutable_pep_meeting_scheduled()->mutable_sdq_required_by() =
      ToTimestamp(EndOf("2025-09-16"));
  for (int i = 0; i < 3; ++i) Emit(kChild, meeting);
  Settle();
  EXPECT_EQ(EmittedWith(&Event::has_sdq_required_by_moved).size(), 1u);
  EXPECT_EQ(EmittedWith(&Event::has_sdq_requested).size(), 1u);
}

TEST_F(AssessmentsRepeatsTest, AnOldEventThatComesAgainTakesNothingBack) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  auto meeting = SchedulingEvent(kChild);
  *meeting.mutable_pep_meeting_scheduled()->mutable_sdq_required_by() =
      ToTimestamp(EndOf("2025-09-16"));
  Emit(kChild, meeting);
  EmitMeetingMoved("2025-09-25");
  Emit(kChild, meeting);
  auto enrolled = RegistryEvent(kChild);
  enrolled.mutable_child_enrolled()->set_child_id(kChild);
  enrolled.mutable_child_enrolled()->set_school_urn(kSchool);
  EmitMovedSchool(kChild, kOtherSchool);
  Emit(kChild, enrolled);
  Settle();
  EXPECT_EQ(FromTimestamp(Content().sdq().required_by()), EndOf("2025-09-25"));
  EXPECT_EQ(Content(kTeachersSdq, DesignatedTeacher(kOtherSchool)).sdq().sdq_id(), kTeachersSdq);
}

TEST_F(AssessmentsRepeatsTest, TheMeetingMayBeHeardOfBeforeThePepAndThePepBeforeTheChild) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  auto opened = SchedulingEvent(kChild);
  opened.mutable_pep_cycle_opened()->set_kind(scheduling::v1::PEP_CYCLE_KIND_TERMLY);
  EmitMeeting("2025-09-16");
  Emit(kChild, opened);  // older than the meeting: passed over
  Settle();
  const auto requested = EmittedWith(&Event::has_sdq_requested);
  ASSERT_EQ(requested.size(), 1u);
  EXPECT_EQ(requested[0].sdq_requested().sdq_id(), kTeachersSdq);
  EXPECT_EQ(Refused(&Stub::MarkSdqSent, Sending(), VirtualSchool()), "NOT_FOUND")
      << "nobody's child yet";
  EmitInCare(kChild);
  Settle();
  EXPECT_EQ(FromTimestamp(Done(&Stub::MarkSdqSent, Sending()).sdq().required_by()),
            EndOf("2025-09-16"));
}

TEST_F(AssessmentsRepeatsTest, GarbageGoesToTheDeadLettersAndTheRestGoesOn) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  EmitBytesTo(kSchedulingTopic, kChild, "\xff\xff not an event");
  EmitBytesTo(kRegistryTopic, kChild, "");
  auto childless = SchedulingEvent("chd-childless00000000001");
  childless.mutable_pep_cycle_opened();
  childless.mutable_pep()->clear_child_id();
  Emit(kChild, childless);
  auto timeless = SchedulingEvent(kChild);
  timeless.mutable_pep_meeting_scheduled()->mutable_sdq_required_by()->set_nanos(-1);
  Emit(kChild, timeless);
  EmitMeetingMoved("2025-09-25");
  Settle();
  EXPECT_EQ(FromTimestamp(Content().sdq().required_by()), EndOf("2025-09-25"))
      << "the next record was handled";
  const auto buried = Buried(kSchedulingTopic);
  ASSERT_EQ(buried.size(), 3u);
  EXPECT_EQ(buried[0].value, "\xff\xff not an event") << "byte for byte, to be looked at";
  EXPECT_EQ(Buried(kRegistryTopic).size(), 1u);
}

TEST_F(AssessmentsRepeatsTest, AnEventOfALaterVersionIsPassedOverAndCounted) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  Emit(kChild, SchedulingEvent(kChild));
  Emit(kChild, RegistryEvent(kChild));
  auto another_concern = SchedulingEvent(kChild);
  another_concern.mutable_epep_finalised();
  Emit(kChild, another_concern);
  Settle();
  for (std::string_view topic : {kSchedulingTopic, kRegistryTopic}) {
    EXPECT_EQ(service_->Metric(absl::StrCat("pepline_assessments_unknown_events_total{topic=\"",
                                            std::string(topic), "\"}")),
              1);
    EXPECT_TRUE(Buried(topic).empty());
  }
  EmitMeeting("2025-09-16");
  Settle();
  EXPECT_TRUE(Content().sdq().has_required_by()) << "the next event counts";
}

}  // namespace
}  // namespace pepline::assessments
