#include "tests/system/faults/topic_witness.h"

#include <librdkafka/rdkafkacpp.h>

#include "absl/strings/str_cat.h"
#include "tools/stack/processes.h"

namespace pepline {
namespace {

constexpr int kAskMilliseconds = 10'000;
constexpr int kPollMilliseconds = 100;

absl::Status Away(const std::string& what) {
  return absl::UnavailableError(absl::StrCat("Kafka: ", what));
}

}  // namespace

TopicWitness::TopicWitness(const Clock& clock) : clock_(clock) {}

absl::StatusOr<std::unique_ptr<TopicWitness>> TopicWitness::Start(
    const std::string& bootstrap_servers, const std::vector<std::string>& topics,
    const Clock& clock) {
  const std::unique_ptr<RdKafka::Conf> conf(RdKafka::Conf::create(RdKafka::Conf::CONF_GLOBAL));
  std::string error;
  for (const auto& [name, value] :
       {std::pair<std::string, std::string>{"bootstrap.servers", bootstrap_servers},
        {"group.id", "witness"},
        {"enable.auto.commit", "false"},
        {"auto.offset.reset", "earliest"},
        {"fetch.wait.max.ms", "10"},
        {"log_level", "0"}}) {
    if (conf->set(name, value, error) != RdKafka::Conf::CONF_OK) return Away(error);
  }
  auto witness = std::unique_ptr<TopicWitness>(new TopicWitness(clock));
  witness->consumer_.reset(RdKafka::KafkaConsumer::create(conf.get(), error));
  if (witness->consumer_ == nullptr) return Away(error);
  RdKafka::Metadata* raw = nullptr;
  if (witness->consumer_->metadata(true, nullptr, &raw, kAskMilliseconds) != 0) {
    return Away("no metadata");
  }
  const std::unique_ptr<RdKafka::Metadata> metadata(raw);
  std::vector<RdKafka::TopicPartition*> places;
  for (const RdKafka::TopicMetadata* topic : *metadata->topics()) {
    if (std::find(topics.begin(), topics.end(), topic->topic()) == topics.end()) continue;
    for (const RdKafka::PartitionMetadata* partition : *topic->partitions()) {
      places.push_back(RdKafka::TopicPartition::create(topic->topic(), partition->id(),
                                                       RdKafka::Topic::OFFSET_BEGINNING));
    }
  }
  const RdKafka::ErrorCode assigned =
      places.empty() ? RdKafka::ERR__UNKNOWN_TOPIC : witness->consumer_->assign(places);
  RdKafka::TopicPartition::destroy(places);
  if (assigned != RdKafka::ERR_NO_ERROR) return Away("no partitions");
  witness->thread_ = std::thread([self = witness.get()] { self->Run(); });
  return witness;
}

TopicWitness::~TopicWitness() {
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
  if (consumer_ != nullptr) consumer_->close();
}

void TopicWitness::Run() {
  while (!stopping_) {
    const std::unique_ptr<RdKafka::Message> message(consumer_->consume(kPollMilliseconds));
    if (message->err() != RdKafka::ERR_NO_ERROR) continue;  // it comes back by itself
    const absl::Time now = clock_.Now();
    absl::MutexLock lock(&mutex_);
    absl::StrAppend(&lines_, "[\"", message->topic_name(), "\",", message->partition(), ",",
                    message->offset(), ",", absl::ToUnixMicros(now), "]\n");
  }
}

absl::Status TopicWitness::Write(const std::string& path) const {
  absl::MutexLock lock(&mutex_);
  return WriteFile(path, lines_);
}

}  // namespace pepline
