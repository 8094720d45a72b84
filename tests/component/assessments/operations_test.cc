// What an operator runs with pepline-assessments itself: check and repair; it is not rebuilt.
#include "tests/component/assessments/assessments_fixture.h"
#include "tests/component/support/operation_runner.h"

namespace pepline::assessments {
namespace {

TEST_F(AssessmentsTest, CheckFindsWhatWasBrokenAndRepairMendsIt) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  EmitMeeting("2025-10-15");
  Settle();
  OperationRunner operate(service_->process());
  RedisInventory inventory({.port = service_->redis().port(), .service = "assessments"});
  ExpectFoundAndMended(operate, *store_, inventory);
}

TEST_F(AssessmentsTest, RebuildSaysWhyItIsNotAndWhatToDo) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  EmitMeeting("2025-10-15");
  Settle();
  OperationRunner operate(service_->process());
  ExpectRebuildRefused(operate);
}

}  // namespace
}  // namespace pepline::assessments
