// What relay and consumer share of librdkafka: owned handles, its log and its troubles in ours. The
// settings are those of kafka_settings.h.
// Threads: the functions from any thread; a handle as librdkafka says.
#ifndef PEPLINE_SHARED_KAFKA_KAFKA_CLIENT_H_
#define PEPLINE_SHARED_KAFKA_KAFKA_CLIENT_H_

#include <librdkafka/rdkafka.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "shared/kafka/inbound_record.h"
#include "shared/kafka/kafka_options.h"
#include "shared/kafka/kafka_settings.h"

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
// `delivered` is called from rd_kafka_poll with what was given as `opaque` of the record. How long
// a record is sent is ours to say (`own`), never the operator's.
using Delivered = void (*)(rd_kafka_t*, const rd_kafka_message_t*, void*);
absl::StatusOr<KafkaHandle> MakeProducer(const KafkaOptions& options, Delivered delivered,
                                         void* owner, const KafkaSettings& own);
absl::StatusOr<KafkaHandle> MakeProducer(const KafkaOptions& options, Delivered delivered,
                                         void* owner);  // for events

// Hands one record to librdkafka. Unavailable when its queue is full; OutOfRange when the record is
// larger than the producer takes.
absl::Status Produce(rd_kafka_t* producer, const std::string& topic, const std::string& key,
                     const std::string& value,
                     const std::vector<std::pair<std::string, std::string>>& headers, void* opaque);

// What the client last had to say about its brokers (no way there, wrong password, a certificate
// that nobody vouches for), for people; empty when it said nothing since it was made. Polls it, so
// not for a consumer that has subscribed; by the thread that made it.
std::string TroubleOf(rd_kafka_t* kafka);

// Empty where there is none.
std::string Bytes(const void* data, std::size_t size);
std::map<std::string, std::string> HeadersOf(const rd_kafka_message_t& message);

struct DestroyMessage {
  void operator()(rd_kafka_message_t* message) const { rd_kafka_message_destroy(message); }
};
using KafkaMessage = std::unique_ptr<rd_kafka_message_t, DestroyMessage>;

InboundRecord ToInboundRecord(const rd_kafka_message_t& message);

struct DestroyPlaces {
  void operator()(rd_kafka_topic_partition_list_t* list) const {
    rd_kafka_topic_partition_list_destroy(list);
  }
};
using KafkaPlaces = std::unique_ptr<rd_kafka_topic_partition_list_t, DestroyPlaces>;

}  // namespace pepline

#endif  // PEPLINE_SHARED_KAFKA_KAFKA_CLIENT_H_
