// Reads whole topics from their first to their last record, as an auditor would: no group, no
// offsets stored. For checkers and tests. Errors: Unavailable when the broker does not answer in
// time. Threads: one reader per thread.
#ifndef PEPLINE_TESTS_SUPPORT_TOPIC_READER_H_
#define PEPLINE_TESTS_SUPPORT_TOPIC_READER_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace pepline {

struct ReadRecord {
  std::string topic;
  int partition = 0;
  std::int64_t offset = 0;
  std::string key;
  std::string value;
  std::vector<std::pair<std::string, std::string>> headers;  // in the order of the record
};

// Every record that the topics hold now, in offset order within each partition. `settings` are
// further librdkafka settings.
absl::StatusOr<std::vector<ReadRecord>> ReadTopics(
    const std::string& bootstrap_servers, const std::vector<std::string>& topics,
    absl::Duration deadline, const std::map<std::string, std::string>& settings = {});

}  // namespace pepline

#endif  // PEPLINE_TESTS_SUPPORT_TOPIC_READER_H_
