// What cannot be put on record: each mistake has a named answer and leaves nothing half done.
#include <functional>

#include "absl/strings/str_cat.h"
#include "tests/component/assessments/assessments_fixture.h"

namespace pepline::assessments {
namespace {

class AssessmentsBadInputTest : public AssessmentsTest {
 protected:
  // The SDQ as it was before, and nothing said.
  void ExpectNothingDone() {
    EXPECT_EQ(Content().sdq().state(), v1::SDQ_STATE_REQUESTED);
    EXPECT_EQ(Emitted().size(), 1u) << "the request alone";
  }
};

TEST_F(AssessmentsBadInputTest, AnswersAreNamedWhereTheyAreWrong) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  const struct {
    std::function<void(v1::RecordSdqAnswersRequest&)> spoil;
    const char* reason;
    const char* field;
  } rows[] = {
      {[](auto& r) { r.mutable_answers()->RemoveLast(); }, "NOT_TWENTY_FIVE_ANSWERS", "answers"},
      {[](auto& r) { r.add_answers(0); }, "NOT_TWENTY_FIVE_ANSWERS", "answers"},
      {[](auto& r) { r.clear_answers(); }, "NOT_TWENTY_FIVE_ANSWERS", "answers"},
      {[](auto& r) { r.set_answers(3, 3); }, "ANSWER_OUT_OF_RANGE", "answers[3]"},
      {[](auto& r) { r.set_answers(24, -2); }, "ANSWER_OUT_OF_RANGE", "answers[24]"},
      {[](auto& r) {
         for (int i = 0; i < 25; ++i) r.set_answers(i, -1);
       },
       "NOTHING_ANSWERED", "answers"},
      {[](auto& r) { r.set_form(v1::SDQ_FORM_P4_10); }, "FORM_OF_ANOTHER_INFORMANT", "form"},
      {[](auto& r) { r.set_form(v1::SDQ_FORM_S11_17); }, "FORM_OF_ANOTHER_INFORMANT", "form"},
      {[](auto& r) { r.clear_form(); }, "INVALID_FIELD", "form"},
      {[](auto& r) { r.set_form(static_cast<v1::SdqForm>(99)); }, "INVALID_FIELD", "form"},
      {[](auto& r) {
         for (int i = 0; i < 5; ++i) r.mutable_impact()->add_counted(1);
       },
       "IMPACT_NOT_OF_THIS_FORM", "impact.counted"},
      {[](auto& r) {
         for (int i = 0; i < 3; ++i) r.mutable_impact()->add_counted(4);
       },
       "ANSWER_OUT_OF_RANGE", "impact.counted[0]"},
      {[](auto& r) { r.set_document_reference(std::string(201, 'x')); }, "TEXT_TOO_LONG",
       "document_reference"},
      {[](auto& r) { r.set_sdq_id("nonsense"); }, "INVALID_FIELD", "sdq_id"},
      {[](auto& r) { r.set_sdq_id(absl::StrCat(kPep, ".pep.carer")); }, "SDQ_NOT_REQUESTED",
       "sdq_id"},
      {[](auto& r) { r.set_request_id(std::string(65, 'x')); }, "INVALID_FIELD", "request_id"},
  };
  for (const auto& row : rows) {
    auto request = Answering();
    row.spoil(request);
    EXPECT_EQ(Refused(&Stub::RecordSdqAnswers, request), row.reason);
    EXPECT_EQ(FieldOf(refused_), row.field) << row.reason;
  }
  auto nameless = Answering();
  v1::RecordSdqAnswersResponse response;
  EXPECT_EQ(FieldOf(Call(&Stub::RecordSdqAnswers, nameless, response)), "request_id");
  ExpectNothingDone();
}

TEST_F(AssessmentsBadInputTest, ScoresAreNamedWhereTheyAreWrong) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  EXPECT_EQ(Refused(&Stub::RecordSdqScores, Scoring(41)), "SCORE_OUT_OF_RANGE");
  EXPECT_EQ(FieldOf(refused_), "scores.total");
  EXPECT_EQ(refused_.error_code(), grpc::INVALID_ARGUMENT);
  EXPECT_EQ(Refused(&Stub::RecordSdqScores, Scoring(-1)), "SCORE_OUT_OF_RANGE");
  auto request = Scoring(5);
  request.mutable_scores()->set_conduct(6);
  EXPECT_EQ(Refused(&Stub::RecordSdqScores, request), "SUM_DIFFERS");
  EXPECT_EQ(FieldOf(refused_), "scores.total");
  request.clear_scores();
  EXPECT_EQ(Refused(&Stub::RecordSdqScores, request), "NOTHING_RECORDED");
  request = Scoring(5);
  request.mutable_scores()->set_impact(7);
  EXPECT_EQ(Refused(&Stub::RecordSdqScores, request), "SCORE_OUT_OF_RANGE");
  EXPECT_EQ(FieldOf(refused_), "scores.impact") << "a teacher's impact ends at 6";
  ExpectNothingDone();
}

TEST_F(AssessmentsBadInputTest, RequestsAreNamedWhereTheyAreWrong) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  EXPECT_EQ(Refused(&Stub::RequestSdq, Requesting(v1::SDQ_INFORMANT_TEACHER)),
            "SDQ_ALREADY_REQUESTED");
  EXPECT_EQ(refused_.error_code(), grpc::ALREADY_EXISTS);
  EXPECT_EQ(
      Refused(&Stub::RequestSdq, Requesting(v1::SDQ_INFORMANT_SELF, v1::SDQ_PURPOSE_ANNUAL_CARER)),
      "INFORMANT_DOES_NOT_FIT");
  EXPECT_EQ(Refused(&Stub::RequestSdq, Requesting(v1::SDQ_INFORMANT_UNSPECIFIED)), "INVALID_FIELD");
  EXPECT_EQ(FieldOf(refused_), "informant");
  EXPECT_EQ(
      Refused(&Stub::RequestSdq, Requesting(v1::SDQ_INFORMANT_SELF, v1::SDQ_PURPOSE_UNSPECIFIED)),
      "INVALID_FIELD");
  EXPECT_EQ(FieldOf(refused_), "purpose");
  auto request = Requesting(v1::SDQ_INFORMANT_SELF);
  request.set_pep_id(absl::StrCat(kChild, ".2"));
  EXPECT_EQ(Refused(&Stub::RequestSdq, request), "OTHER_PEP");
  request.set_pep_id(absl::StrCat(kSibling, ".1"));
  EXPECT_EQ(Refused(&Stub::RequestSdq, request), "INVALID_FIELD");
  EXPECT_EQ(FieldOf(refused_), "pep_id") << "another child's PEP";
  request.clear_pep_id();
  request.clear_child_id();
  EXPECT_EQ(Refused(&Stub::RequestSdq, request), "INVALID_FIELD");
  EXPECT_EQ(FieldOf(refused_), "child_id");
  ExpectNothingDone();
}

TEST_F(AssessmentsBadInputTest, StepsOutOfTheirOrderSayWhatComesFirst) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  EXPECT_EQ(Refused(&Stub::ReviewSdq, Reviewing("")), "SDQ_NOT_SCORED");
  EXPECT_EQ(refused_.error_code(), grpc::FAILED_PRECONDITION);
  EXPECT_EQ(
      Refused(&Stub::RecordSdqNotObtained, NotObtaining(v1::SDQ_NOT_OBTAINED_REASON_UNSPECIFIED)),
      "INVALID_FIELD");
  EXPECT_EQ(FieldOf(refused_), "reason");
  ExpectNothingDone();
  EXPECT_EQ(Refused(&Stub::ConfirmSdqNotObtained, Confirming("in words"), VirtualSchool()),
            "NOTHING_PROPOSED");
  EXPECT_EQ(FieldOf(refused_), "reason");
  const auto unknown = static_cast<v1::SdqNotObtainedReason>(77);
  EXPECT_EQ(Refused(&Stub::ConfirmSdqNotObtained, Confirming("in words", kTeachersSdq, unknown),
                    VirtualSchool()),
            "INVALID_FIELD");
  EXPECT_EQ(FieldOf(refused_), "reason");
  ExpectNothingDone();
  Done(&Stub::ConfirmSdqNotObtained,
       Confirming("in words", kTeachersSdq, v1::SDQ_NOT_OBTAINED_REASON_SDQ1), VirtualSchool());
  EXPECT_EQ(Refused(&Stub::MarkSdqSent, Sending()), "SDQ_NOT_OBTAINED");
  EXPECT_EQ(Refused(&Stub::RecordSdqAnswers, Answering()), "SDQ_NOT_OBTAINED");
}

TEST_F(AssessmentsBadInputTest, ViewsHaveTheirLimits) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  EXPECT_EQ(Refused(&Stub::CapturePupilViews, Capturing("")), "NOTHING_CAPTURED");
  EXPECT_EQ(Refused(&Stub::CapturePupilViews, Capturing(std::string(4001, 'x'))), "TEXT_TOO_LONG");
  EXPECT_EQ(FieldOf(refused_), "text");
  EXPECT_EQ(Refused(&Stub::DeclinePupilViews, Declining(" ")), "REASON_REQUIRED");
  EXPECT_EQ(FieldOf(refused_), "reason");
  v1::CapturePupilViewsResponse response;
  const auto huge = Complete(Capturing(std::string(8 << 20, 'x')));
  EXPECT_EQ(Call(&Stub::CapturePupilViews, huge, response).error_code(), grpc::RESOURCE_EXHAUSTED)
      << "above the limit of a message";
  ExpectNothingDone();
  Done(&Stub::CapturePupilViews, Capturing(std::string(4000, 'x')));
}

TEST_F(AssessmentsBadInputTest, AChildWithoutAPepHasNoSdqAndNoViews) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  EmitInCare(kChild);
  Settle();
  EXPECT_EQ(Refused(&Stub::RequestSdq, Requesting(v1::SDQ_INFORMANT_TEACHER)), "NO_OPEN_PEP");
  EXPECT_EQ(Refused(&Stub::CapturePupilViews, Capturing("I like art")), "NO_OPEN_PEP");
  EXPECT_EQ(Refused(&Stub::DeclinePupilViews, Declining("no")), "NO_OPEN_PEP");
  EXPECT_TRUE(Emitted().empty());
}

}  // namespace
}  // namespace pepline::assessments
