// What was received last of each source aggregate, so that a missing event and a number that was
// used twice are noticed. Versions of an aggregate count from 1 without gaps, and all its events
// lie in one Kafka partition in order, so the next one is known. Promises: what is kept in the
// store may lag behind effects, never run ahead of them; it never gets lower. Where it is not known
// what came before (a service that is older than this, a topic whose beginning is gone) anything
// may come next. Does not: handle, park or count anything. Errors: those of the store. Threads:
// safe from any thread; blocks on the store.
#ifndef PEPLINE_SHARED_KAFKA_RECEPTION_RECEIVED_VERSIONS_H_
#define PEPLINE_SHARED_KAFKA_RECEPTION_RECEIVED_VERSIONS_H_

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "shared/kafka/inbound_record.h"
#include "shared/store/store.h"

namespace pepline {

// The event of a record, as far as its header can be read.
struct ReceivedEvent {
  SourceAggregate aggregate;
  ReceivedVersion at;
};
// nullopt: the record has no header that tells it from others.
std::optional<ReceivedEvent> EventOf(const InboundRecord& record);

class ReceivedVersions {
 public:
  explicit ReceivedVersions(Store& store) : store_(store) {}

  enum class Next {
    kExpected,  // the next one, one that was received already, or nobody knows
    kGap,       // one before it is missing
    kReused,    // the last number, with other content
  };
  // Unavailable while it cannot be told.
  absl::StatusOr<Next> Look(const KafkaPlace& place, const ReceivedEvent& event);
  void Receive(const ReceivedEvent& event);
  // Nothing before this version is waited for any more.
  void GiveUpBefore(const ReceivedEvent& event);
  // The last version received; 0 when that is not known.
  std::uint64_t LastOf(const ReceivedEvent& event);

  // Asks the store once for the many that come next.
  void Fetch(const std::vector<ReceivedEvent>& events);
  // Keeps what was received since the last time. To be called after the effects, before offsets are
  // stored.
  absl::Status Keep();

  // These partitions are read from their beginning: of what is not known there, nothing came yet.
  // Lasts; what was remembered of others' work is forgotten.
  void Assigned(const std::set<KafkaPlace>& from_beginning);

 private:
  using Last = std::optional<ReceivedVersion>;  // nullopt: none is kept
  absl::StatusOr<Last> LastKnown(const SourceAggregate& aggregate);
  absl::StatusOr<bool> FromBeginning(const KafkaPlace& place);

  Store& store_;
  absl::Mutex mutex_;
  std::map<SourceAggregate, Last> last_ ABSL_GUARDED_BY(mutex_);
  std::set<SourceAggregate> to_keep_ ABSL_GUARDED_BY(mutex_);
  std::map<KafkaPlace, bool> from_beginning_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace pepline

#endif  // PEPLINE_SHARED_KAFKA_RECEPTION_RECEIVED_VERSIONS_H_
