// What an operator runs with pepline-registry itself: check and repair; it is not rebuilt.
#include "tests/component/registry/registry_fixture.h"
#include "tests/component/support/operation_runner.h"

namespace pepline::registry {
namespace {

TEST_F(RegistryTest, CheckFindsWhatWasBrokenAndRepairMendsIt) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  ImportEverything();
  Settle();
  OperationRunner operate(service_->process());
  RedisInventory inventory({.port = service_->redis().port(), .service = "registry"});
  ExpectFoundAndMended(operate, *store_, inventory);
}

TEST_F(RegistryTest, RebuildSaysWhyItIsNotAndWhatToDo) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  ImportEverything();
  Settle();
  OperationRunner operate(service_->process());
  ExpectRebuildRefused(operate);
}

}  // namespace
}  // namespace pepline::registry
