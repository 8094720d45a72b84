// Reads topics and hands each record to one function; the offset is stored after the effect.
// The handler's answer decides: OK (done or already done), InvalidArgument (undecodable: the record
// goes to the dead-letter topic "<topic>.<service>.dead-letters" with the reason in headers),
// anything else (a dependency is away: pause, retry the same record with backoff, never skip).
// Promises: records of one key are handled in order, one at a time; keys run side by side on the
// pool; an offset is stored only when all records before it are done. Eager assignor.
// Threads: one of its own plus the pool's.
#ifndef PEPLINE_SHARED_RUNTIME_CONSUMER_H_
#define PEPLINE_SHARED_RUNTIME_CONSUMER_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "shared/runtime/kafka_options.h"
#include "shared/runtime/metrics.h"
#include "shared/runtime/worker_pool.h"

namespace pepline {

struct InboundRecord {
  std::string topic;
  int partition = 0;
  std::int64_t offset = 0;
  std::string key;
  std::string value;
  std::map<std::string, std::string> headers;  // ce_type, traceparent, ...
};

struct ConsumerOptions {
  std::string group;  // "pepline.notifications"
  std::vector<std::string> topics;
  int batch = 256;
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

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace pepline

#endif  // PEPLINE_SHARED_RUNTIME_CONSUMER_H_
