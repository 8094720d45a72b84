// Records that a service read and could not handle, and that retrying at once would not mend (what
// is stored of a child cannot be read): each waits in the service's own store, and what comes later
// of the same key waits behind it, in order, while everything else goes on. A key is a topic and
// the source aggregate of the event, or the Kafka key where the record has no readable header.
// Promises: OK from Park and Append means that the record is on disk; a parked key is tried again
// by itself, after growing pauses, and when an operator asks for it; it lasts until its records are
// handled or an operator gives the first one up, by name. Does not: know what handling is.
// Errors: those of the store; ResourceExhausted when as much of a key waits as may.
// Threads: safe from any thread; TryDue by one.
#ifndef PEPLINE_SHARED_KAFKA_RECEPTION_PARKED_RECORDS_H_
#define PEPLINE_SHARED_KAFKA_RECEPTION_PARKED_RECORDS_H_

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "pepline/runtime/v1/parked_records.pb.h"
#include "shared/kafka/inbound_record.h"
#include "shared/kafka/reception/handling_errors.h"
#include "shared/observability/metrics.h"
#include "shared/store/store.h"

namespace pepline {

class ParkedRecords {
 public:
  static constexpr char kKind[] = "parked";
  // Of one key. Beyond these its Kafka partition waits.
  static constexpr int kMostRecords = 1000;
  static constexpr std::size_t kMostBytes = 4 << 20;
  static constexpr absl::Duration kFirstPause = absl::Seconds(30);
  static constexpr absl::Duration kLongestPause = absl::Minutes(10);

  // Both outlive it.
  ParkedRecords(Store& store, Metrics& metrics) : store_(store), metrics_(metrics) {}

  // "<topic>/<source aggregate>" or "<topic>/key/<Kafka key>".
  static std::string IdOf(const InboundRecord& record);
  static IndexEntry List() { return {kKind, "all"}; }

  // Reads anew which keys are parked. Until a store partition was read once, Holds of its keys
  // answers Unavailable.
  void Learn();
  // Another replica may have parked since: everything must be read anew.
  void Unlearn();
  // What is parked of the record's key; nullopt: nothing.
  struct Holding {
    bool waits_for_missing = false;
  };
  absl::StatusOr<std::optional<Holding>> Holds(const InboundRecord& record) const;
  // Since when records with this Kafka key are parked; nullopt: none is, as far as is known.
  std::optional<absl::Time> Since(const std::string& topic, const std::string& key) const;

  // Parks the record, behind what is parked of its key already.
  absl::Status Park(const InboundRecord& record, const absl::Status& reason);
  // Behind what is parked of its key; false when nothing is any more.
  absl::StatusOr<bool> Append(const InboundRecord& record);

  // The record's key is looked at in the next TryDue, before its time.
  void TrySoon(const InboundRecord& record);

  struct Hands {
    // OK when the record is done, one of WaitsForADependency for "not now", anything else for "not
    // mended yet". `on_time`: it is due by the clock, so that a look far and wide is worth it.
    std::function<absl::Status(const InboundRecord&, bool on_time)> handle;
    // An operator gave the record up, or what is missing before it.
    std::function<void(const InboundRecord&, bool missing)> give_up;
  };
  using Owns = std::function<bool(const KafkaPlace&)>;
  // Hands on what is due, in order.
  void TryDue(absl::Time now, const Owns& owns, const Hands& hands);

  // For operators, beside a live service. NotFound for an id that is not parked.
  struct Parked {
    std::string id;
    pepline::runtime::v1::ParkedRecords records;
  };
  static absl::StatusOr<std::vector<Parked>> ListAll(Store& store);
  static absl::Status Release(Store& store, const std::string& id);  // try now
  static absl::Status Skip(Store& store, const std::string& id, const std::string& reason);

 private:
  struct Known {
    KafkaPlace place;
    std::string key;  // Kafka's
    absl::Time since;
    absl::Time try_at;
    bool skip = false;
    bool waits_for_missing = false;
    bool soon = false;
  };
  void Try(const std::string& id, absl::Time now, const Hands& hands);
  absl::StatusOr<bool> Put(const InboundRecord& record, const absl::Status* reason);
  void Remember(const std::string& id, const pepline::runtime::v1::ParkedRecords& records);
  void Show() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  Store& store_;
  Metrics& metrics_;
  mutable absl::Mutex mutex_;
  std::map<int, bool> read_ ABSL_GUARDED_BY(mutex_);  // store partitions that were read
  std::map<std::string, Known> known_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace pepline

#endif  // PEPLINE_SHARED_KAFKA_RECEPTION_PARKED_RECORDS_H_
