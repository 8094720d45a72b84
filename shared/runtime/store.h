// The one place where state lives, and the only way to write it: one atomic commit that checks
// every revision, then writes records, outbox, alarms, index and the used command id, or nothing.
// Two implementations pass the same tests (tests/contract): RedisStore and FakeStore.
// Promises: a commit that answered OK is on disk (Redis with appendfsync always). A commit whose
// answer was lost may or may not have happened; repeating it with the same command id is safe.
// Does not: decide, retry, or know any service.
// Errors, all functions: Unavailable when the store cannot be reached (nothing is known about the
// outcome of a commit then); Aborted when a revision differs; ResourceExhausted when the
// partition's outbox is full. Threads: safe from any thread; calls block.
#ifndef PEPLINE_SHARED_RUNTIME_STORE_H_
#define PEPLINE_SHARED_RUNTIME_STORE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "shared/domain/decider.h"

namespace pepline {

// Addresses one stored record inside a partition: key "{<service>.<pp>}:<kind>:<id>".
struct RecordKey {
  std::string kind;  // "pep"
  std::string id;
  friend auto operator<=>(const RecordKey&, const RecordKey&) = default;
};

// A record as stored. `revision` counts its commits from 1; 0 means "does not exist yet".
struct StoredRecord {
  std::uint64_t revision = 0;
  std::string bytes;
  friend bool operator==(const StoredRecord&, const StoredRecord&) = default;
};

// The memory of a command that was carried out, so that its repetition gets the first answer.
struct SeenCommand {
  std::string fingerprint;  // of the command's payload
  std::string answer;       // serialised response
};

// The final bytes of one Kafka record. The relay copies them and nothing else.
struct OutboxRecord {
  std::string topic;
  std::string key;
  std::string value;
  std::vector<std::pair<std::string, std::string>> headers;
  friend bool operator==(const OutboxRecord&, const OutboxRecord&) = default;
};

struct OutboxEntry {
  std::string entry_id;  // the store's own, rising within a partition
  OutboxRecord record;
};

struct DueAlarm {
  RecordKey key;
  absl::Time due_at;
};

struct Commit {
  struct Write {
    RecordKey key;
    std::uint64_t expected_revision = 0;
    // New content, stored as revision expected + 1; nullopt: only check the revision.
    std::optional<std::string> bytes;
  };
  struct Alarm {
    RecordKey key;
    std::optional<absl::Time> at;  // nullopt removes the alarm
  };
  struct Index {
    IndexEntry entry;
    std::string member;
    bool add = true;
  };
  struct Seen {
    std::string command_id;
    SeenCommand command;
    absl::Duration keep;
  };

  int partition = 0;
  std::vector<Write> writes;
  std::vector<OutboxRecord> outbox;
  std::vector<Alarm> alarms;
  std::vector<Index> index;
  std::optional<Seen> seen;
};

struct Loaded {
  std::vector<std::optional<StoredRecord>> records;  // in the order asked for
  std::optional<SeenCommand> seen;
};

struct OutboxDepth {
  std::int64_t entries = 0;
  std::optional<absl::Time> oldest;  // when the oldest entry was written (the store's own clock)
};

class Store {
 public:
  virtual ~Store() = default;

  // How many partitions this service's store has; fixed at its first start.
  virtual int partitions() const = 0;

  // Reads records and, unless command_id is empty, whether that command was carried out before.
  virtual absl::StatusOr<Loaded> Load(int partition, const std::vector<RecordKey>& keys,
                                      std::string_view command_id) = 0;

  // The revisions of records of any partitions, in the order asked for; 0 where there is none. One
  // round trip, and little to carry, for whoever keeps what it has read.
  struct Place {
    int partition = 0;
    RecordKey key;
  };
  virtual absl::StatusOr<std::vector<std::uint64_t>> Revisions(
      const std::vector<Place>& places) = 0;

  // All or nothing. When `seen` is set and that command id is already there, nothing is written and
  // the earlier memory comes back; otherwise nullopt.
  virtual absl::StatusOr<std::optional<SeenCommand>> Apply(const Commit& commit) = 0;

  // Alarms due at or before `now`, earliest first, at most `limit`. They stay until a commit of
  // their record replaces them.
  virtual absl::StatusOr<std::vector<DueAlarm>> DueAlarms(int partition, absl::Time now,
                                                          int limit) = 0;
  // The earliest alarm over all partitions; nullopt when there is none.
  virtual absl::StatusOr<std::optional<absl::Time>> EarliestAlarm() = 0;

  // Oldest first. `after` empty: from the oldest; else entries younger than that id.
  virtual absl::StatusOr<std::vector<OutboxEntry>> ReadOutbox(int partition, int limit,
                                                              std::string_view after) = 0;
  virtual absl::Status DeleteOutbox(int partition, const std::vector<std::string>& entry_ids) = 0;
  // Entries over all partitions and the age of the oldest.
  virtual absl::StatusOr<OutboxDepth> MeasureOutbox() = 0;

  // Members of one index entry in one partition, in text order, after `after`, at most `limit`.
  virtual absl::StatusOr<std::vector<std::string>> ListIndex(int partition, const IndexEntry& entry,
                                                             std::string_view after, int limit) = 0;

  // OK when the store answers.
  virtual absl::Status Ping() = 0;
};

// Stable for ever: FNV-1a (64 bit) of the routing id modulo the number of partitions. The routing
// id is the child's id where there is one, else the aggregate's own.
int PartitionOf(std::string_view routing_id, int partitions);

}  // namespace pepline

#endif  // PEPLINE_SHARED_RUNTIME_STORE_H_
