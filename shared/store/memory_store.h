// The Store in memory, for tests and for folding topics before anything is written (rebuild.h).
// Passes the same tests as RedisStore (tests/contract) and can be told to fail: every call answers
// Unavailable while `away`, those of one partition while it is `away_partition`, and `lose_answers`
// carries out a commit but answers Unavailable, as a connection that breaks before the reply does.
// Threads: safe from any thread.
#ifndef PEPLINE_SHARED_STORE_MEMORY_STORE_H_
#define PEPLINE_SHARED_STORE_MEMORY_STORE_H_

#include <atomic>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "shared/store/inventory.h"
#include "shared/store/store.h"

namespace pepline {

class MemoryStore final : public Store, public Inventory {
 public:
  explicit MemoryStore(int partitions = 16, std::int64_t outbox_limit = 100000);

  std::atomic<bool> away = false;
  std::atomic<int> away_partition = -1;  // -1: none
  std::atomic<bool> lose_answers = false;

  int partitions() const override { return static_cast<int>(shards_.size()); }
  absl::StatusOr<Loaded> Load(int partition, const std::vector<RecordKey>& keys,
                              std::string_view command_id) override;
  absl::StatusOr<std::vector<std::uint64_t>> Revisions(const std::vector<Place>& places) override;
  absl::StatusOr<std::optional<SeenCommand>> Apply(const Commit& commit) override;
  absl::StatusOr<std::vector<DueAlarm>> DueAlarms(int partition, absl::Time now,
                                                  int limit) override;
  std::vector<Earliest> EarliestAlarms() override;
  absl::StatusOr<std::string> WakeListed(int partition, const WakeUp& wake, std::string_view after,
                                         int limit) override;
  absl::StatusOr<std::vector<OutboxEntry>> ReadOutbox(int partition, int limit,
                                                      std::string_view after) override;
  absl::Status DeleteOutbox(int partition, const std::vector<std::string>& entry_ids) override;
  std::vector<absl::StatusOr<OutboxDepth>> MeasureOutboxes() override;
  absl::StatusOr<std::vector<std::string>> ListIndex(int partition, const IndexEntry& entry,
                                                     std::string_view after, int limit) override;
  std::vector<absl::StatusOr<std::optional<ReceivedVersion>>> LoadReceived(
      const std::vector<SourceAggregate>& aggregates) override;
  absl::Status KeepReceived(const std::vector<Received>& received) override;
  absl::Status Ping() override;
  absl::StatusOr<std::vector<StoredKeys>> Take() override;

 private:
  struct Seen {
    SeenCommand command;
    absl::Time until;
  };
  struct Entry {
    OutboxEntry entry;
    absl::Time written_at;
  };
  struct Shard {
    std::map<RecordKey, StoredRecord> records;
    std::map<RecordKey, absl::Time> alarms;
    std::vector<Entry> outbox;
    std::map<IndexEntry, std::set<std::string>> index;
    std::map<std::string, Seen, std::less<>> seen;
    std::map<std::string, ReceivedVersion> received;
  };
  absl::Status Reachable() const;
  absl::Status Reachable(int partition) const;
  Shard& ShardOf(int partition) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return shards_[static_cast<std::size_t>(partition)];
  }
  static void SetAlarm(Shard& shard, const Commit::Alarm& alarm, std::optional<absl::Time> now);

  const std::int64_t outbox_limit_;
  absl::Mutex mutex_;
  std::vector<Shard> shards_ ABSL_GUARDED_BY(mutex_);
  std::uint64_t next_entry_ ABSL_GUARDED_BY(mutex_) = 1;
};

}  // namespace pepline

#endif  // PEPLINE_SHARED_STORE_MEMORY_STORE_H_
