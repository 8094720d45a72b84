#include "tests/support/topic_reader.h"

#include <librdkafka/rdkafkacpp.h>

#include <algorithm>
#include <memory>

#include "absl/strings/str_cat.h"

namespace pepline {
namespace {

absl::Status Problem(const std::string& what, RdKafka::ErrorCode code) {
  return absl::UnavailableError(absl::StrCat(what, ": ", RdKafka::err2str(code)));
}

ReadRecord Copy(const RdKafka::Message& message) {
  ReadRecord record{
      .topic = message.topic_name(),
      .partition = message.partition(),
      .offset = message.offset(),
      .key = message.key() != nullptr ? *message.key() : "",
      .value = std::string(static_cast<const char*>(message.payload()), message.len()),
      .headers = {}};
  if (RdKafka::Headers* headers = const_cast<RdKafka::Message&>(message).headers()) {
    for (const auto& header : headers->get_all()) {
      record.headers.emplace_back(
          header.key(), std::string(static_cast<const char*>(header.value()), header.value_size()));
    }
  }
  return record;
}

}  // namespace

absl::StatusOr<std::vector<ReadRecord>> ReadTopics(
    const std::string& bootstrap_servers, const std::vector<std::string>& topics,
    absl::Duration deadline, const std::map<std::string, std::string>& settings) {
  const absl::Time until = absl::Now() + deadline;
  std::unique_ptr<RdKafka::Conf> conf(RdKafka::Conf::create(RdKafka::Conf::CONF_GLOBAL));
  std::string error;
  std::map<std::string, std::string> all = {{"bootstrap.servers", bootstrap_servers},
                                            {"group.id", "pepline-topic-reader"},
                                            {"enable.auto.commit", "false"},
                                            {"enable.partition.eof", "false"},
                                            {"fetch.wait.max.ms", "10"},
                                            {"isolation.level", "read_uncommitted"}};
  for (const auto& [name, value] : settings) all[name] = value;
  for (const auto& [name, value] : all) {
    if (conf->set(name, value, error) != RdKafka::Conf::CONF_OK) {
      return absl::InvalidArgumentError(error);
    }
  }
  std::unique_ptr<RdKafka::KafkaConsumer> consumer(
      RdKafka::KafkaConsumer::create(conf.get(), error));
  if (consumer == nullptr) return absl::UnavailableError(error);

  std::vector<std::unique_ptr<RdKafka::TopicPartition>> owned;
  std::int64_t expected = 0;
  RdKafka::Metadata* raw = nullptr;
  if (auto code = consumer->metadata(true, nullptr, &raw, 10000); code != RdKafka::ERR_NO_ERROR) {
    return Problem("the broker does not tell its topics", code);
  }
  std::unique_ptr<RdKafka::Metadata> metadata(raw);
  std::map<std::pair<std::string, int>, std::int64_t> ends;
  for (const auto* topic : *metadata->topics()) {
    if (std::find(topics.begin(), topics.end(), topic->topic()) == topics.end()) continue;
    for (const auto* partition : *topic->partitions()) {
      std::int64_t low = 0;
      std::int64_t high = 0;
      if (auto code = consumer->query_watermark_offsets(topic->topic(), partition->id(), &low,
                                                        &high, 10000);
          code != RdKafka::ERR_NO_ERROR) {
        return Problem(absl::StrCat("no watermarks of ", topic->topic()), code);
      }
      if (high == low) continue;
      expected += high - low;
      ends[{topic->topic(), partition->id()}] = high;
      owned.emplace_back(RdKafka::TopicPartition::create(topic->topic(), partition->id(), low));
    }
  }
  std::vector<RdKafka::TopicPartition*> partitions;
  for (const auto& partition : owned) partitions.push_back(partition.get());
  if (auto code = consumer->assign(partitions); code != RdKafka::ERR_NO_ERROR) {
    return Problem("cannot read", code);
  }
  std::vector<ReadRecord> records;
  // Offsets may have gaps (control records), so a partition is done when its end has been passed.
  while (!ends.empty()) {
    if (absl::Now() > until) {
      return absl::UnavailableError(absl::StrCat("read ", records.size(), " of about ", expected,
                                                 " records before the deadline"));
    }
    std::unique_ptr<RdKafka::Message> message(consumer->consume(100));
    if (message->err() != RdKafka::ERR_NO_ERROR) continue;
    const auto end = ends.find({message->topic_name(), message->partition()});
    if (end == ends.end() || message->offset() >= end->second) continue;
    records.push_back(Copy(*message));
    if (message->offset() + 1 >= end->second) ends.erase(end);
  }
  consumer->close();
  return records;
}

}  // namespace pepline
