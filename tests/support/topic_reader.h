// Reads whole topics from their first to their last record, as an auditor would: no group, no
// offsets stored. For checkers and tests. Errors: Unavailable when the broker does not answer in
// time. Threads: one reader per thread.
#ifndef PEPLINE_TESTS_SUPPORT_TOPIC_READER_H_
#define PEPLINE_TESTS_SUPPORT_TOPIC_READER_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace RdKafka {
class KafkaConsumer;
}  // namespace RdKafka

namespace pepline {

struct ReadRecord {
  std::string topic;
  int partition = 0;
  std::int64_t offset = 0;
  std::string key;
  std::string value;
  std::vector<std::pair<std::string, std::string>> headers;  // in the order of the record
};

// One that looks again and again: what it has read it keeps, and reads on from there.
class TopicReader {
 public:
  // `settings` are further librdkafka settings.
  TopicReader(std::string bootstrap_servers, std::vector<std::string> topics,
              std::map<std::string, std::string> settings = {});
  ~TopicReader();
  TopicReader(const TopicReader&) = delete;
  TopicReader& operator=(const TopicReader&) = delete;

  // Every record that the topics hold now, in offset order within each partition. The pointer is
  // good until the next look.
  absl::StatusOr<const std::vector<ReadRecord>*> Read(absl::Duration deadline);

 private:
  using Place = std::pair<std::string, int>;  // a topic's partition
  absl::Status Connect();
  // The offset that the broker has for `which` (the beginning, the end) of each partition now.
  absl::StatusOr<std::map<Place, std::int64_t>> Offsets(std::int64_t which);

  const std::string bootstrap_servers_;
  const std::vector<std::string> topics_;
  const std::map<std::string, std::string> settings_;
  std::unique_ptr<RdKafka::KafkaConsumer> consumer_;
  std::map<Place, std::int64_t> next_;  // to be read
  std::vector<ReadRecord> records_;
};

// A single look.
absl::StatusOr<std::vector<ReadRecord>> ReadTopics(
    const std::string& bootstrap_servers, const std::vector<std::string>& topics,
    absl::Duration deadline, const std::map<std::string, std::string>& settings = {});

}  // namespace pepline

#endif  // PEPLINE_TESTS_SUPPORT_TOPIC_READER_H_
