// SDQs and pupil views from the first to the last step, and what is said of them.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/assessments/domain/fields.h"
#include "shared/engine/field_mapping.h"
#include "tests/component/assessments/assessments_fixture.h"

namespace pepline::assessments {
namespace {

using Event = v1::AssessmentsEvent;

// Raised on every difficulty scale.
constexpr char kRaised[] = "1221221202212021222101220";

class AssessmentsStoryTest : public AssessmentsTest {
 protected:
  v1::GetPupilViewsResponse Views(const Actor& actor = VirtualSchool()) {
    v1::GetPupilViewsRequest request;
    request.set_child_id(kChild);
    v1::GetPupilViewsResponse response;
    const grpc::Status status = Call(&Stub::GetPupilViews, request, response, actor);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }
  // The kinds of what was said, in order: "sdq_requested".
  std::vector<std::string> Kinds() {
    std::vector<std::string> kinds;
    const auto* oneof = Event::descriptor()->FindOneofByName("event");
    for (const Event& event : Emitted()) {
      const auto* field = Event::GetReflection()->GetOneofFieldDescriptor(event, oneof);
      kinds.push_back(field != nullptr ? field->name() : "");
    }
    return kinds;
  }
};

TEST_F(AssessmentsStoryTest, ATeachersSdqIsRequestedByThePepAndGoesThroughToItsReview) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  EXPECT_EQ(Content().sdq().state(), v1::SDQ_STATE_REQUESTED);
  EmitMeeting("2025-09-16");
  Settle();
  EXPECT_EQ(FromTimestamp(Content().sdq().required_by()), EndOf("2025-09-16"));
  EXPECT_EQ(Done(&Stub::MarkSdqSent, Sending()).sdq().state(), v1::SDQ_STATE_SENT);
  MoveClockTo("2025-09-11 15:30");

  auto answering = Answering(kRaised);
  answering.mutable_impact()->set_overall(2);
  for (int answer : {1, 2, 3}) answering.mutable_impact()->add_counted(answer);
  answering.set_document_reference("cabinet 4");
  const v1::Sdq scored = Done(&Stub::RecordSdqAnswers, answering).sdq();
  EXPECT_EQ(scored.state(), v1::SDQ_STATE_SCORED);
  EXPECT_EQ(FromTimestamp(scored.scored_at()), At("2025-09-11 15:30"));
  EXPECT_TRUE(scored.strategies_required());

  EXPECT_EQ(Refused(&Stub::ReviewSdq, Reviewing("")), "STRATEGIES_REQUIRED");
  EXPECT_EQ(FieldOf(refused_), "strategies");
  EXPECT_EQ(Done(&Stub::ReviewSdq, Reviewing("a key adult every morning")).sdq().state(),
            v1::SDQ_STATE_REVIEWED);

  const v1::GetSdqResponse content = Content(kTeachersSdq, DesignatedTeacher(kSchool));
  const SdqScores scores = ScoreAnswers(Answers(kRaised), ImpactAnswers{2, {1, 2, 3}});
  FieldReader reader;
  EXPECT_EQ(ReadFields<SdqScores>(content.scores(), reader), scores);
  EXPECT_GE(*scores.total, 19);
  EXPECT_EQ(scores.impact, 3);
  EXPECT_EQ(content.scoring_rule(), "sdq-scoring-1");
  EXPECT_EQ(content.answers_size(), 25);
  EXPECT_EQ(content.document_reference(), "cabinet 4");
  EXPECT_EQ(content.strategies(), "a key adult every morning");
  ASSERT_EQ(content.bands_size(), 14);
  const v1::SdqBand& total = *std::ranges::find_if(content.bands(), [](const v1::SdqBand& band) {
    return band.scale() == v1::SDQ_SCALE_TOTAL && band.table() == "four-bands";
  });
  EXPECT_EQ(total.band(), "very-high");
  EXPECT_FALSE(total.provisional());
  EXPECT_FALSE(total.source().empty());

  EXPECT_THAT(Kinds(), testing::ElementsAre("sdq_requested", "sdq_required_by_moved", "sdq_sent",
                                            "sdq_received", "sdq_scored", "sdq_reviewed"));
  const auto emitted = EmittedWith(&Event::has_sdq_scored);
  EXPECT_EQ(emitted[0].child_id(), kChild);
  EXPECT_EQ(emitted[0].pep_id(), kPep);
  EXPECT_EQ(emitted[0].sdq_scored().sdq_id(), kTeachersSdq);
  EXPECT_EQ(emitted[0].sdq_scored().purpose(), v1::SDQ_PURPOSE_PEP);
  EXPECT_EQ(emitted[0].sdq_scored().informant(), v1::SDQ_INFORMANT_TEACHER);
}

TEST_F(AssessmentsStoryTest, WhatTheSchoolProposesEndsOnlyWhenItIsConfirmed) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  EmitMeeting("2025-09-09");
  Settle();
  EXPECT_EQ(Refused(&Stub::RecordSdqNotObtained, NotObtaining(v1::SDQ_NOT_OBTAINED_REASON_SDQ4)),
            "DETAIL_REQUIRED");
  EXPECT_EQ(Refused(&Stub::RecordSdqNotObtained, NotObtaining(v1::SDQ_NOT_OBTAINED_REASON_SDQ2)),
            "REASON_OF_ANOTHER_INFORMANT");
  EXPECT_EQ(FieldOf(refused_), "reason");
  auto proposal = NotObtaining(v1::SDQ_NOT_OBTAINED_REASON_SDQ4);
  proposal.set_detail("the class teacher left");
  const v1::Sdq proposed = Done(&Stub::RecordSdqNotObtained, proposal).sdq();
  EXPECT_EQ(proposed.state(), v1::SDQ_STATE_REQUESTED);
  EXPECT_TRUE(proposed.has_not_obtained_proposed_at());
  EXPECT_FALSE(proposed.has_not_obtained_at());
  EXPECT_EQ(EmittedWith(&Event::has_sdq_not_obtained_proposed).size(), 1u);
  v1::ListSdqsRequest to_confirm;
  to_confirm.set_to_confirm_only(true);
  EXPECT_THAT(Listed(to_confirm), testing::ElementsAre(kTeachersSdq));

  MoveClockTo("2025-09-10 09:00");
  EXPECT_TRUE(Content().sdq().missing()) << "it goes missing all the same";
  EXPECT_EQ(Refused(&Stub::ConfirmSdqNotObtained, Confirming("it is right")), "ROLE_NOT_ALLOWED")
      << "the school does not confirm itself";
  EXPECT_EQ(Refused(&Stub::ConfirmSdqNotObtained, Confirming(" "), VirtualSchool()),
            "DETAIL_REQUIRED");
  EXPECT_EQ(FieldOf(refused_), "explanation");
  EXPECT_TRUE(EmittedWith(&Event::has_sdq_not_obtained).empty());

  const v1::Sdq settled =
      Done(&Stub::ConfirmSdqNotObtained, Confirming("nobody else knows the child"), VirtualSchool())
          .sdq();
  EXPECT_EQ(settled.state(), v1::SDQ_STATE_NOT_OBTAINED);
  EXPECT_FALSE(settled.missing());
  EXPECT_EQ(settled.not_obtained_confirmed_by(), v1::SDQ_CONFIRMER_VIRTUAL_SCHOOL);
  EXPECT_EQ(Content().not_obtained_reason(), v1::SDQ_NOT_OBTAINED_REASON_SDQ4);
  EXPECT_EQ(Content().not_obtained_detail(), "the class teacher left");
  EXPECT_EQ(Content().not_obtained_explanation(), "nobody else knows the child");
  EXPECT_TRUE(Listed(to_confirm).empty());
  const auto emitted = EmittedWith(&Event::has_sdq_not_obtained);
  ASSERT_EQ(emitted.size(), 1u);
  EXPECT_EQ(emitted[0].sdq_not_obtained().informant(), v1::SDQ_INFORMANT_TEACHER);
  EXPECT_EQ(emitted[0].sdq_not_obtained().confirmed_by(), v1::SDQ_CONFIRMER_VIRTUAL_SCHOOL);
  for (const Event& event : Emitted()) {
    const std::string bytes = event.SerializeAsString();
    EXPECT_FALSE(absl::StrContains(bytes, "class teacher")) << "a reason left assessments";
    EXPECT_FALSE(absl::StrContains(bytes, "nobody else")) << "an explanation left assessments";
  }
}

TEST_F(AssessmentsStoryTest, ACarersScoresAreRecordedAndAChildsSdqIsNotObtained) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  const v1::Sdq carers =
      Done(&Stub::RequestSdq, Requesting(v1::SDQ_INFORMANT_CARER), SocialWorker()).sdq();
  EXPECT_EQ(carers.sdq_id(), absl::StrCat(kPep, ".pep.carer"));
  const v1::Sdq annual =
      Done(&Stub::RequestSdq, Requesting(v1::SDQ_INFORMANT_CARER, v1::SDQ_PURPOSE_ANNUAL_CARER))
          .sdq();
  EXPECT_EQ(annual.sdq_id(), absl::StrCat(kPep, ".annual-carer.carer"));
  const v1::Sdq childs = Done(&Stub::RequestSdq, Requesting(v1::SDQ_INFORMANT_SELF)).sdq();

  auto scoring = Scoring(17, carers.sdq_id());
  scoring.set_form(v1::SDQ_FORM_P11_17);
  EXPECT_TRUE(Done(&Stub::RecordSdqScores, scoring).sdq().strategies_required());
  EXPECT_EQ(Content(carers.sdq_id()).scoring_rule(), "sdq-scores-as-given-1");
  EXPECT_EQ(Content(carers.sdq_id()).answers_size(), 0);

  auto not_obtained = NotObtaining(v1::SDQ_NOT_OBTAINED_REASON_LOCAL, childs.sdq_id());
  EXPECT_EQ(Refused(&Stub::RecordSdqNotObtained, not_obtained), "DETAIL_REQUIRED");
  not_obtained.set_detail("on a residential trip");
  EXPECT_EQ(Done(&Stub::RecordSdqNotObtained, not_obtained).sdq().state(), v1::SDQ_STATE_REQUESTED);
  const v1::Sdq none = Done(&Stub::ConfirmSdqNotObtained,
                            Confirming("asked again by the team", childs.sdq_id()), SocialWorker())
                           .sdq();
  EXPECT_EQ(none.state(), v1::SDQ_STATE_NOT_OBTAINED);
  EXPECT_EQ(none.not_obtained_confirmed_by(), v1::SDQ_CONFIRMER_SOCIAL_WORKER);
  EXPECT_EQ(Content(childs.sdq_id()).not_obtained_detail(), "on a residential trip");
  EXPECT_EQ(EmittedWith(&Event::has_sdq_not_obtained).size(), 1u);
  EXPECT_EQ(EmittedWith(&Event::has_sdq_scored).size(), 1u);

  v1::ListSdqsRequest request;
  request.set_child_id(kChild);
  EXPECT_EQ(Listed(request).size(), 4u);
  request.set_state(v1::SDQ_STATE_SCORED);
  EXPECT_THAT(Listed(request), testing::ElementsAre(carers.sdq_id()));
}

TEST_F(AssessmentsStoryTest, AnswersWithoutATotalWaitForTheRest) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  EXPECT_EQ(Done(&Stub::RecordSdqAnswers, Answering("00-0000-0000-000000000000")).sdq().state(),
            v1::SDQ_STATE_RECEIVED);
  EXPECT_FALSE(Content().scores().has_total());
  EXPECT_TRUE(Content().scores().has_conduct());
  EXPECT_TRUE(EmittedWith(&Event::has_sdq_scored).empty());
  EXPECT_EQ(Done(&Stub::RecordSdqAnswers, Answering()).sdq().state(), v1::SDQ_STATE_SCORED);
  EXPECT_EQ(EmittedWith(&Event::has_sdq_received).size(), 2u);
  EXPECT_EQ(Refused(&Stub::RecordSdqAnswers, Answering()), "SDQ_ALREADY_SCORED");
  EXPECT_EQ(Refused(&Stub::RecordSdqScores, Scoring(12)), "SDQ_ALREADY_SCORED");
  EXPECT_EQ(Content().scores().total(), 10) << "one score for one request";
}

TEST_F(AssessmentsStoryTest, AChildsViewsAreKeptInTheirWordsAndNeverOverwritten) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  v1::GetPupilViewsRequest request;
  request.set_child_id(kChild);
  v1::GetPupilViewsResponse response;
  EXPECT_EQ(ReasonOf(Call(&Stub::GetPupilViews, request, response)), "NO_PUPIL_VIEWS");

  EXPECT_EQ(Done(&Stub::DeclinePupilViews, Declining("not today"), SocialWorker()).views().state(),
            v1::PUPIL_VIEWS_STATE_DECLINED);
  EXPECT_EQ(Views().declined_reason(), "not today");
  EXPECT_EQ(Refused(&Stub::DeclinePupilViews, Declining("not today")), "VIEWS_ALREADY_DECLINED");

  MoveClockTo("2025-09-10 10:00");
  auto capturing = Capturing("I would like more time outdoors");
  capturing.set_document_reference("drawing 7");
  const v1::PupilViews views = Done(&Stub::CapturePupilViews, capturing).views();
  EXPECT_EQ(views.pep_id(), kPep);
  EXPECT_EQ(FromTimestamp(views.recorded_at()), At("2025-09-10 10:00"));
  EXPECT_EQ(Views(DesignatedTeacher(kSchool)).text(), "I would like more time outdoors");
  EXPECT_EQ(Views().document_reference(), "drawing 7");
  EXPECT_EQ(Refused(&Stub::CapturePupilViews, Capturing("something else")),
            "VIEWS_ALREADY_CAPTURED");
  EXPECT_EQ(Refused(&Stub::DeclinePupilViews, Declining("no")), "VIEWS_ALREADY_CAPTURED");

  const auto captured = EmittedWith(&Event::has_pupil_views_captured);
  ASSERT_EQ(captured.size(), 1u);
  EXPECT_EQ(captured[0].pep_id(), kPep);
  EXPECT_EQ(FromTimestamp(captured[0].pupil_views_captured().captured_at()),
            At("2025-09-10 10:00"));
  EXPECT_EQ(EmittedWith(&Event::has_pupil_views_declined).size(), 1u);
}

TEST_F(AssessmentsStoryTest, TheNextPepHasItsOwnSdqAndViews) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  Done(&Stub::CapturePupilViews, Capturing("I like art"));
  EmitPepClosed();
  EmitPepOpened(kChild, 2);
  Settle();
  const std::string next = absl::StrCat(kChild, ".2");
  EXPECT_EQ(Content(next + ".pep.teacher").sdq().state(), v1::SDQ_STATE_REQUESTED);
  EXPECT_EQ(Done(&Stub::CapturePupilViews, Capturing("I like music")).views().pep_id(), next);
  v1::GetPupilViewsRequest request;
  request.set_child_id(kChild);
  request.set_pep_id(kPep);
  v1::GetPupilViewsResponse response;
  ASSERT_TRUE(Call(&Stub::GetPupilViews, request, response).ok());
  EXPECT_EQ(response.text(), "I like art") << "the earlier PEP's stay readable";
  auto late = Capturing("I like both");
  late.set_pep_id(kPep);
  EXPECT_EQ(Refused(&Stub::CapturePupilViews, late), "OTHER_PEP");
  EXPECT_EQ(Done(&Stub::RecordSdqAnswers, Answering()).sdq().state(), v1::SDQ_STATE_SCORED)
      << "a late SDQ of the earlier PEP is still worth having";
}

TEST_F(AssessmentsStoryTest, NothingPrivateLeavesInEventsAnswersOrTheLog) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  Done(&Stub::RecordSdqAnswers, Answering(kRaised));
  const auto reviewed = Done(&Stub::ReviewSdq, Reviewing("zebra-strategies"));
  const auto captured = Done(&Stub::CapturePupilViews, Capturing("zebra-views"));
  EXPECT_EQ(Refused(&Stub::DeclinePupilViews, Declining("zebra-reason")), "VIEWS_ALREADY_CAPTURED");
  Settle();
  EXPECT_FALSE(absl::StrContains(reviewed.SerializeAsString(), "zebra"));
  EXPECT_FALSE(absl::StrContains(captured.SerializeAsString(), "zebra"));
  auto records = service_->Events(kTopicOfAssessments);
  ASSERT_TRUE(records.ok());
  EXPECT_EQ(records->size(), 5u);
  for (const ReadRecord& record : *records) {
    EXPECT_FALSE(absl::StrContains(record.value, "zebra"));
    for (const auto& [name, value] : record.headers) {
      EXPECT_FALSE(absl::StrContains(value, "zebra")) << name;
    }
  }
  const auto log = ReadFile(service_->process().log_file());
  ASSERT_TRUE(log.ok());
  EXPECT_FALSE(absl::StrContains(*log, "zebra"));
}

TEST_F(AssessmentsStoryTest, NumbersMoveWithTheWork) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  const auto number = [this](std::string_view sample) {
    return service_->Metric(absl::StrCat("pepline_assessments_", std::string(sample)));
  };
  EXPECT_EQ(number("sdqs_requested_total{kind=\"teacher\"}"), 1);
  EmitMeeting("2025-09-09");
  Settle();
  MoveClockTo("2025-09-10 09:00");
  EXPECT_EQ(number("sdqs_missing_total"), 1);
  const auto answering = Complete(Answering());
  Done(&Stub::RecordSdqAnswers, answering);
  Done(&Stub::RecordSdqAnswers, answering);  // a repetition is not another score
  EXPECT_EQ(number("sdqs_scored_total{rule=\"sdq-scoring-1\"}"), 1);
  Done(&Stub::ReviewSdq, Reviewing(""));
  EXPECT_EQ(number("sdqs_reviewed_total"), 1);
  const v1::Sdq childs = Done(&Stub::RequestSdq, Requesting(v1::SDQ_INFORMANT_SELF)).sdq();
  Done(&Stub::RecordSdqNotObtained,
       NotObtaining(v1::SDQ_NOT_OBTAINED_REASON_SDQ5, childs.sdq_id()));
  EXPECT_EQ(number("sdqs_not_obtained_total"), 0) << "it is proposed and no more";
  Done(&Stub::ConfirmSdqNotObtained, Confirming("the child was asked twice", childs.sdq_id()),
       VirtualSchool());
  EXPECT_EQ(number("sdqs_not_obtained_total"), 1);
  Done(&Stub::CapturePupilViews, Capturing("I like art"));
  EXPECT_EQ(number("pupil_views_total{outcome=\"captured\"}"), 1);
  EXPECT_EQ(service_->Metric("pepline_wake_law_violations_total"), 0);
}

}  // namespace
}  // namespace pepline::assessments
