// A consumer of whole topics that joins no group: a watcher takes nothing from anybody.
// Promises: all partitions of those topics that the broker has, from `offset` on. Errors:
// Unavailable where the broker does not answer; NotFound where it has none of the topics;
// InvalidArgument for a setting that is none. Threads: as librdkafka.
#ifndef PEPLINE_TOOLS_CLIENT_TOPIC_WATCHER_H_
#define PEPLINE_TOOLS_CLIENT_TOPIC_WATCHER_H_

#include <librdkafka/rdkafkacpp.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace pepline::client {

// `settings` are librdkafka's: bootstrap.servers, group.id, client.id, and how the broker is
// reached where that needs more.
absl::StatusOr<std::unique_ptr<RdKafka::KafkaConsumer>> WatchTopics(
    const std::vector<std::string>& topics, std::int64_t offset,
    std::map<std::string, std::string> settings);

}  // namespace pepline::client

#endif  // PEPLINE_TOOLS_CLIENT_TOPIC_WATCHER_H_
