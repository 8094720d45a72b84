// Where the relay stands with one partition's outbox: what was handed to the producer and is not
// deleted yet, and when to look at the partition again. Threads: belongs to the relay's.
#ifndef PEPLINE_SHARED_KAFKA_PARTITION_STATE_H_
#define PEPLINE_SHARED_KAFKA_PARTITION_STATE_H_

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "shared/observability/heartbeat.h"

namespace pepline {

struct PartitionState {
  static constexpr absl::Duration kShortestPause = absl::Milliseconds(100);
  static constexpr absl::Duration kLongestPause = absl::Seconds(1);

  std::string last_sent = {};  // entry id; empty: start at the oldest
  std::size_t in_flight = 0;
  std::vector<std::string> persisted = {};  // reported, to be deleted
  bool look = true;                         // there may be entries that were not sent yet
  // The next entry waits for the first one of its Kafka partition (outbox_relay.cc).
  bool waits_for_first = false;
  // Another replica's share: when to look whether it leaves anything lying, and what stood at the
  // head at the last look.
  absl::Time peek_at = absl::InfiniteFuture();
  std::string seen_at_head = {};
  // The store did not answer for this partition: when to ask again, and how long to wait then. A
  // dead Redis node must not hold up the partitions of the others.
  absl::Time ask_at = absl::InfinitePast();
  absl::Duration pause = absl::ZeroDuration();
  // Since when it has had something to do and got nothing done; a new producer is no progress.
  std::optional<SteadyTime> waits_since = std::nullopt;
  bool progress = false;  // since the last turn

  bool HasWork() const { return look || waits_for_first || in_flight > 0 || !persisted.empty(); }
  void StoreIsAway(absl::Time now) {
    pause = std::clamp(2 * pause, kShortestPause, kLongestPause);
    ask_at = now + pause;
  }
  // It has something to ask of a store that did not answer.
  bool WaitsForStore() const {
    return pause > absl::ZeroDuration() && (look || !persisted.empty());
  }
  // A peek that is due waits for a store that is away, as everything else does: an instant in the
  // past would have the relay turn without a pause until the store is back.
  absl::Time NextPeek() const { return std::max(peek_at, ask_at); }
};

}  // namespace pepline

#endif  // PEPLINE_SHARED_KAFKA_PARTITION_STATE_H_
