#include "tools/story/topic_follower.h"

#include <librdkafka/rdkafkacpp.h>

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"

namespace pepline::story {
namespace {

constexpr int kAskMilliseconds = 10'000;
constexpr int kPollMilliseconds = 20;

template <class Event>
std::optional<AnyEvent> Decode(const RdKafka::Message& message) {
  Event event;
  if (!event.ParseFromArray(message.payload(), static_cast<int>(message.len()))) {
    return std::nullopt;
  }
  return AnyEvent(std::move(event));
}

using Decoder = std::optional<AnyEvent> (*)(const RdKafka::Message&);

const std::map<std::string, Decoder>& Decoders() {
  static const auto& decoders = *new std::map<std::string, Decoder>{
      {TopicOf("registry"), Decode<registry::v1::RegistryEvent>},
      {TopicOf("scheduling"), Decode<scheduling::v1::SchedulingEvent>},
      {TopicOf("assessments"), Decode<assessments::v1::AssessmentsEvent>},
      {TopicOf("funding"), Decode<funding::v1::FundingEvent>},
      {TopicOf("notifications"), Decode<notifications::v1::NotificationsEvent>}};
  return decoders;
}

absl::StatusOr<std::unique_ptr<RdKafka::KafkaConsumer>> MakeConsumer(const std::string& bootstrap) {
  std::unique_ptr<RdKafka::Conf> conf(RdKafka::Conf::create(RdKafka::Conf::CONF_GLOBAL));
  std::string error;
  const std::map<std::string, std::string> settings = {
      {"bootstrap.servers", bootstrap}, {"group.id", "pepline-follower"},
      {"enable.auto.commit", "false"},  {"auto.offset.reset", "earliest"},
      {"fetch.wait.max.ms", "10"},      {"client.id", "follower"},
      {"socket.nagle.disable", "true"}, {"log_level", "0"}};
  for (const auto& [name, value] : settings) {
    if (conf->set(name, value, error) != RdKafka::Conf::CONF_OK) {
      return absl::InternalError(error);
    }
  }
  std::unique_ptr<RdKafka::KafkaConsumer> consumer(
      RdKafka::KafkaConsumer::create(conf.get(), error));
  if (consumer == nullptr) return absl::UnavailableError(error);
  return consumer;
}

// All partitions of our topics, from their beginning.
absl::Status AssignAll(RdKafka::KafkaConsumer& consumer) {
  RdKafka::Metadata* raw = nullptr;
  if (auto code = consumer.metadata(true, nullptr, &raw, kAskMilliseconds);
      code != RdKafka::ERR_NO_ERROR) {
    return absl::UnavailableError(
        absl::StrCat("the broker does not tell its topics: ", RdKafka::err2str(code)));
  }
  const std::unique_ptr<RdKafka::Metadata> metadata(raw);
  std::vector<std::unique_ptr<RdKafka::TopicPartition>> owned;
  for (const auto* topic : *metadata->topics()) {
    if (!Decoders().contains(topic->topic())) continue;
    for (const auto* partition : *topic->partitions()) {
      owned.emplace_back(RdKafka::TopicPartition::create(topic->topic(), partition->id(),
                                                         RdKafka::Topic::OFFSET_BEGINNING));
    }
  }
  std::vector<RdKafka::TopicPartition*> partitions;
  for (const auto& partition : owned) partitions.push_back(partition.get());
  if (auto code = consumer.assign(partitions); code != RdKafka::ERR_NO_ERROR) {
    return absl::UnavailableError(absl::StrCat("cannot follow: ", RdKafka::err2str(code)));
  }
  return absl::OkStatus();
}

}  // namespace

std::string TopicOf(const std::string& service) {
  return absl::StrCat("pepline.", service, ".events.v1");
}

TopicFollower::TopicFollower() = default;

absl::StatusOr<std::unique_ptr<TopicFollower>> TopicFollower::Start(
    const std::string& bootstrap_servers) {
  auto consumer = MakeConsumer(bootstrap_servers);
  if (!consumer.ok()) return consumer.status();
  if (absl::Status status = AssignAll(**consumer); !status.ok()) return status;
  auto follower = std::unique_ptr<TopicFollower>(new TopicFollower());
  follower->consumer_ = *std::move(consumer);
  follower->thread_ = std::thread([raw = follower.get()] { raw->Run(); });
  return follower;
}

TopicFollower::~TopicFollower() {
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
  if (consumer_ != nullptr) consumer_->close();
}

void TopicFollower::Run() {
  while (!stopping_) {
    const std::unique_ptr<RdKafka::Message> message(consumer_->consume(kPollMilliseconds));
    // Whatever else is wrong with the broker, librdkafka tries again by itself.
    if (message->err() == RdKafka::ERR_NO_ERROR) Keep(*message);
  }
}

void TopicFollower::Keep(const RdKafka::Message& message) {
  const std::string topic = message.topic_name();
  auto event = Decoders().at(topic)(message);
  absl::MutexLock lock(&mutex_);
  ++counts_[topic];
  if (event) {
    events_.push_back(*std::move(event));
  } else {
    ++undecodable_;
  }
}

std::vector<AnyEvent> TopicFollower::Take() {
  absl::MutexLock lock(&mutex_);
  return std::exchange(events_, {});
}

std::int64_t TopicFollower::Count(const std::string& topic) const {
  absl::MutexLock lock(&mutex_);
  const auto found = counts_.find(topic);
  return found == counts_.end() ? 0 : found->second;
}

}  // namespace pepline::story
