#include "tools/pepctl/dead_letters.h"

#include <algorithm>
#include <map>
#include <memory>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "shared/kafka/kafka_client.h"
#include "shared/kafka/kafka_settings.h"
#include "shared/kafka/kafka_topics.h"
#include "shared/kafka/reception/dead_letters.h"

namespace pepline::pepctl {
namespace {

constexpr int kAskMilliseconds = 5000;
constexpr absl::Duration kReadBound = absl::Seconds(30);
constexpr absl::Duration kWriteBound = absl::Seconds(10);
constexpr absl::string_view kSuffix = ".dead-letters";

using Place = std::pair<std::string, int>;  // topic, partition

std::vector<std::string> TopicsOf(const std::vector<std::string>& services) {
  std::vector<std::string> topics;
  for (const NeededTopic& topic : NeededTopics()) {
    if (!absl::EndsWith(topic.name, kSuffix)) continue;
    const bool wanted = services.empty() || std::ranges::count(services, ReaderOf(topic.name)) > 0;
    if (wanted) topics.push_back(topic.name);
  }
  return topics;
}

absl::Status Away(rd_kafka_t* kafka, rd_kafka_resp_err_t error) {
  const std::string trouble = TroubleOf(kafka);
  return absl::UnavailableError(
      absl::StrCat("Kafka: ", trouble.empty() ? rd_kafka_err2str(error) : trouble));
}

// Where each partition that holds anything begins and ends.
absl::StatusOr<std::map<Place, std::pair<std::int64_t, std::int64_t>>> Spans(
    rd_kafka_t* kafka, const std::vector<std::string>& topics) {
  const rd_kafka_metadata_t* raw = nullptr;
  if (const auto error = rd_kafka_metadata(kafka, 1, nullptr, &raw, kAskMilliseconds);
      error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return Away(kafka, error);
  }
  const auto destroy = [](const rd_kafka_metadata_t* told) { rd_kafka_metadata_destroy(told); };
  const std::unique_ptr<const rd_kafka_metadata_t, decltype(destroy)> metadata(raw, destroy);
  std::map<Place, std::pair<std::int64_t, std::int64_t>> spans;
  for (int i = 0; i < metadata->topic_cnt; ++i) {
    const rd_kafka_metadata_topic_t& topic = metadata->topics[i];
    if (std::ranges::count(topics, topic.topic) == 0) continue;
    for (int partition = 0; partition < topic.partition_cnt; ++partition) {
      std::int64_t low = 0, high = 0;
      const auto error = rd_kafka_query_watermark_offsets(kafka, topic.topic, partition, &low,
                                                          &high, kAskMilliseconds);
      if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return Away(kafka, error);
      if (high > low) spans[{topic.topic, partition}] = {low, high};
    }
  }
  return spans;
}

absl::StatusOr<KafkaHandle> MakeReader(const KafkaOptions& kafka) {
  KafkaOptions own = kafka;
  own.extra = ForConsumers(std::move(own.extra));
  own.extra.erase("group.instance.id");  // joins no group
  return MakeKafka(RD_KAFKA_CONSUMER, own,
                   {{"group.id", "pepctl-dead-letters"},
                    {"enable.auto.commit", "false"},
                    {"fetch.wait.max.ms", "10"},
                    {"log_level", "0"}},
                   [](rd_kafka_conf_t*) {});
}

absl::Status Send(const KafkaOptions& kafka, const std::string& topic, const std::string& key,
                  const std::string& value, const Headers& headers) {
  auto producer = MakeProducer(
      kafka,
      [](rd_kafka_t*, const rd_kafka_message_t* message, void*) {
        *static_cast<rd_kafka_resp_err_t*>(message->_private) = message->err;
      },
      nullptr, OwnDeadLetterSettings());
  if (!producer.ok()) return producer.status();
  rd_kafka_resp_err_t result = RD_KAFKA_RESP_ERR__IN_PROGRESS;
  if (absl::Status sent = Produce(producer->get(), topic, key, value, headers, &result);
      !sent.ok()) {
    return sent;
  }
  const absl::Time until = absl::Now() + kWriteBound;
  while (result == RD_KAFKA_RESP_ERR__IN_PROGRESS && absl::Now() < until) {
    rd_kafka_poll(producer->get(), 50);
  }
  if (result == RD_KAFKA_RESP_ERR_NO_ERROR) return absl::OkStatus();
  // No report may come for `result` once it is gone.
  rd_kafka_purge(producer->get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
  while (result == RD_KAFKA_RESP_ERR__IN_PROGRESS) rd_kafka_poll(producer->get(), 50);
  return absl::UnavailableError(absl::StrCat(topic, " took nothing: ", rd_kafka_err2str(result)));
}

absl::Status WriteOutcome(const KafkaOptions& kafka, const DeadLetter& letter,
                          const char* outcome) {
  return Send(kafka, letter.topic, letter.key, "", OutcomeHeaders(letter, outcome));
}

}  // namespace

absl::StatusOr<std::vector<DeadLetter>> ReadDeadLetters(const KafkaOptions& kafka,
                                                        const std::vector<std::string>& services) {
  auto client = MakeReader(kafka);
  if (!client.ok()) return client.status();
  auto spans = Spans(client->get(), TopicsOf(services));
  if (!spans.ok()) return spans.status();
  const KafkaPlaces list(rd_kafka_topic_partition_list_new(static_cast<int>(spans->size())));
  for (const auto& [place, span] : *spans) {
    rd_kafka_topic_partition_list_add(list.get(), place.first.c_str(), place.second)->offset =
        span.first;
  }
  rd_kafka_poll_set_consumer(client->get());
  rd_kafka_assign(client->get(), list.get());

  DeadLetterTopics read;
  const absl::Time until = absl::Now() + kReadBound;
  while (!spans->empty()) {
    if (absl::Now() > until) {
      return absl::UnavailableError("the broker did not give all dead letters in time");
    }
    const KafkaMessage message(rd_kafka_consumer_poll(client->get(), 100));
    if (message == nullptr || message->err != RD_KAFKA_RESP_ERR_NO_ERROR) continue;
    const Place place(rd_kafka_topic_name(message->rkt), message->partition);
    const auto span = spans->find(place);
    if (span == spans->end()) continue;  // came since
    read.Add(ToInboundRecord(*message),
             absl::FromUnixMillis(rd_kafka_message_timestamp(message.get(), nullptr)));
    if (message->offset + 1 >= span->second.second) spans->erase(span);
  }
  return std::move(read).Letters();
}

absl::Status FetchValue(const KafkaOptions& kafka, DeadLetter& letter) {
  if (!letter.by_reference) return absl::OkStatus();
  const std::pair<std::string, std::string> place = absl::StrSplit(letter.source_place, '/');
  int partition = 0;
  std::int64_t offset = 0;
  if (!absl::SimpleAtoi(place.first, &partition) || !absl::SimpleAtoi(place.second, &offset)) {
    return absl::NotFoundError("the letter does not say where its record lies");
  }
  auto client = MakeReader(kafka);
  if (!client.ok()) return client.status();
  const KafkaPlaces list(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(list.get(), letter.source_topic.c_str(), partition)->offset =
      offset;
  rd_kafka_poll_set_consumer(client->get());
  rd_kafka_assign(client->get(), list.get());
  const absl::Time until = absl::Now() + kReadBound;
  while (absl::Now() < until) {
    const KafkaMessage message(rd_kafka_consumer_poll(client->get(), 100));
    if (message == nullptr || message->err != RD_KAFKA_RESP_ERR_NO_ERROR) continue;
    if (message->offset != offset) break;
    letter.key = Bytes(message->key, message->key_len);
    letter.value = Bytes(message->payload, message->len);
    letter.headers.clear();
    for (auto& [name, text] : HeadersOf(*message)) letter.headers.emplace_back(name, text);
    return absl::OkStatus();
  }
  return absl::NotFoundError(absl::StrCat("the record ", letter.source_place, " of ",
                                          letter.source_topic, " could not be read there"));
}

absl::Status Replay(const KafkaOptions& kafka, const DeadLetter& letter) {
  // A crash between the two leaves it on the list; a second replay has no second effect.
  if (absl::Status sent =
          Send(kafka, letter.source_topic, letter.key, letter.value, letter.headers);
      !sent.ok()) {
    return sent;
  }
  return WriteOutcome(kafka, letter, "replayed");
}

absl::Status Drop(const KafkaOptions& kafka, const DeadLetter& letter) {
  return WriteOutcome(kafka, letter, "dropped");
}

}  // namespace pepline::pepctl
