// Outcomes of a PEP over gRPC: set, refined, reviewed, carried on, dropped; who may, and what is
// said of it.
#include "tests/component/assessments/assessments_fixture.h"

namespace pepline::assessments {
namespace {

using Event = v1::AssessmentsEvent;

v1::SetOutcomeRequest Setting(const std::string& description) {
  v1::SetOutcomeRequest request;
  request.set_child_id(kChild);
  auto& content = *request.mutable_content();
  content.set_category(v1::OUTCOME_CATEGORY_ACADEMIC);
  content.set_description(description);
  return request;
}
v1::SetOutcomeRequest SettingSmart() {
  auto request = Setting("reads aloud without help");
  auto& content = *request.mutable_content();
  content.set_measure("pages of the diary");
  content.set_baseline("2 pages");
  content.set_target("10 pages");
  content.set_due_on("2025-12-12");
  content.set_responsible("the tutor");
  content.set_need("fluency");
  content.set_evidence("paired reading");
  content.set_cost(v1::OUTCOME_COST_NO_COST);
  return request;
}
v1::ReviewOutcomeRequest Reviewed(const std::string& outcome, v1::OutcomeResult result) {
  v1::ReviewOutcomeRequest request;
  request.set_outcome_id(outcome);
  request.set_result(result);
  request.set_words("the diary shows it");
  return request;
}

class OutcomesRpcTest : public AssessmentsTest {
 protected:
  v1::GetOutcomesResponse All(const Actor& actor = VirtualSchool(), const std::string& pep = "") {
    v1::GetOutcomesRequest request;
    request.set_child_id(kChild);
    request.set_pep_id(pep);
    v1::GetOutcomesResponse response;
    const grpc::Status status = Call(&Stub::GetOutcomes, request, response, actor);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }
  const std::string first_ = absl::StrCat(kPep, ".o1");
};

TEST_F(OutcomesRpcTest, AnOutcomeIsSetRefinedAndReviewedAndItsTextStays) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  EXPECT_EQ(All().outcomes_size(), 0);
  const auto request = Complete(Setting("reads more"));
  const v1::Outcome set = Done(&Stub::SetOutcome, request).outcome();
  EXPECT_EQ(set.outcome_id(), first_);
  EXPECT_EQ(set.state(), v1::OUTCOME_STATE_SET);
  ASSERT_GT(set.gaps_size(), 0);
  EXPECT_EQ(set.gaps(0).part(), v1::SMART_PART_SPECIFIC);
  EXPECT_EQ(set.gaps(0).field(), "description");
  EXPECT_NE(set.gaps(0).advice(), "");
  EXPECT_EQ(Done(&Stub::SetOutcome, request).outcome().outcome_id(), first_) << "a repetition";
  v1::RefineOutcomeRequest refining;
  refining.set_outcome_id(first_);
  *refining.mutable_content() = SettingSmart().content();
  EXPECT_EQ(Done(&Stub::RefineOutcome, refining, SocialWorker()).outcome().gaps_size(), 0);
  Done(&Stub::ReviewOutcome, Reviewed(first_, v1::OUTCOME_RESULT_CARRIED_ON));
  Settle();
  const auto said = EmittedWith(&Event::has_outcome_set);
  ASSERT_EQ(said.size(), 1u);
  EXPECT_EQ(said[0].pep_id(), kPep);
  EXPECT_GT(said[0].outcome_set().missing_size(), 0);
  const auto refined = EmittedWith(&Event::has_outcome_refined);
  ASSERT_EQ(refined.size(), 1u);
  EXPECT_EQ(refined[0].outcome_refined().missing_size(), 0);
  EXPECT_EQ(refined[0].outcome_refined().due_on(), "2025-12-12");
  ASSERT_EQ(EmittedWith(&Event::has_outcome_reviewed).size(), 1u);
  for (const Event& event : Emitted()) {
    for (const char* text : {"aloud", "diary", "tutor"}) {
      EXPECT_EQ(event.SerializeAsString().find(text), std::string::npos) << text;
    }
  }
  const auto all = All(OfAuthority(Role::kAuditor, kAuthority));
  ASSERT_EQ(all.outcomes_size(), 1);
  EXPECT_EQ(all.outcomes(0).content().target(), "10 pages");
  EXPECT_EQ(all.outcomes(0).closing_words(), "the diary shows it");
}

TEST_F(OutcomesRpcTest, GoesOnInTheNextPep) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  Done(&Stub::SetOutcome, SettingSmart());
  EmitPepClosed();
  EmitPepOpened(kChild, 2);
  Settle();
  auto carrying = SettingSmart();
  carrying.set_carried_from(first_);
  EXPECT_EQ(Refused(&Stub::SetOutcome, carrying), "OUTCOME_NOT_CARRIED_ON");
  EXPECT_EQ(FieldOf(refused_), "carried_from");
  Done(&Stub::ReviewOutcome, Reviewed(first_, v1::OUTCOME_RESULT_CARRIED_ON));
  const v1::Outcome carried = Done(&Stub::SetOutcome, carrying).outcome();
  EXPECT_EQ(carried.outcome_id(), absl::StrCat(kChild, ".2.o1"));
  EXPECT_EQ(carried.carried_from(), first_);
  EXPECT_EQ(All().outcomes(0).outcome().outcome_id(), carried.outcome_id());
  EXPECT_EQ(All(VirtualSchool(), kPep).outcomes(0).outcome().outcome_id(), first_);
}

TEST_F(OutcomesRpcTest, RestsOnViewsThatAreOnRecord) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  auto citing = SettingSmart();
  citing.mutable_content()->set_views_of_pep_id(kPep);
  EXPECT_EQ(Refused(&Stub::SetOutcome, citing), "NO_SUCH_VIEWS");
  Done(&Stub::DeclinePupilViews, Declining("was ill"));
  EXPECT_EQ(Refused(&Stub::SetOutcome, citing), "NO_SUCH_VIEWS") << "there are none";
  Done(&Stub::CapturePupilViews, Capturing("more books"));
  Done(&Stub::SetOutcome, citing);
  citing.mutable_content()->set_views_of_pep_id(absl::StrCat(kSibling, ".1"));
  EXPECT_EQ(Refused(&Stub::SetOutcome, citing), "OF_ANOTHER_CHILD");
}

TEST_F(OutcomesRpcTest, WhatCannotBeReadOrFoundIsNamed) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  auto request = Setting("reads more");
  request.mutable_content()->clear_category();
  EXPECT_EQ(Refused(&Stub::SetOutcome, request), "INVALID_FIELD");
  EXPECT_EQ(FieldOf(refused_), "content.category");
  request = Setting("reads more");
  request.mutable_content()->set_due_on("12/12/2025");
  EXPECT_EQ(Refused(&Stub::SetOutcome, request), "INVALID_FIELD");
  EXPECT_EQ(FieldOf(refused_), "content.due_on");
  EXPECT_EQ(Refused(&Stub::SetOutcome, Setting("")), "OUTCOME_TEXT_REQUIRED");
  EXPECT_EQ(Refused(&Stub::ReviewOutcome, Reviewed(first_, v1::OUTCOME_RESULT_MET)),
            "NO_SUCH_OUTCOME");
  EXPECT_EQ(Refused(&Stub::ReviewOutcome, Reviewed("chd-x", v1::OUTCOME_RESULT_MET)),
            "INVALID_FIELD");
  EXPECT_EQ(FieldOf(refused_), "outcome_id");
  EXPECT_EQ(Refused(&Stub::ReviewOutcome, Reviewed(first_, v1::OUTCOME_RESULT_UNSPECIFIED)),
            "INVALID_FIELD");
  EXPECT_EQ(FieldOf(refused_), "result");
  EXPECT_EQ(Refused(&Stub::SetOutcome, SettingSmart(), OfAuthority(Role::kFinance, kAuthority)),
            "ROLE_NOT_ALLOWED");
  EXPECT_EQ(Refused(&Stub::SetOutcome, SettingSmart(), DesignatedTeacher(kOtherSchool)),
            "NOT_FOUND");
  Settle();
  EXPECT_TRUE(EmittedWith(&Event::has_outcome_set).empty());
}

TEST_F(OutcomesRpcTest, OneThatIsDroppedStaysOnRecordWithItsReason) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  Done(&Stub::SetOutcome, SettingSmart());
  v1::DropOutcomeRequest dropping;
  dropping.set_outcome_id(first_);
  EXPECT_EQ(Refused(&Stub::DropOutcome, dropping), "REASON_REQUIRED");
  dropping.set_reason("another one comes first");
  EXPECT_EQ(Done(&Stub::DropOutcome, dropping).outcome().state(), v1::OUTCOME_STATE_DROPPED);
  EXPECT_EQ(Refused(&Stub::DropOutcome, dropping), "OUTCOME_DROPPED");
  EXPECT_EQ(All().outcomes(0).closing_words(), "another one comes first");
  v1::ReopenOutcomeRequest reopening;
  reopening.set_outcome_id(first_);
  reopening.set_reason("it was another child");
  EXPECT_EQ(Done(&Stub::ReopenOutcome, reopening).outcome().state(), v1::OUTCOME_STATE_SET);
  EXPECT_EQ(Refused(&Stub::ReopenOutcome, reopening), "OUTCOME_NOT_ENDED");
  EXPECT_EQ(All().outcomes(0).reopened(0).closing_words(), "another one comes first");
  ASSERT_NO_FATAL_FAILURE(KillAndRestart());
  EXPECT_EQ(Done(&Stub::SetOutcome, SettingSmart()).outcome().outcome_id(),
            absl::StrCat(kPep, ".o2"));
  Settle();
  EXPECT_EQ(EmittedWith(&Event::has_outcome_dropped).size(), 1u);
}

}  // namespace
}  // namespace pepline::assessments
