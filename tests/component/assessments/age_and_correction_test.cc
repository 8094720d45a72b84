// Whom an SDQ is asked about, and how what was keyed wrongly is put right.
#include "tests/component/assessments/assessments_fixture.h"

namespace pepline::assessments {
namespace {

using Event = v1::AssessmentsEvent;

class AssessmentsAgeTest : public AssessmentsTest {
 protected:
  // Registry says the child once more, with the days of its SDQs.
  void EmitSdqDays(const std::string& from, const std::string& until) {
    auto event = RegistryEvent(kChild);
    auto& said = *event.mutable_child_became_looked_after();
    said.set_child_id(kChild);
    said.set_authority_code(kAuthority);
    said.set_became_looked_after_on("2019-03-01");
    said.set_sdq_from(from);
    said.set_sdq_until(until);
    said.set_sdq_from_age(4);
    Emit(kChild, event);
    Settle();
  }
  void ExpectWaived() {
    const auto waived = EmittedWith(&Event::has_sdq_not_obtained);
    ASSERT_EQ(waived.size(), 1u);
    EXPECT_EQ(waived[0].sdq_not_obtained().confirmed_by(), v1::SDQ_CONFIRMER_NOT_OF_AGE);
    EXPECT_EQ(waived[0].sdq_not_obtained().informant(), v1::SDQ_INFORMANT_TEACHER);
    EXPECT_EQ(waived[0].pep_id(), kPep);
    EXPECT_EQ(Content().sdq().state(), v1::SDQ_STATE_NOT_OBTAINED);
    EXPECT_TRUE(EmittedWith(&Event::has_sdq_became_missing).empty());
  }
};

TEST_F(AssessmentsAgeTest, NobodyIsAskedAboutAChildWhoIsNotOfTheAge) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  EmitInCare(kChild);
  EmitSdqDays("2012-03-01", "2025-02-28");
  EmitPepOpened();
  Settle();
  EmitMeeting("2025-09-15");
  Settle();
  MoveClockTo("2025-09-20 09:00");
  EXPECT_TRUE(EmittedWith(&Event::has_sdq_requested).empty());
  ExpectWaived();
  EXPECT_FALSE(Content().sdq().has_requested_at());
}

TEST_F(AssessmentsAgeTest, DaysThatComeAfterThePepWaiveWhatWasAskedFor) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  EXPECT_EQ(EmittedWith(&Event::has_sdq_requested).size(), 1u);
  EmitMeeting("2025-10-15");
  Settle();
  EmitSdqDays("2025-11-01", "2038-10-31");
  ExpectWaived();
}

TEST_F(AssessmentsAgeTest, AFormForOtherAgesIsRefused) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  EmitSdqDays("2015-06-01", "2028-05-31");
  EXPECT_EQ(Refused(&Stub::RecordSdqAnswers, Answering()), "FORM_OF_ANOTHER_AGE");
  EXPECT_EQ(FieldOf(refused_), "form");
  auto answers = Answering();
  answers.set_form(v1::SDQ_FORM_T11_17);
  EXPECT_EQ(Done(&Stub::RecordSdqAnswers, answers).sdq().state(), v1::SDQ_STATE_SCORED);
}

v1::CorrectSdqRequest Correcting(std::string_view digits) {
  v1::CorrectSdqRequest request;
  request.set_sdq_id(kTeachersSdq);
  request.set_reason("two columns were swapped");
  request.set_form(v1::SDQ_FORM_T4_10);
  for (int answer : Answers(digits)) request.add_answers(answer);
  return request;
}
const char kAllTwo[] = "2222222222222222222222222";

TEST_F(AssessmentsAgeTest, WhatWasKeyedWronglyIsPutRightAndWhatStoodThereIsKept) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  EXPECT_EQ(Refused(&Stub::CorrectSdq, Correcting(kAllTwo)), "SDQ_NOT_RECEIVED");
  Done(&Stub::RecordSdqAnswers, Answering());
  Done(&Stub::ReviewSdq, Reviewing(""));
  MoveClockTo("2025-09-10 09:00");
  const auto request = Complete(Correcting(kAllTwo));
  const v1::Sdq corrected = Done(&Stub::CorrectSdq, request).sdq();
  EXPECT_EQ(corrected.state(), v1::SDQ_STATE_SCORED) << "another score was reviewed";
  EXPECT_TRUE(corrected.strategies_required());
  EXPECT_EQ(FromTimestamp(corrected.corrected_at()), At("2025-09-10 09:00"));
  Done(&Stub::CorrectSdq, request);  // a repetition
  Settle();
  const auto emitted = EmittedWith(&Event::has_sdq_corrected);
  ASSERT_EQ(emitted.size(), 1u);
  EXPECT_EQ(emitted[0].sdq_corrected().purpose(), v1::SDQ_PURPOSE_PEP);
  EXPECT_EQ(emitted[0].sdq_corrected().scoring_rule(), "sdq-scoring-1");
  EXPECT_EQ(EmittedWith(&Event::has_sdq_scored).size(), 1u);
  const v1::GetSdqResponse content = Content();
  EXPECT_EQ(content.scores().total(), 30);
  ASSERT_EQ(content.corrections_size(), 1);
  EXPECT_EQ(content.corrections(0).scores().total(), 10);
  EXPECT_EQ(content.corrections(0).reason(), "two columns were swapped");
  EXPECT_EQ(content.corrections(0).answers_size(), 25);
}

TEST_F(AssessmentsAgeTest, AScoreIsCorrectedByWhoeverMayRecordIt) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  Done(&Stub::RecordSdqScores, Scoring(12));
  v1::CorrectSdqRequest request;
  request.set_sdq_id(kTeachersSdq);
  request.set_form(v1::SDQ_FORM_T4_10);
  request.mutable_scores()->set_total(21);
  EXPECT_EQ(Refused(&Stub::CorrectSdq, request), "REASON_REQUIRED");
  EXPECT_EQ(FieldOf(refused_), "reason");
  request.set_reason("twelve was read for twenty-one");
  EXPECT_EQ(Refused(&Stub::CorrectSdq, request, OfAuthority(Role::kAuditor, kAuthority)),
            "ROLE_NOT_ALLOWED");
  Done(&Stub::CorrectSdq, request, VirtualSchool());
  EXPECT_EQ(Refused(&Stub::CorrectSdq, request), "NOTHING_CORRECTED");
  auto both = Correcting(kAllTwo);
  both.mutable_scores()->set_total(30);
  EXPECT_EQ(Refused(&Stub::CorrectSdq, both), "INVALID_FIELD");
  EXPECT_EQ(FieldOf(refused_), "scores");
  auto neither = Correcting("");
  EXPECT_EQ(Refused(&Stub::CorrectSdq, neither), "INVALID_FIELD");
  EXPECT_EQ(FieldOf(refused_), "answers");
  Done(&Stub::CorrectSdq, Correcting(kAllTwo), OfAuthority(Role::kSocialWorker, kAuthority));
}

}  // namespace
}  // namespace pepline::assessments
