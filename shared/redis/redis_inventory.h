// The inventory of a store in Redis. Errors: Unavailable when Redis cannot be reached. Threads: one
// at a time.
#ifndef PEPLINE_SHARED_REDIS_REDIS_INVENTORY_H_
#define PEPLINE_SHARED_REDIS_REDIS_INVENTORY_H_

#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "shared/redis/redis_store.h"
#include "shared/store/inventory.h"

namespace pepline {

// Reads the names with SCAN, some hundred at a time, so that Redis goes on answering others; in a
// cluster from every node that owns slots.
class RedisInventory final : public Inventory {
 public:
  explicit RedisInventory(RedisStoreOptions options) : options_(std::move(options)) {}
  absl::StatusOr<std::vector<StoredKeys>> Take() override;

 private:
  const RedisStoreOptions options_;
};

}  // namespace pepline

#endif  // PEPLINE_SHARED_REDIS_REDIS_INVENTORY_H_
