// Copies the outbox to Kafka, oldest first per partition, and deletes an entry only when the broker
// has reported it persisted. Idempotent producer, acks=all, partitioner murmur2_random. An event is
// sent until the broker has it, however long it is away; when the broker refuses one, nothing
// younger is sent before it: a new producer begins at the oldest. There is no "failed" state.
// Of the partitions of another replica's share it sends what that one leaves lying, found at the
// head of the outbox at two peeks; always from the head on, so that the order holds.
// Threads: one of its own; Notify from any thread.
#ifndef PEPLINE_SHARED_KAFKA_OUTBOX_RELAY_H_
#define PEPLINE_SHARED_KAFKA_OUTBOX_RELAY_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "shared/kafka/kafka_options.h"
#include "shared/observability/metrics.h"
#include "shared/store/partition_ownership.h"
#include "shared/store/store.h"

namespace pepline {

struct OutboxRelayOptions {
  absl::Duration safety_poll = absl::Seconds(1);
  int batch = 500;                                // entries per partition and round
  const PartitionOwnership* ownership = nullptr;  // null: every partition is ours
};

class OutboxRelay {
 public:
  OutboxRelay(Store& store, Metrics& metrics, KafkaOptions kafka, std::string topic,
              OutboxRelayOptions options = {});
  ~OutboxRelay();  // Stop()
  void Start();
  void Stop();
  void Notify(int partition);  // this process wrote outbox entries there
  // OK once the topic's metadata is known (warm); Unavailable with the reason before.
  absl::Status Ready() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace pepline

#endif  // PEPLINE_SHARED_KAFKA_OUTBOX_RELAY_H_
