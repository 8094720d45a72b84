// One record of a Kafka topic as a service receives it, and the place where it lies. Values only.
#ifndef PEPLINE_SHARED_KAFKA_INBOUND_RECORD_H_
#define PEPLINE_SHARED_KAFKA_INBOUND_RECORD_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>

namespace pepline {

using KafkaPlace = std::pair<std::string, int>;  // topic, partition

struct InboundRecord {
  std::string topic;
  int partition = 0;
  std::int64_t offset = 0;
  std::string key;
  std::string value;
  std::map<std::string, std::string> headers;  // ce_type, traceparent, ...

  KafkaPlace place() const { return {topic, partition}; }
};

}  // namespace pepline

#endif  // PEPLINE_SHARED_KAFKA_INBOUND_RECORD_H_
