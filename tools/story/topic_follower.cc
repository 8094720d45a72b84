#include "tools/story/topic_follower.h"

#include <librdkafka/rdkafkacpp.h>

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tools/client/event_words.h"
#include "tools/client/topic_watcher.h"

namespace pepline::story {
namespace {

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

}  // namespace

std::string TopicOf(const std::string& service) {
  return absl::StrCat("pepline.", service, ".events.v1");
}

TopicFollower::TopicFollower() = default;

absl::StatusOr<std::unique_ptr<TopicFollower>> TopicFollower::Start(
    const std::string& bootstrap_servers) {
  auto consumer = client::WatchTopics(client::EventTopics(), RdKafka::Topic::OFFSET_BEGINNING,
                                      {{"bootstrap.servers", bootstrap_servers},
                                       {"group.id", "pepline-follower"},
                                       {"client.id", "follower"}});
  if (!consumer.ok()) return consumer.status();
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
