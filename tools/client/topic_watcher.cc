#include "tools/client/topic_watcher.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace pepline::client {
namespace {

constexpr int kAskMilliseconds = 10'000;

absl::StatusOr<std::unique_ptr<RdKafka::KafkaConsumer>> MakeConsumer(
    std::map<std::string, std::string> settings) {
  settings.merge(std::map<std::string, std::string>{{"enable.auto.commit", "false"},
                                                    {"auto.offset.reset", "earliest"},
                                                    {"fetch.wait.max.ms", "10"},
                                                    {"socket.nagle.disable", "true"},
                                                    {"log_level", "0"}});
  const std::unique_ptr<RdKafka::Conf> conf(RdKafka::Conf::create(RdKafka::Conf::CONF_GLOBAL));
  std::string error;
  for (const auto& [name, value] : settings) {
    if (conf->set(name, value, error) != RdKafka::Conf::CONF_OK) {
      return absl::InvalidArgumentError(error);
    }
  }
  std::unique_ptr<RdKafka::KafkaConsumer> consumer(
      RdKafka::KafkaConsumer::create(conf.get(), error));
  if (consumer == nullptr) return absl::UnavailableError(error);
  return consumer;
}

}  // namespace

absl::StatusOr<std::unique_ptr<RdKafka::KafkaConsumer>> WatchTopics(
    const std::vector<std::string>& topics, std::int64_t offset,
    std::map<std::string, std::string> settings) {
  auto consumer = MakeConsumer(std::move(settings));
  if (!consumer.ok()) return consumer;
  RdKafka::Metadata* raw = nullptr;
  const auto asked = (*consumer)->metadata(true, nullptr, &raw, kAskMilliseconds);
  if (asked != RdKafka::ERR_NO_ERROR) {
    return absl::UnavailableError(
        absl::StrCat("the broker does not answer: ", RdKafka::err2str(asked)));
  }
  const std::unique_ptr<RdKafka::Metadata> metadata(raw);
  std::vector<std::unique_ptr<RdKafka::TopicPartition>> owned;
  for (const auto* topic : *metadata->topics()) {
    if (std::ranges::count(topics, topic->topic()) == 0) continue;
    for (const auto* partition : *topic->partitions()) {
      owned.emplace_back(RdKafka::TopicPartition::create(topic->topic(), partition->id(), offset));
    }
  }
  if (owned.empty()) {
    return absl::NotFoundError(
        absl::StrCat("the broker has none of these topics: ", absl::StrJoin(topics, ", "),
                     "; deploy/topics.yaml has them all"));
  }
  std::vector<RdKafka::TopicPartition*> partitions;
  for (const auto& partition : owned) partitions.push_back(partition.get());
  const auto assigned = (*consumer)->assign(partitions);
  if (assigned != RdKafka::ERR_NO_ERROR) {
    return absl::UnavailableError(RdKafka::err2str(assigned));
  }
  return consumer;
}

}  // namespace pepline::client
