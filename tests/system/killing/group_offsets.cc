#include "tests/system/killing/group_offsets.h"

#include <librdkafka/rdkafkacpp.h>

#include <algorithm>
#include <memory>

#include "absl/strings/str_cat.h"

namespace pepline {
namespace {

constexpr int kTimeoutMs = 5000;

absl::Status Away(const std::string& what) {
  return absl::UnavailableError(absl::StrCat("Kafka: ", what));
}

}  // namespace

absl::StatusOr<std::vector<PartitionPosition>> PositionsOf(const std::string& bootstrap_servers,
                                                           const std::string& group,
                                                           const std::vector<std::string>& topics) {
  const std::unique_ptr<RdKafka::Conf> conf(RdKafka::Conf::create(RdKafka::Conf::CONF_GLOBAL));
  std::string error;
  for (const auto& [name, value] :
       {std::pair<std::string, std::string>{"bootstrap.servers", bootstrap_servers},
        {"group.id", group},
        {"log_level", "0"}}) {
    if (conf->set(name, value, error) != RdKafka::Conf::CONF_OK) return Away(error);
  }
  const std::unique_ptr<RdKafka::KafkaConsumer> asker(
      RdKafka::KafkaConsumer::create(conf.get(), error));
  if (asker == nullptr) return Away(error);

  std::vector<PartitionPosition> positions;
  for (const std::string& topic : topics) {
    const std::unique_ptr<RdKafka::Conf> none(RdKafka::Conf::create(RdKafka::Conf::CONF_TOPIC));
    const std::unique_ptr<RdKafka::Topic> handle(
        RdKafka::Topic::create(asker.get(), topic, none.get(), error));
    RdKafka::Metadata* raw = nullptr;
    if (handle == nullptr || asker->metadata(false, handle.get(), &raw, kTimeoutMs) != 0) {
      return Away(absl::StrCat("no metadata of ", topic));
    }
    const std::unique_ptr<RdKafka::Metadata> metadata(raw);
    std::vector<RdKafka::TopicPartition*> places;
    for (const RdKafka::TopicMetadata* one : *metadata->topics()) {
      for (const RdKafka::PartitionMetadata* partition : *one->partitions()) {
        places.push_back(RdKafka::TopicPartition::create(topic, partition->id()));
      }
    }
    absl::Status trouble;
    if (places.empty()) trouble = Away(absl::StrCat("no partitions of ", topic));
    if (trouble.ok() && asker->committed(places, kTimeoutMs) != RdKafka::ERR_NO_ERROR) {
      trouble = Away(absl::StrCat("no stored offsets of ", group));
    }
    for (const RdKafka::TopicPartition* place : places) {
      std::int64_t low = 0, high = 0;
      if (!trouble.ok()) break;
      if (asker->query_watermark_offsets(topic, place->partition(), &low, &high, kTimeoutMs) !=
          RdKafka::ERR_NO_ERROR) {
        trouble = Away(absl::StrCat("no end of ", topic));
      }
      positions.push_back(
          {topic, place->partition(), std::clamp<std::int64_t>(place->offset(), low, high), high});
    }
    RdKafka::TopicPartition::destroy(places);
    if (!trouble.ok()) return trouble;
  }
  return positions;
}

absl::StatusOr<GroupPosition> PositionOf(const std::string& bootstrap_servers,
                                         const std::string& group,
                                         const std::vector<std::string>& topics) {
  const auto positions = PositionsOf(bootstrap_servers, group, topics);
  if (!positions.ok()) return positions.status();
  GroupPosition together;
  for (const PartitionPosition& one : *positions) {
    together.behind += one.end - one.stored;
    together.end += one.end;
  }
  return together;
}

}  // namespace pepline
