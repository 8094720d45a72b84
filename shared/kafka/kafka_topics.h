// Are the topics as deploy/topics.yaml wants them? The build turns that file into NeededTopics, so
// that its numbers are written once.
// Errors: NotFound (there is no such topic), FailedPrecondition (too few partitions, or old events
// would be deleted: compaction), each with what was found, what is needed and the fix; Unavailable
// with the reason when no broker answers. A topic that is not in the file must only be there.
// Does not look at replication, which is the cluster's. A broker that does not tell its topics'
// settings (the development broker, or no right to DescribeConfigs) is said once in the log.
// Threads: as librdkafka says of `kafka`; blocks.
#ifndef PEPLINE_SHARED_KAFKA_KAFKA_TOPICS_H_
#define PEPLINE_SHARED_KAFKA_KAFKA_TOPICS_H_

#include <librdkafka/rdkafka.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace pepline {

struct NeededTopic {
  std::string name;
  int partitions = 1;
  std::string retention_ms;
  std::string cleanup_policy;
};
const std::vector<NeededTopic>& NeededTopics();

// How many partitions the topic has, at least one. `kafka` has not subscribed yet. Each of the two
// questions may take `timeout_ms`.
absl::StatusOr<int> CheckTopic(rd_kafka_t* kafka, const std::string& topic, int timeout_ms);

// "<topic>.<service>.dead-letters", where the service puts records of the topic that it cannot
// read.
std::string DeadLetterTopic(const std::string& topic, const std::string& service);

}  // namespace pepline

#endif  // PEPLINE_SHARED_KAFKA_KAFKA_TOPICS_H_
