// Reads topics and hands each record to one function; the offset is stored after the effect.
// The handler's answer decides: OK (done or already done); InvalidArgument (undecodable: the record
// goes to the dead-letter topic "<topic>.<service>.dead-letters" with the reason in headers); a
// dependency is away (WaitsForADependency: the same record again, after a pause, never skipped);
// anything else: the record is parked (parked_records.h) and what comes behind it of its key.
// Promises: records of one key are handled in order, one at a time; keys run side by side on the
// pool; a key that waits holds back the offset of its Kafka partition and nothing else, until that
// partition has as much unfinished as may be; polling never stops. Eager assignor.
// Threads: three of its own (reading, lag, parked records) plus the pool's.
#ifndef PEPLINE_SHARED_KAFKA_CONSUMER_H_
#define PEPLINE_SHARED_KAFKA_CONSUMER_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "shared/base/worker_pool.h"
#include "shared/kafka/inbound_record.h"
#include "shared/kafka/kafka_options.h"
#include "shared/observability/metrics.h"
#include "shared/store/store.h"

namespace pepline {

struct ConsumerOptions {
  std::string group;  // "pepline.notifications"
  std::vector<std::string> topics;
  int batch = 256;         // records read in one go
  Store* store = nullptr;  // where records are parked; null: they wait instead (tests)
};

class Consumer {
 public:
  using Handler = std::function<absl::Status(const InboundRecord&)>;
  Consumer(KafkaOptions kafka, ConsumerOptions options, Metrics& metrics, WorkerPool& pool,
           Handler handler);
  ~Consumer();  // Stop()
  void Start();
  void Stop();
  // OK once partitions are assigned (or another member of the group has them all); Unavailable with
  // the reason before, FailedPrecondition when a topic does not exist.
  absl::Status Ready() const;
  // The latest instant (real time) at which everything that the broker then had of this partition
  // is handled by now; InfinitePast when that never was so or it is not this replica's.
  absl::Time CaughtUpSince(const std::string& topic, int partition) const;
  // The same of the partition that records with this key are in.
  absl::Time CaughtUpSince(const std::string& topic, const std::string& key) const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace pepline

#endif  // PEPLINE_SHARED_KAFKA_CONSUMER_H_
