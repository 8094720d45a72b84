// The one place where state lives, and the only way to write it: one atomic commit that checks
// every revision, then writes records, outbox, alarms, index and the used command id, or nothing.
// Two implementations pass the same tests (tests/contract): RedisStore and MemoryStore.
// Promises: a commit that answered OK is on disk (Redis with appendfsync always). A commit whose
// answer was lost may or may not have happened; repeating it with the same command id is safe.
// Does not: decide, retry, or know any service.
// Errors, all functions: Unavailable when the partition cannot be reached (nothing is known about
// the outcome of a commit then); Aborted when a revision differs; ResourceExhausted when the
// partition's outbox is full. An error is a partition's and says nothing about the others.
// Threads: safe from any thread; calls block.
#ifndef PEPLINE_SHARED_STORE_STORE_H_
#define PEPLINE_SHARED_STORE_STORE_H_

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

// More than NTP ever leaves between two machines, less than a person would notice in an alert. A
// process whose clock differs more from the store's writes nothing.
inline constexpr absl::Duration kClocksMayDiffer = absl::Seconds(5);
// An alarm up to so far ahead counts as due for a commit that would put it off: whoever set it, and
// whoever commits, may each differ from the store's clock.
inline constexpr absl::Duration kDueAlready = absl::Seconds(10);

struct Commit {
  struct Write {
    RecordKey key;
    std::uint64_t expected_revision = 0;
    // New content, stored as revision expected + 1; nullopt: only check the revision.
    std::optional<std::string> bytes;
  };
  // A record's alarm after this commit. A command decides on facts that it read before, and while
  // it did, a changed fact may have set the alarm to now (WakeListed). The command must not put
  // that off, since it did not know of it: so an alarm that is due, or nearly (kDueAlready after
  // the commit's `now`), stays where it is earlier than `at`, unless it is the very one that the
  // command answers. What stays due fires, and its command decides on the facts of then.
  struct Alarm {
    RecordKey key;
    std::optional<absl::Time> at;  // nullopt removes the alarm
    // The due_at of the alarm that this commit answers; nullopt: it answers none.
    std::optional<absl::Time> fired = std::nullopt;
    // A changed fact's alarm: one that is due already becomes a microsecond earlier, so that
    // whoever answers it at this moment, without the new fact, cannot take it away.
    bool anew = false;
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
  std::vector<Write> writes = {};
  std::vector<OutboxRecord> outbox = {};
  std::vector<Alarm> alarms = {};
  std::vector<Index> index = {};
  std::optional<Seen> seen = std::nullopt;
  // When it was decided, on the clock that alarms are set by; nullopt: alarms are set as they are
  // given, whatever stands (a rebuild, a test).
  std::optional<absl::Time> now = std::nullopt;
};

// Which records a changed fact wakes: {kind, member} for each member of an index entry.
struct WakeUp {
  IndexEntry listed;
  std::string kind;
  // Members that are on this list too and have no alarm are left asleep; they have nothing open.
  std::optional<IndexEntry> resting = std::nullopt;
  absl::Time at = absl::InfinitePast();  // when the fact changed
};

struct Loaded {
  std::vector<std::optional<StoredRecord>> records;  // in the order asked for
  std::optional<SeenCommand> seen;
};

struct OutboxDepth {
  std::int64_t entries = 0;          // of one partition, or of all
  std::optional<absl::Time> oldest;  // when the oldest entry was written (the store's own clock)
};

// Whose events a service receives. `routing` says the partition in which the last one is kept: the
// Kafka key, the same for all events of an aggregate.
struct SourceAggregate {
  std::string routing;
  std::string id;
  friend auto operator<=>(const SourceAggregate&, const SourceAggregate&) = default;
};
// The last event that was received of one: its version, and a digest of its bytes (0: not known).
struct ReceivedVersion {
  std::uint64_t version = 0;
  std::uint32_t digest = 0;
  friend bool operator==(const ReceivedVersion&, const ReceivedVersion&) = default;
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
  // The earliest alarm of each partition; nullopt where there is none.
  using Earliest = absl::StatusOr<std::optional<absl::Time>>;
  virtual std::vector<Earliest> EarliestAlarms() = 0;
  // Over all partitions; the first error, as long as one of them cannot be reached.
  Earliest EarliestAlarm();
  // One page of what a changed fact wakes: each alarm becomes due at `at`, or a microsecond before
  // what stands where one is due already (Commit::Alarm::anew). At most `limit` members, in text
  // order, after `after`; answers the last one of a full page, "" when there is no more.
  virtual absl::StatusOr<std::string> WakeListed(int partition, const WakeUp& wake,
                                                 std::string_view after, int limit) = 0;

  // Oldest first. `after` empty: from the oldest; else entries younger than that id.
  virtual absl::StatusOr<std::vector<OutboxEntry>> ReadOutbox(int partition, int limit,
                                                              std::string_view after) = 0;
  virtual absl::Status DeleteOutbox(int partition, const std::vector<std::string>& entry_ids) = 0;
  // Of each partition, with the age of its oldest entry.
  virtual std::vector<absl::StatusOr<OutboxDepth>> MeasureOutboxes() = 0;
  // Over all partitions; the first error, as long as one of them cannot be reached.
  absl::StatusOr<OutboxDepth> MeasureOutbox();

  // Members of one index entry in one partition, in text order, after `after`, at most `limit`.
  virtual absl::StatusOr<std::vector<std::string>> ListIndex(int partition, const IndexEntry& entry,
                                                             std::string_view after, int limit) = 0;

  // The last events received of source aggregates, in the order asked for; nullopt where none is
  // kept. One round trip; an answer or an error for each.
  virtual std::vector<absl::StatusOr<std::optional<ReceivedVersion>>> LoadReceived(
      const std::vector<SourceAggregate>& aggregates) = 0;
  // Keeps them, each only where it is later than what is kept. One round trip; the first error.
  struct Received {
    SourceAggregate aggregate;
    ReceivedVersion last;
  };
  virtual absl::Status KeepReceived(const std::vector<Received>& received) = 0;

  // OK when the store answers, for every partition.
  virtual absl::Status Ping() = 0;
};

// Stable for ever: FNV-1a (64 bit) of the routing id modulo the number of partitions. The routing
// id is the child's id where there is one, else the aggregate's own.
int PartitionOf(std::string_view routing_id, int partitions);
// FNV-1a (64 bit), stable for ever.
std::uint64_t StableHash(std::string_view text);

}  // namespace pepline

#endif  // PEPLINE_SHARED_STORE_STORE_H_
