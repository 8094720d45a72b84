// What comes twice, late, out of order, or as garbage: commands by RPC and events by Kafka.
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/component/scheduling/scheduling_fixture.h"
#include "tools/stack/processes.h"

namespace pepline::scheduling {
namespace {

using Event = v1::SchedulingEvent;

class SchedulingRepeatsTest : public SchedulingTest {};

TEST_F(SchedulingRepeatsTest, ARepeatedCommandGetsItsFirstAnswer) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  auto request = Complete(Meeting("2025-10-20 14:00"));
  v1::SchedulePepMeetingResponse first;
  ASSERT_TRUE(Call(&Stub::SchedulePepMeeting, request, first).ok());
  Done(&Stub::CancelPepMeeting, Cancelling());
  Done(&Stub::SchedulePepMeeting, Meeting("2025-10-21 14:00"));
  const auto emitted = Emitted().size();

  v1::SchedulePepMeetingResponse again;
  const grpc::Status status = Call(&Stub::SchedulePepMeeting, request, again);
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(again.SerializeAsString(), first.SerializeAsString());
  EXPECT_EQ(Emitted().size(), emitted);
  EXPECT_EQ(ToTime(Pep().meeting_at()), At("2025-10-21 14:00"));

  KillAndRestart();
  again.Clear();
  EXPECT_TRUE(Call(&Stub::SchedulePepMeeting, request, again).ok());
  EXPECT_EQ(again.SerializeAsString(), first.SerializeAsString()) << "remembered on disk";
}

TEST_F(SchedulingRepeatsTest, ARequestIdIsNotUsedForAnotherCommand) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  auto request = Complete(Meeting("2025-10-20 14:00"));
  request.set_request_id("mine");
  Done(&Stub::SchedulePepMeeting, request);

  auto other_day = Meeting("2025-10-21 14:00");
  other_day.set_request_id("mine");
  EXPECT_EQ(Refused(&Stub::SchedulePepMeeting, other_day), "REQUEST_ID_REUSED");
  EXPECT_EQ(refused_.error_code(), grpc::ALREADY_EXISTS);
  auto other_command = Cancelling();
  other_command.set_request_id("mine");
  EXPECT_EQ(Refused(&Stub::CancelPepMeeting, other_command), "REQUEST_ID_REUSED");
  EXPECT_EQ(Refused(&Stub::SchedulePepMeeting, request, VirtualSchool()),
            "MEETING_ALREADY_SCHEDULED")
      << "somebody else's id is another one, and tells nothing of the first answer";
  EXPECT_EQ(EmittedWith(&Event::has_pep_meeting_scheduled).size(), 1u);
}

TEST_F(SchedulingRepeatsTest, ARefusedCommandMayBeTriedAgainUnderItsId) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  v1::FinaliseEpepRequest request;
  request.set_request_id("finalise");
  EXPECT_EQ(Refused(&Stub::FinaliseEpep, request), "NOT_HELD");
  Done(&Stub::SchedulePepMeeting, Meeting("2025-09-10 14:00"));
  MoveClockTo("2025-09-10 15:00");
  Done(&Stub::HoldPepMeeting, Holding("2025-09-10"));
  EXPECT_EQ(Done(&Stub::FinaliseEpep, request).state(), v1::PEP_STATE_FINALISED);
}

TEST_F(SchedulingRepeatsTest, TwinsAtTheSameMomentHaveOneEffectAndOneAnswer) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  constexpr int kTwins = 16;
  const auto request = Complete(Meeting("2025-10-20 14:00"));
  std::vector<std::unique_ptr<grpc::ClientContext>> contexts;
  for (int i = 0; i < kTwins; ++i) contexts.push_back(service_->Context(VirtualSchool()));
  std::vector<v1::SchedulePepMeetingResponse> answers(kTwins);
  std::vector<grpc::Status> statuses(kTwins);
  std::vector<std::thread> twins;
  for (std::size_t i = 0; i < kTwins; ++i) {
    twins.emplace_back([&, i] {
      statuses[i] = stub_->SchedulePepMeeting(contexts[i].get(), request, &answers[i]);
    });
  }
  for (std::thread& twin : twins) twin.join();
  for (std::size_t i = 0; i < kTwins; ++i) {
    EXPECT_TRUE(statuses[i].ok()) << statuses[i].error_message();
    EXPECT_EQ(answers[i].SerializeAsString(), answers[0].SerializeAsString());
  }
  EXPECT_EQ(EmittedWith(&Event::has_pep_meeting_scheduled).size(), 1u);
}

TEST_F(SchedulingRepeatsTest, ARivalCommandLosesAndIsToldWhy) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  constexpr int kRivals = 8;
  std::vector<std::unique_ptr<grpc::ClientContext>> contexts;
  for (int i = 0; i < kRivals; ++i) contexts.push_back(service_->Context(VirtualSchool()));
  std::vector<grpc::Status> statuses(kRivals);
  std::vector<std::thread> rivals;
  for (std::size_t i = 0; i < kRivals; ++i) {
    auto request = Complete(Meeting(absl::StrCat("2025-10-20 1", i, ":00")));
    rivals.emplace_back([&, i, request] {
      v1::SchedulePepMeetingResponse answer;
      statuses[i] = stub_->SchedulePepMeeting(contexts[i].get(), request, &answer);
    });
  }
  for (std::thread& rival : rivals) rival.join();
  int won = 0;
  for (const grpc::Status& status : statuses) {
    if (status.ok()) {
      ++won;
    } else {
      EXPECT_EQ(ReasonOf(status), "MEETING_ALREADY_SCHEDULED");
    }
  }
  EXPECT_EQ(won, 1);
  EXPECT_EQ(EmittedWith(&Event::has_pep_meeting_scheduled).size(), 1u);
}

TEST_F(SchedulingRepeatsTest, EventsThatComeTwiceHaveNoSecondEffect) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  const std::string pep =
      Done(&Stub::SchedulePepMeeting, Meeting("2025-10-20 14:00")).reference().pep_id();
  const auto scored = events_.SdqScored(kChild, pep, At("2025-09-02 06:30"));
  const auto drafted = events_.FundingDrafted(kChild, pep, Now());
  for (int i = 0; i < 3; ++i) {
    Emit(kChild, scored);
    Emit(kChild, drafted);
  }
  Settle();
  EXPECT_EQ(EmittedWith(&Event::has_pep_readiness_item_completed).size(), 2u);
}

TEST_F(SchedulingRepeatsTest, AWithdrawnRequestTakesItsTickBackOnce) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  const std::string pep = Pep().reference().pep_id();
  Emit(kChild, events_.FundingDrafted(kChild, pep, Now()));
  Settle();
  EXPECT_EQ(Pep().readiness_size(), 1);
  const auto withdrawn = events_.FundingWithdrawn(kChild, pep, Now());
  for (int i = 0; i < 3; ++i) Emit(kChild, withdrawn);
  Settle();
  EXPECT_EQ(Pep().readiness_size(), 0);
  const auto emitted = EmittedWith(&Event::has_pep_costs_withdrawn);
  ASSERT_EQ(emitted.size(), 1u);
  EXPECT_TRUE(emitted[0].pep_costs_withdrawn().item_open_again());
}

TEST_F(SchedulingRepeatsTest, ViewsThatAreTakenBackOpenTheirItemOnceAndACorrectionTicksIt) {
  using namespace assessments::v1;
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  const std::string pep = Pep().reference().pep_id();
  Emit(kChild, events_.PupilViewsCaptured(kChild, pep, Now()));
  const auto corrected =
      events_.PupilViewsCorrected(kChild, pep, Now(), PUPIL_VIEWS_ON_RECORD_DECLINED);
  for (int i = 0; i < 2; ++i) Emit(kChild, corrected);
  Settle();
  EXPECT_EQ(EmittedWith(&Event::has_pep_readiness_item_completed).size(), 1u) << "ticked already";
  const auto taken_back =
      events_.PupilViewsCorrected(kChild, pep, Now(), PUPIL_VIEWS_ON_RECORD_TAKEN_BACK);
  for (int i = 0; i < 3; ++i) Emit(kChild, taken_back);
  Settle();
  EXPECT_EQ(Pep().readiness_size(), 0);
  const auto emitted = EmittedWith(&Event::has_pep_readiness_item_reopened);
  ASSERT_EQ(emitted.size(), 1u);
  EXPECT_EQ(emitted[0].pep_readiness_item_reopened().item(), v1::READINESS_ITEM_PUPIL_VIEWS);
  Emit(kChild, events_.PupilViewsCorrected(kChild, pep, Now(), PUPIL_VIEWS_ON_RECORD_CAPTURED));
  Settle();
  EXPECT_EQ(Pep().readiness_size(), 1) << "it was taken back in error";
}

TEST_F(SchedulingRepeatsTest, AnOldEventThatComesAgainTakesNothingBack) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  MoveClockTo("2025-09-15 10:00");
  EmitMoved(kChild, kSchool, kOtherSchool, "2025-09-15");
  EmitClosedDays(kOtherSchool, {"2025-09-25"});
  auto corrected = RegistryEvent(absl::StrCat("registry/school-calendar/", kOtherSchool));
  corrected.mutable_school_calendar_published()->set_school_urn(kOtherSchool);
  Emit(kOtherSchool, corrected);
  Settle();
  const auto emitted = Emitted().size();

  auto enrolled_before = registry::v1::RegistryEvent();
  *enrolled_before.mutable_header() =
      ServiceUnderTest::Header(absl::StrCat("registry/child/", kChild), 2, service_->clock().Now());
  enrolled_before.mutable_child_enrolled()->set_child_id(kChild);
  enrolled_before.mutable_child_enrolled()->set_school_urn(kSchool);
  Emit(kChild, enrolled_before);
  auto closed_before = registry::v1::RegistryEvent();
  *closed_before.mutable_header() = ServiceUnderTest::Header(
      absl::StrCat("registry/school-calendar/", kOtherSchool), 1, service_->clock().Now());
  closed_before.mutable_school_calendar_published()->set_school_urn(kOtherSchool);
  closed_before.mutable_school_calendar_published()->add_closed_days("2025-09-25");
  Emit(kOtherSchool, closed_before);
  Settle();
  EXPECT_EQ(Pep().reference().school_urn(), kOtherSchool);
  EXPECT_EQ(Emitted().size(), emitted);
  Done(&Stub::SchedulePepMeeting, Meeting("2025-09-25 14:00"), DesignatedTeacher(kOtherSchool));
}

TEST_F(SchedulingRepeatsTest, FactsMayComeInAnyOrder) {
  auto started = ServiceUnderTest::Start({.service = "scheduling", .now = At("2025-09-02 07:00")});
  ASSERT_TRUE(started.ok()) << started.status();
  service_ = *std::move(started);
  stub_ = v1::SchedulingService::NewStub(service_->channel());
  store_ = RedisStore::Create({.port = service_->redis().port(), .service = "scheduling"}, nullptr);
  EmitInCare(kChild, "2019-03-01");
  Settle();
  v1::GetPepRequest request;
  request.set_child_id(kChild);
  v1::GetPepResponse response;
  EXPECT_EQ(ReasonOf(Call(&Stub::GetPep, request, response)), "NO_CURRENT_PEP")
      << "no deadline can be counted yet";
  EmitPolicy(UsualPolicy());
  EmitTermDates();
  Settle();
  EmitBankHolidays();
  Settle();
  EXPECT_EQ(Pep().term(), "autumn");
  EXPECT_EQ(EmittedWith(&Event::has_pep_cycle_opened).size(), 1u);
}

TEST_F(SchedulingRepeatsTest, AReportAboutAnotherPepIsPassedOver) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  Emit(kChild, events_.SdqScored(kChild, absl::StrCat(kChild, ".9"), At("2025-09-02 06:30")));
  Emit("chd-unknown0000000000001",
       events_.SdqScored("chd-unknown0000000000001", "chd-unknown0000000000001.1",
                         At("2025-09-02 06:30")));
  Settle();
  EXPECT_EQ(Pep().readiness_size(), 0);
  EXPECT_TRUE(Emitted("chd-unknown0000000000001").empty());
}

TEST_F(SchedulingRepeatsTest, GarbageGoesToTheDeadLettersAndTheRestGoesOn) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  EmitBytesTo(kRegistryTopic, kChild, "\xff\xff not an event");
  EmitBytesTo(kRegistryTopic, kChild, "");
  auto dateless = RegistryEvent("registry/child/chd-dateless000000000001");
  dateless.mutable_child_became_looked_after()->set_child_id("chd-dateless000000000001");
  dateless.mutable_child_became_looked_after()->set_authority_code(kAuthority);
  dateless.mutable_child_became_looked_after()->set_became_looked_after_on("last week");
  Emit(kChild, dateless);
  EmitMoved(kChild, kSchool, kOtherSchool, "2025-09-02");
  Settle();
  EXPECT_EQ(Pep().reference().school_urn(), kOtherSchool) << "the next record was handled";
  const auto buried = Buried(kRegistryTopic);
  ASSERT_EQ(buried.size(), 3u);
  EXPECT_EQ(buried[0].value, "\xff\xff not an event") << "byte for byte, to be looked at";
  for (const ReadRecord& record : buried) {
    const std::map<std::string, std::string> headers(record.headers.begin(), record.headers.end());
    EXPECT_FALSE(absl::StrContains(headers.at("pepline_reason"), "last week"));
  }
}

TEST_F(SchedulingRepeatsTest, AnEventOfALaterVersionIsPassedOverAndCounted) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  auto future = RegistryEvent(absl::StrCat("registry/child/", kChild));
  future.GetReflection()->MutableUnknownFields(&future)->AddLengthDelimited(999, "unheard of");
  Emit(kChild, future);
  auto later = events_.SdqScored(kChild, Pep().reference().pep_id(), At("2025-09-02 06:30"));
  later.clear_event();
  Emit(kChild, later);
  Settle();
  EXPECT_EQ(service_->Metric("pepline_scheduling_unknown_events_total{topic=\"pepline.registry."
                             "events.v1\"}"),
            1);
  EXPECT_EQ(service_->Metric("pepline_scheduling_unknown_events_total{topic=\"pepline.assessments."
                             "events.v1\"}"),
            1);
  EXPECT_TRUE(Buried(kRegistryTopic).empty());
  EmitMoved(kChild, kSchool, kOtherSchool, "2025-09-02");
  Settle();
  EXPECT_EQ(Pep().reference().school_urn(), kOtherSchool) << "the next event counts";
}

}  // namespace
}  // namespace pepline::scheduling
