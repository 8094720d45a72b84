// What an operator runs with pepline-notifications itself: check and repair; it is not rebuilt.
#include "shared/redis/redis_store.h"
#include "tests/component/notifications/notifications_fixture.h"
#include "tests/component/support/operation_runner.h"

namespace pepline::notifications {
namespace {

TEST_F(NotificationsTest, CheckFindsWhatWasBrokenAndRepairMendsIt) {
  AppointTheUsual();
  ASSERT_NO_FATAL_FAILURE(Begin("2025-10-21 00:00"));
  EmitInCare(kChild, kSchool);
  EmitMissed(kChild, UsualInstants());
  ASSERT_TRUE(AwaitDelivered(AlertIdOf(kChild), 2));
  OperationRunner operate(service_->process());
  const RedisStoreOptions redis{.port = service_->redis().port(), .service = "notifications"};
  const auto store = RedisStore::Create(redis, nullptr);
  ASSERT_TRUE(WaitUntil([&] { return store->Ping().ok(); }, absl::Seconds(10)));
  RedisInventory inventory(redis);
  ExpectFoundAndMended(operate, *store, inventory);
}

TEST_F(NotificationsTest, RebuildSaysWhyItIsNotAndWhatToDo) {
  ASSERT_NO_FATAL_FAILURE(Begin("2025-10-21 00:00"));
  OperationRunner operate(service_->process());
  ExpectRebuildRefused(operate);
}

}  // namespace
}  // namespace pepline::notifications
