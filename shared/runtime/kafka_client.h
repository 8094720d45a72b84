// What relay and consumer share of librdkafka: settings, owned handles, its log in ours.
// Threads: the functions from any thread; a handle as librdkafka says.
#ifndef PEPLINE_SHARED_RUNTIME_KAFKA_CLIENT_H_
#define PEPLINE_SHARED_RUNTIME_KAFKA_CLIENT_H_

#include <librdkafka/rdkafka.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "shared/runtime/kafka_options.h"

namespace pepline {

struct DestroyKafka {
  void operator()(rd_kafka_t* kafka) const { rd_kafka_destroy(kafka); }
};
using KafkaHandle = std::unique_ptr<rd_kafka_t, DestroyKafka>;

// `settings` are ours, options.extra the operator's, which win. `prepare` sets callbacks.
// InvalidArgument names a setting that librdkafka refuses.
absl::StatusOr<KafkaHandle> MakeKafka(rd_kafka_type_t type, const KafkaOptions& options,
                                      const std::map<std::string, std::string>& settings,
                                      const std::function<void(rd_kafka_conf_t*)>& prepare);

// A producer whose records are on disk and in order before they are reported delivered.
// `delivered` is called from rd_kafka_poll with what was given as `opaque` of the record.
using Delivered = void (*)(rd_kafka_t*, const rd_kafka_message_t*, void*);
absl::StatusOr<KafkaHandle> MakeProducer(const KafkaOptions& options, Delivered delivered,
                                         void* owner);

// Hands one record to librdkafka. Unavailable when its queue is full.
absl::Status Produce(rd_kafka_t* producer, const std::string& topic, const std::string& key,
                     const std::string& value,
                     const std::vector<std::pair<std::string, std::string>>& headers, void* opaque);

// OK when the broker knows the topic; NotFound when it does not, Unavailable when none answers.
absl::Status CheckTopic(rd_kafka_t* kafka, const std::string& topic, int timeout_ms);

}  // namespace pepline

#endif  // PEPLINE_SHARED_RUNTIME_KAFKA_CLIENT_H_
