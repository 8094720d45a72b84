// An authority that asks for outcomes: what assessments said of them decides whether an ePEP is
// finalised.
#include "tests/component/scheduling/scheduling_fixture.h"

namespace pepline::scheduling {
namespace {

using assessments::v1::AssessmentsEvent;

class FinalisedWithOutcomesTest : public SchedulingTest {
 protected:
  AssessmentsEvent OfOutcomes() {
    const std::string pep = absl::StrCat(kChild, ".1");
    AssessmentsEvent event;
    *event.mutable_header() = NextHeader(absl::StrCat("assessments/outcomes/", pep));
    event.set_child_id(kChild);
    event.set_pep_id(pep);
    return event;
  }
  const std::string first_ = absl::StrCat(kChild, ".1.o1");
};

TEST_F(FinalisedWithOutcomesTest, OnceOneIsSmartAndAlsoAfterARestart) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  Policy policy = UsualPolicy();
  policy.finalise_needs_outcomes = true;
  EmitPolicy(policy);
  MoveClockTo("2025-10-01 16:00");
  Done(&Stub::HoldPepMeeting, Holding("2025-10-01"));
  EXPECT_EQ(Refused(&Stub::FinaliseEpep, v1::FinaliseEpepRequest()), "EPEP_NOT_COMPLETE");
  AssessmentsEvent set = OfOutcomes();
  set.mutable_outcome_set()->set_outcome_id(first_);
  set.mutable_outcome_set()->add_missing(assessments::v1::SMART_PART_TIME_BOUND);
  Emit(kChild, set);
  Settle();
  EXPECT_EQ(Refused(&Stub::FinaliseEpep, v1::FinaliseEpepRequest()), "EPEP_NOT_COMPLETE");
  AssessmentsEvent refined = OfOutcomes();
  refined.mutable_outcome_refined()->set_outcome_id(first_);
  Emit(kChild, refined);
  Settle();
  ASSERT_NO_FATAL_FAILURE(KillAndRestart());
  EXPECT_EQ(Done(&Stub::FinaliseEpep, v1::FinaliseEpepRequest()).state(), v1::PEP_STATE_FINALISED);
}

}  // namespace
}  // namespace pepline::scheduling
