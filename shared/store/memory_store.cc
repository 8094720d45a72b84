#include "shared/store/memory_store.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"

namespace pepline {

MemoryStore::MemoryStore(int partitions, std::int64_t outbox_limit)
    : outbox_limit_(outbox_limit), shards_(static_cast<std::size_t>(partitions)) {}

absl::Status MemoryStore::Reachable() const {
  return away ? absl::UnavailableError("the store is away") : absl::OkStatus();
}

absl::Status MemoryStore::Reachable(int partition) const {
  if (partition == away_partition) return absl::UnavailableError("the partition is away");
  return Reachable();
}

absl::Status MemoryStore::Ping() { return Reachable(away_partition); }

absl::StatusOr<Loaded> MemoryStore::Load(int partition, const std::vector<RecordKey>& keys,
                                         std::string_view command_id) {
  if (absl::Status status = Reachable(partition); !status.ok()) return status;
  absl::MutexLock lock(&mutex_);
  const Shard& shard = ShardOf(partition);
  Loaded loaded;
  for (const RecordKey& key : keys) {
    const auto found = shard.records.find(key);
    loaded.records.push_back(found == shard.records.end() ? std::nullopt
                                                          : std::optional(found->second));
  }
  const auto seen = shard.seen.find(command_id);
  if (!command_id.empty() && seen != shard.seen.end() && seen->second.until > absl::Now()) {
    loaded.seen = seen->second.command;
  }
  return loaded;
}

absl::StatusOr<std::vector<std::uint64_t>> MemoryStore::Revisions(
    const std::vector<Place>& places) {
  if (absl::Status status = Reachable(); !status.ok()) return status;
  absl::MutexLock lock(&mutex_);
  std::vector<std::uint64_t> revisions;
  for (const Place& place : places) {
    if (absl::Status status = Reachable(place.partition); !status.ok()) return status;
    const auto& records = shards_[static_cast<std::size_t>(place.partition)].records;
    const auto found = records.find(place.key);
    revisions.push_back(found == records.end() ? 0 : found->second.revision);
  }
  return revisions;
}

absl::StatusOr<std::optional<SeenCommand>> MemoryStore::Apply(const Commit& commit) {
  if (absl::Status status = Reachable(commit.partition); !status.ok()) return status;
  absl::MutexLock lock(&mutex_);
  Shard& shard = ShardOf(commit.partition);
  if (commit.seen) {
    const auto seen = shard.seen.find(commit.seen->command_id);
    if (seen != shard.seen.end() && seen->second.until > absl::Now()) {
      return std::optional(seen->second.command);
    }
  }
  for (const auto& write : commit.writes) {
    const auto found = shard.records.find(write.key);
    const std::uint64_t revision = found == shard.records.end() ? 0 : found->second.revision;
    if (revision != write.expected_revision) {
      return absl::AbortedError("somebody else changed the record meanwhile");
    }
  }
  if (!commit.outbox.empty() &&
      static_cast<std::int64_t>(shard.outbox.size() + commit.outbox.size()) > outbox_limit_) {
    return absl::ResourceExhaustedError("the outbox is full");
  }
  for (const auto& write : commit.writes) {
    if (write.bytes) shard.records[write.key] = {write.expected_revision + 1, *write.bytes};
  }
  for (const OutboxRecord& record : commit.outbox) {
    // Padded, so that the order of the text is the order of the numbers.
    shard.outbox.push_back({{absl::StrFormat("%020d", next_entry_++), record}, absl::Now()});
  }
  for (const auto& alarm : commit.alarms) SetAlarm(shard, alarm, commit.now);
  for (const auto& change : commit.index) {
    if (change.add) {
      shard.index[change.entry].insert(change.member);
    } else {
      shard.index[change.entry].erase(change.member);
    }
  }
  if (commit.seen) {
    shard.seen[commit.seen->command_id] = {commit.seen->command, absl::Now() + commit.seen->keep};
  }
  if (lose_answers) return absl::UnavailableError("the answer was lost");
  return std::optional<SeenCommand>();
}

absl::StatusOr<std::vector<DueAlarm>> MemoryStore::DueAlarms(int partition, absl::Time now,
                                                             int limit) {
  if (absl::Status status = Reachable(partition); !status.ok()) return status;
  absl::MutexLock lock(&mutex_);
  std::vector<DueAlarm> due;
  for (const auto& [key, at] : ShardOf(partition).alarms) {
    if (at <= now) due.push_back({key, at});
  }
  std::stable_sort(due.begin(), due.end(),
                   [](const DueAlarm& a, const DueAlarm& b) { return a.due_at < b.due_at; });
  if (due.size() > static_cast<std::size_t>(limit)) due.resize(static_cast<std::size_t>(limit));
  return due;
}

void MemoryStore::SetAlarm(Shard& shard, const Commit::Alarm& alarm,
                           std::optional<absl::Time> now) {
  const auto stands = shard.alarms.find(alarm.key);
  if (stands != shard.alarms.end()) {
    const absl::Time due_at = stands->second;
    if (alarm.anew && due_at <= alarm.at) {
      stands->second = due_at - absl::Microseconds(1);
      return;
    }
    const bool due = now && due_at <= *now + kDueAlready;
    if (due && due_at != alarm.fired && (!alarm.at || due_at < *alarm.at)) return;
  }
  if (alarm.at) {
    shard.alarms[alarm.key] = *alarm.at;
  } else {
    shard.alarms.erase(alarm.key);
  }
}

std::vector<Store::Earliest> MemoryStore::EarliestAlarms() {
  std::vector<Earliest> all;
  for (int partition = 0; partition < partitions(); ++partition) {
    if (absl::Status status = Reachable(partition); !status.ok()) {
      all.emplace_back(std::move(status));
      continue;
    }
    absl::MutexLock lock(&mutex_);
    std::optional<absl::Time> earliest;
    for (const auto& [key, at] : ShardOf(partition).alarms) {
      if (!earliest || at < *earliest) earliest = at;
    }
    all.emplace_back(earliest);
  }
  return all;
}

absl::StatusOr<std::string> MemoryStore::WakeListed(int partition, const WakeUp& wake,
                                                    std::string_view after, int limit) {
  auto page = ListIndex(partition, wake.listed, after, limit);
  if (!page.ok()) return page.status();
  absl::MutexLock lock(&mutex_);
  Shard& shard = ShardOf(partition);
  for (const std::string& member : *page) {
    const RecordKey key{wake.kind, member};
    const bool rests = wake.resting && shard.index[*wake.resting].contains(member);
    if (rests && !shard.alarms.contains(key)) continue;
    SetAlarm(shard, {.key = key, .at = wake.at, .anew = true}, std::nullopt);
  }
  return static_cast<int>(page->size()) == limit ? page->back() : std::string();
}

absl::StatusOr<std::vector<OutboxEntry>> MemoryStore::ReadOutbox(int partition, int limit,
                                                                 std::string_view after) {
  if (absl::Status status = Reachable(partition); !status.ok()) return status;
  absl::MutexLock lock(&mutex_);
  std::vector<OutboxEntry> entries;
  for (const Entry& entry : ShardOf(partition).outbox) {
    if (entries.size() == static_cast<std::size_t>(limit)) break;
    if (after.empty() || entry.entry.entry_id > after) entries.push_back(entry.entry);
  }
  return entries;
}

absl::Status MemoryStore::DeleteOutbox(int partition, const std::vector<std::string>& entry_ids) {
  if (absl::Status status = Reachable(partition); !status.ok()) return status;
  absl::MutexLock lock(&mutex_);
  std::erase_if(ShardOf(partition).outbox, [&](const Entry& entry) {
    return std::find(entry_ids.begin(), entry_ids.end(), entry.entry.entry_id) != entry_ids.end();
  });
  return absl::OkStatus();
}

std::vector<absl::StatusOr<OutboxDepth>> MemoryStore::MeasureOutboxes() {
  std::vector<absl::StatusOr<OutboxDepth>> all;
  for (int partition = 0; partition < partitions(); ++partition) {
    if (absl::Status status = Reachable(partition); !status.ok()) {
      all.emplace_back(std::move(status));
      continue;
    }
    absl::MutexLock lock(&mutex_);
    const auto& outbox = ShardOf(partition).outbox;
    OutboxDepth depth{.entries = static_cast<std::int64_t>(outbox.size()), .oldest = {}};
    for (const Entry& entry : outbox) {
      if (!depth.oldest || entry.written_at < *depth.oldest) depth.oldest = entry.written_at;
    }
    all.emplace_back(depth);
  }
  return all;
}

absl::StatusOr<std::vector<std::string>> MemoryStore::ListIndex(int partition,
                                                                const IndexEntry& entry,
                                                                std::string_view after, int limit) {
  if (absl::Status status = Reachable(partition); !status.ok()) return status;
  absl::MutexLock lock(&mutex_);
  const Shard& shard = ShardOf(partition);
  std::vector<std::string> members;
  const auto found = shard.index.find(entry);
  if (found == shard.index.end()) return members;
  for (const std::string& member : found->second) {
    if (members.size() == static_cast<std::size_t>(limit)) break;
    if (after.empty() || member > after) members.push_back(member);
  }
  return members;
}

std::vector<absl::StatusOr<std::optional<ReceivedVersion>>> MemoryStore::LoadReceived(
    const std::vector<SourceAggregate>& aggregates) {
  std::vector<absl::StatusOr<std::optional<ReceivedVersion>>> all;
  absl::MutexLock lock(&mutex_);
  for (const SourceAggregate& aggregate : aggregates) {
    const int partition = PartitionOf(aggregate.routing, partitions());
    if (absl::Status status = Reachable(partition); !status.ok()) {
      all.emplace_back(std::move(status));
      continue;
    }
    const auto& received = shards_[static_cast<std::size_t>(partition)].received;
    const auto found = received.find(aggregate.id);
    all.emplace_back(found == received.end() ? std::nullopt : std::optional(found->second));
  }
  return all;
}

absl::Status MemoryStore::KeepReceived(const std::vector<Received>& received) {
  absl::Status first;
  absl::MutexLock lock(&mutex_);
  for (const Received& one : received) {
    const int partition = PartitionOf(one.aggregate.routing, partitions());
    if (absl::Status status = Reachable(partition); !status.ok()) {
      first.Update(status);
      continue;
    }
    ReceivedVersion& kept = shards_[static_cast<std::size_t>(partition)].received[one.aggregate.id];
    if (one.last.version > kept.version) kept = one.last;
  }
  return first;
}

absl::StatusOr<std::vector<StoredKeys>> MemoryStore::Take() {
  if (absl::Status status = Reachable(); !status.ok()) return status;
  absl::MutexLock lock(&mutex_);
  std::vector<StoredKeys> found;
  for (const Shard& shard : shards_) {
    StoredKeys& keys = found.emplace_back();
    for (const auto& [key, record] : shard.records) keys.records.push_back(key);
    for (const auto& [entry, members] : shard.index) {
      if (!members.empty()) keys.index.push_back(entry);
    }
  }
  return found;
}

}  // namespace pepline
