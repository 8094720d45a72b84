// Counts open alerts for /metrics every few seconds, from the look-up lists.
// Promises: tells the truth of the store, also right after a start; a store that is away leaves the
// last count standing. Does not: decide anything. Threads: one of its own.
#ifndef PEPLINE_SERVICES_NOTIFICATIONS_CENSUS_H_
#define PEPLINE_SERVICES_NOTIFICATIONS_CENSUS_H_

#include <thread>

#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "shared/runtime/metrics.h"
#include "shared/runtime/store.h"

namespace pepline::notifications {

class Census {
 public:
  // Both must outlive this.
  Census(Store& store, Metrics& metrics);
  ~Census();

 private:
  void Run();
  void Count();
  absl::StatusOr<int> CountOf(const IndexEntry& entry);

  Store& store_;
  Metrics& metrics_;
  absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace pepline::notifications

#endif  // PEPLINE_SERVICES_NOTIFICATIONS_CENSUS_H_
