// The Store on one Redis or a Redis Cluster: fixed partitions behind hash tags, one script per
// commit, and group commit: few connections carry everyone's commands pipelined, so one fsync
// serves many. Reconnects by itself; while Redis is away every call answers Unavailable at once. At
// first start it writes its layout (version and partition count); a later start that asks for
// another layout is refused with the fix in the message. Keys, all of a partition under one hash
// tag {<service>.<pp>}: ":<kind>:<id>" record ("<revision>\n<bytes>"), ":alarms" (sorted set,
// microseconds), ":outbox" (stream), ":seen:<id>" (expires), ":received:<n>" (hashes),
// ":ix:<name>:<value>" (sorted set, all scores 0), ":layout" the partition's mark.
// "{<service>}:layout" is the layout,
// "{<service>}:marks" says that every partition has its mark, "{<service>}:replicas" the replicas
// that live (sorted set, milliseconds). An error is a partition's: a node that is away stops its
// own partitions alone. A machine whose clock differs from Redis's by more than kClocksMayDiffer is
// given no alarm and writes nothing (clock_guard.h). Threads: safe from any thread.
#ifndef PEPLINE_SHARED_REDIS_REDIS_STORE_H_
#define PEPLINE_SHARED_REDIS_REDIS_STORE_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "shared/security/tls_files.h"
#include "shared/store/store.h"

namespace pepline {

class Metrics;

struct RedisStoreOptions {
  std::string host = "127.0.0.1";
  int port = 6379;
  std::string user;      // of Redis's access list; empty: the default user
  std::string password;  // empty: none
  bool tls_on = false;
  TlsFiles tls;             // certificate and key may be empty: no client certificate is shown
  std::string server_name;  // the name that Redis's certificate must carry; empty: `host`
  bool cluster = false;     // `host` and `port` are one node of a Redis Cluster
  std::string service;      // key prefix, e.g. "scheduling"
  int partitions = 16;
  int connections = 2;
  std::int64_t outbox_limit = 100000;  // per partition; above it commits answer ResourceExhausted
  absl::Duration call_timeout = absl::Seconds(2);
  std::function<absl::Time()> machine_clock = absl::Now;  // compared with Redis's own
  // A clock that was off must agree for so long before it is trusted again. Real time.
  absl::Duration trust_clock_after = absl::Seconds(3);
};

class RedisStore final : public Store {
 public:
  // Does not wait for Redis: connects in the background. CheckLayout tells whether it may be used.
  // `metrics` may be null.
  static std::unique_ptr<RedisStore> Create(RedisStoreOptions options, Metrics* metrics);
  ~RedisStore() override;

  // Checks durability settings (append-only file on, fsync always, no eviction) and the layout.
  // True when it is there; false when Redis holds nothing of the service. FailedPrecondition with
  // the fix when a setting or the layout differs, or a part of the store is lost; Unavailable while
  // any node is away or for another reason that Ping gives: a start needs every node.
  absl::StatusOr<bool> FindLayout();
  // What a first start leaves behind: a mark in every partition, without which nothing is ever
  // written there (an emptied Redis is no new one), and the layout.
  absl::Status WriteMarks();
  absl::Status WriteLayout();
  // FindLayout, and where there is none: all of it is written if `may_begin` says OK. Empty: yes.
  absl::Status CheckLayout(const std::function<absl::Status()>& may_begin = nullptr);

  int partitions() const override;
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
  // OK when every partition is served, and may be.
  std::vector<absl::StatusOr<std::optional<ReceivedVersion>>> LoadReceived(
      const std::vector<SourceAggregate>& aggregates) override;
  absl::Status KeepReceived(const std::vector<Received>& received) override;
  absl::Status Ping() override;
  // How many partitions take writes now, on nodes whose clock agrees with ours; and why the others
  // do not. None while this machine's clock is not trusted.
  struct Service {
    int partitions = 0;
    absl::Status trouble;
  };
  Service Served();

  // Says that this replica lives, or that it goes; the names of all that said within `lives_on`
  // that they live, in the order of text.
  enum class Presence { kLives, kGoes };
  absl::StatusOr<std::vector<std::string>> Heartbeat(const std::string& replica,
                                                     absl::Duration lives_on, Presence presence);

 private:
  struct Parts;
  explicit RedisStore(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace pepline

#endif  // PEPLINE_SHARED_REDIS_REDIS_STORE_H_
