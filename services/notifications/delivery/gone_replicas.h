// Which replicas are gone for good, so that what they were sending may be sent by another.
// Promises: a replica is gone kAfter after it was last known to live, and not while it is only held
// up for a moment. Does not: make anything exact. A replica that is held up for longer, with a mail
// under way, has it sent a second time by another. Threads: safe from any thread.
#ifndef PEPLINE_SERVICES_NOTIFICATIONS_DELIVERY_GONE_REPLICAS_H_
#define PEPLINE_SERVICES_NOTIFICATIONS_DELIVERY_GONE_REPLICAS_H_

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "services/notifications/domain/alert.h"
#include "shared/store/partition_ownership.h"

namespace pepline::notifications {

class GoneReplicas {
 public:
  // Of the machine's time, after a replica is no longer among the living (partition_ownership.h).
  static constexpr absl::Duration kAfter = absl::Seconds(5);

  // `ownership` must outlive this.
  explicit GoneReplicas(const PartitionOwnership& ownership,
                        std::function<absl::Time()> machine_clock = absl::Now);

  // Of those that have claimed a message of the alert.
  std::vector<std::string> Among(const AlertState& state);

 private:
  bool IsGone(const std::string& replica);

  const PartitionOwnership& ownership_;
  const std::function<absl::Time()> machine_clock_;
  absl::Mutex mutex_;
  std::map<std::string, absl::Time> missed_since_ ABSL_GUARDED_BY(mutex_);  // by replica
};

}  // namespace pepline::notifications

#endif  // PEPLINE_SERVICES_NOTIFICATIONS_DELIVERY_GONE_REPLICAS_H_
