// How to reach Kafka; shared by relay and consumer. Plain librdkafka settings may be added.
#ifndef PEPLINE_SHARED_KAFKA_KAFKA_OPTIONS_H_
#define PEPLINE_SHARED_KAFKA_KAFKA_OPTIONS_H_

#include <map>
#include <string>

namespace pepline {

struct KafkaOptions {
  std::string bootstrap_servers;
  std::string client_id;                     // "scheduling"
  std::map<std::string, std::string> extra;  // librdkafka names, e.g. fetch.wait.max.ms
};

}  // namespace pepline

#endif  // PEPLINE_SHARED_KAFKA_KAFKA_OPTIONS_H_
