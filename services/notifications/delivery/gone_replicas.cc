#include "services/notifications/delivery/gone_replicas.h"

#include <utility>

namespace pepline::notifications {

GoneReplicas::GoneReplicas(const PartitionOwnership& ownership,
                           std::function<absl::Time()> machine_clock)
    : ownership_(ownership), machine_clock_(std::move(machine_clock)) {}

bool GoneReplicas::IsGone(const std::string& replica) {
  const bool lives = replica == ownership_.replica() || ownership_.Lives(replica);
  absl::MutexLock lock(&mutex_);
  if (lives) {
    missed_since_.erase(replica);
    return false;
  }
  const absl::Time now = machine_clock_();
  return now - missed_since_.try_emplace(replica, now).first->second >= kAfter;
}

std::vector<std::string> GoneReplicas::Among(const AlertState& state) {
  std::vector<std::string> gone;
  for (const PendingDelivery& pending : state.deliveries) {
    for (const Attempt& attempt : pending.attempts) {
      if (!attempt.claimed_by.empty() && IsGone(attempt.claimed_by)) {
        gone.push_back(attempt.claimed_by);
      }
    }
  }
  return gone;
}

}  // namespace pepline::notifications
