// What becomes of one consumed record: it is handled; or it waits for something that is away; or it
// is buried (dead_letters.h), when it cannot be read; or it is parked (parked_records.h), when
// retrying does not mend it, when something of its key is parked, or when an event before it is
// missing (received_versions.h). What is parked is tried again on a thread of its own, and what is
// missing is looked for in the topic.
// Promises: OK from Receive means that nothing is lost when the record's offset is stored, once
// Keep answered OK. Errors: whatever means "the same record again". Threads: safe from any thread.
#ifndef PEPLINE_SHARED_KAFKA_RECEPTION_RECEPTION_H_
#define PEPLINE_SHARED_KAFKA_RECEPTION_RECEPTION_H_

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "shared/kafka/inbound_record.h"
#include "shared/kafka/kafka_options.h"
#include "shared/kafka/reception/dead_letters.h"
#include "shared/kafka/reception/parked_records.h"
#include "shared/kafka/reception/received_versions.h"
#include "shared/observability/metrics.h"
#include "shared/store/store.h"

namespace pepline {

class Reception {
 public:
  using Handler = std::function<absl::Status(const InboundRecord&)>;
  // `store` null: nothing is parked and no version is looked at; what cannot be handled waits.
  Reception(KafkaOptions kafka, std::string service, Store* store, Metrics& metrics,
            Handler handler);
  ~Reception();  // Stop()
  void Start();
  void Stop();

  absl::Status Receive(const InboundRecord& record);
  // Of records that come next, so that the store is asked once for all of them.
  void Fetch(const std::vector<InboundRecord>& records);
  // Before offsets are stored.
  absl::Status Keep();
  // Since when something with this Kafka key is parked; nullopt: nothing.
  std::optional<absl::Time> ParkedSince(const std::string& topic, const std::string& key) const {
    return kept_ == nullptr ? std::nullopt : kept_->parked.Since(topic, key);
  }

  // These partitions are this replica's now, and those among them are read from their beginning.
  void Assigned(const std::set<KafkaPlace>& ours, const std::set<KafkaPlace>& from_beginning);

 private:
  // With what is known beside the store.
  struct Kept {
    explicit Kept(Store& store, Metrics& metrics) : parked(store, metrics), received(store) {}
    ParkedRecords parked;
    ReceivedVersions received;
  };
  absl::Status ReceiveInOrder(const InboundRecord& record);
  absl::Status HandleOrPark(const InboundRecord& record);
  absl::Status Handle(const InboundRecord& record);
  absl::Status Park(const InboundRecord& record, const absl::Status& reason);
  absl::Status HandleParked(const InboundRecord& record, bool look_far);
  void LogWaiting(const InboundRecord& record, const absl::Status& status);
  void TendParked();

  const KafkaOptions kafka_;
  Metrics& metrics_;
  const Handler handler_;
  DeadLetters dead_letters_;
  const std::unique_ptr<Kept> kept_;
  std::thread thread_;
  absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  bool look_ ABSL_GUARDED_BY(mutex_) = true;
  absl::Time warned_at_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  std::set<KafkaPlace> ours_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace pepline

#endif  // PEPLINE_SHARED_KAFKA_RECEPTION_RECEPTION_H_
