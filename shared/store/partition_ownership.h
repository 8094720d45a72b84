// Which partitions this replica works off first, when several replicas of a service live on one
// store. Each says every second that it lives (RedisStore::Heartbeat); partitions go to the living
// in turn, so all of them agree without a word. Promises: alone, or without news for kNewsLast,
// every partition is ours. Does not: lock anything. Two replicas may both take a partition for
// their own while one comes or goes, which is waste and never damage; so whoever has not the share
// of a partition waits a moment and then works it off. Threads: safe from any thread.
#ifndef PEPLINE_SHARED_STORE_PARTITION_OWNERSHIP_H_
#define PEPLINE_SHARED_STORE_PARTITION_OWNERSHIP_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace pepline {

class PartitionOwnership {
 public:
  static constexpr absl::Duration kBetweenHeartbeats = absl::Seconds(1);
  // A replica counts as living for so long after its last heartbeat.
  static constexpr absl::Duration kLivesOn = absl::Seconds(4);
  // What was learnt counts for so long: less, so that a replica that was held up does not think
  // that it still has what others took over.
  static constexpr absl::Duration kNewsLast = absl::Seconds(3);

  explicit PartitionOwnership(std::function<absl::Time()> machine_clock = absl::Now);
  // This process, unlike any other that ever was.
  const std::string& replica() const { return replica_; }
  // The names of all that live, ours among them, in the order of text.
  void Learn(std::vector<std::string> living);

  bool Owns(int partition) const;
  // True when it is known that no other replica lives.
  bool IsOnlyReplica() const;
  // False only when it is known that this replica lives no more.
  bool Lives(const std::string& replica) const;

 private:
  bool HasNews() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::function<absl::Time()> machine_clock_;
  const std::string replica_;
  mutable absl::Mutex mutex_;
  std::vector<std::string> living_ ABSL_GUARDED_BY(mutex_);
  absl::Time learnt_at_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
};

}  // namespace pepline

#endif  // PEPLINE_SHARED_STORE_PARTITION_OWNERSHIP_H_
