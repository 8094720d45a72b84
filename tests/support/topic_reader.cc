#include "tests/support/topic_reader.h"

#include <librdkafka/rdkafkacpp.h>

#include <algorithm>
#include <memory>
#include <utility>

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

constexpr int kAnswerMillis = 10'000;

// Partitions with an offset each, as librdkafka takes them.
class Places {
 public:
  void Add(const std::pair<std::string, int>& place, std::int64_t offset) {
    owned_.emplace_back(RdKafka::TopicPartition::create(place.first, place.second, offset));
    all_.push_back(owned_.back().get());
  }
  std::vector<RdKafka::TopicPartition*>& all() { return all_; }

 private:
  std::vector<std::unique_ptr<RdKafka::TopicPartition>> owned_;
  std::vector<RdKafka::TopicPartition*> all_;
};

}  // namespace

TopicReader::TopicReader(std::string bootstrap_servers, std::vector<std::string> topics,
                         std::map<std::string, std::string> settings)
    : bootstrap_servers_(std::move(bootstrap_servers)),
      topics_(std::move(topics)),
      settings_(std::move(settings)) {}

TopicReader::~TopicReader() {
  if (consumer_ != nullptr) consumer_->close();
}

absl::Status TopicReader::Connect() {
  if (consumer_ == nullptr) {
    std::unique_ptr<RdKafka::Conf> conf(RdKafka::Conf::create(RdKafka::Conf::CONF_GLOBAL));
    std::string error;
    std::map<std::string, std::string> all = {{"bootstrap.servers", bootstrap_servers_},
                                              {"group.id", "pepline-topic-reader"},
                                              {"enable.auto.commit", "false"},
                                              {"enable.partition.eof", "false"},
                                              {"fetch.wait.max.ms", "10"},
                                              {"isolation.level", "read_uncommitted"}};
    for (const auto& [name, value] : settings_) all[name] = value;
    for (const auto& [name, value] : all) {
      if (conf->set(name, value, error) != RdKafka::Conf::CONF_OK) {
        return absl::InvalidArgumentError(error);
      }
    }
    consumer_.reset(RdKafka::KafkaConsumer::create(conf.get(), error));
    if (consumer_ == nullptr) return absl::UnavailableError(error);
  }
  if (!next_.empty()) return absl::OkStatus();
  RdKafka::Metadata* raw = nullptr;
  if (auto code = consumer_->metadata(true, nullptr, &raw, kAnswerMillis);
      code != RdKafka::ERR_NO_ERROR) {
    return Problem("the broker does not tell its topics", code);
  }
  std::unique_ptr<RdKafka::Metadata> metadata(raw);
  for (const auto* topic : *metadata->topics()) {
    if (std::find(topics_.begin(), topics_.end(), topic->topic()) == topics_.end()) continue;
    for (const auto* partition : *topic->partitions()) next_[{topic->topic(), partition->id()}] = 0;
  }
  auto first = Offsets(RdKafka::Topic::OFFSET_BEGINNING);
  if (!first.ok()) {
    next_.clear();
    return first.status();
  }
  next_ = *std::move(first);
  return absl::OkStatus();
}

absl::StatusOr<std::map<TopicReader::Place, std::int64_t>> TopicReader::Offsets(
    std::int64_t which) {
  std::map<Place, std::int64_t> offsets;
  if (next_.empty()) return offsets;
  Places places;
  for (const auto& [place, next] : next_) places.Add(place, which);
  if (auto code = consumer_->offsetsForTimes(places.all(), kAnswerMillis);
      code != RdKafka::ERR_NO_ERROR) {
    return Problem("the broker does not tell its offsets", code);
  }
  for (const auto* place : places.all()) {
    if (place->err() != RdKafka::ERR_NO_ERROR) {
      return Problem(absl::StrCat("no offsets of ", place->topic()), place->err());
    }
    offsets[{place->topic(), place->partition()}] = place->offset();
  }
  return offsets;
}

absl::StatusOr<const std::vector<ReadRecord>*> TopicReader::Read(absl::Duration deadline) {
  const absl::Time until = absl::Now() + deadline;
  if (absl::Status status = Connect(); !status.ok()) return status;
  auto ends = Offsets(RdKafka::Topic::OFFSET_END);
  if (!ends.ok()) return ends.status();
  std::erase_if(*ends, [this](const auto& end) { return end.second <= next_[end.first]; });
  if (ends->empty()) return &records_;
  // Between looks nothing is assigned, so that nothing is fetched.
  Places places;
  for (const auto& [place, end] : *ends) places.Add(place, next_[place]);
  if (auto code = consumer_->assign(places.all()); code != RdKafka::ERR_NO_ERROR) {
    return Problem("cannot read", code);
  }
  // Offsets may have gaps (control records), so a partition is done when its end has been passed.
  while (!ends->empty() && absl::Now() <= until) {
    std::unique_ptr<RdKafka::Message> message(consumer_->consume(100));
    if (message->err() != RdKafka::ERR_NO_ERROR) continue;
    const Place place{message->topic_name(), message->partition()};
    if (message->offset() < next_[place]) continue;
    records_.push_back(Copy(*message));
    next_[place] = message->offset() + 1;
    const auto end = ends->find(place);
    if (end != ends->end() && next_[place] >= end->second) ends->erase(end);
  }
  consumer_->unassign();
  if (ends->empty()) return &records_;
  return absl::UnavailableError(absl::StrCat("read ", records_.size(), " records before the ",
                                             "deadline, and not all of ", ends->size(),
                                             " partitions"));
}

absl::StatusOr<std::vector<ReadRecord>> ReadTopics(
    const std::string& bootstrap_servers, const std::vector<std::string>& topics,
    absl::Duration deadline, const std::map<std::string, std::string>& settings) {
  TopicReader reader(bootstrap_servers, topics, settings);
  auto records = reader.Read(deadline);
  if (!records.ok()) return records.status();
  return **records;
}

}  // namespace pepline
