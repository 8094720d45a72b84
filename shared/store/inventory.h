// What a store holds, by name: every record's key and every index entry, partition by partition.
// For checking and rebuilding; no command needs it.
// Promises: what was there from the beginning to the end of Take is told. Does not: freeze the
// store; what came or went meanwhile may be told or not. Errors: Unavailable when the store cannot
// be reached. Threads: one at a time.
#ifndef PEPLINE_SHARED_STORE_INVENTORY_H_
#define PEPLINE_SHARED_STORE_INVENTORY_H_

#include <vector>

#include "absl/status/statusor.h"
#include "shared/store/store.h"

namespace pepline {

// Of one partition, each in rising order.
struct StoredKeys {
  std::vector<RecordKey> records;
  std::vector<IndexEntry> index;
  friend bool operator==(const StoredKeys&, const StoredKeys&) = default;
};

class Inventory {
 public:
  virtual ~Inventory() = default;
  // One for each partition, in their order.
  virtual absl::StatusOr<std::vector<StoredKeys>> Take() = 0;
};

}  // namespace pepline

#endif  // PEPLINE_SHARED_STORE_INVENTORY_H_
