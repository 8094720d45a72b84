#include "shared/admin/rebuild_topics.h"

#include <librdkafka/rdkafka.h>

#include <map>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "shared/kafka/kafka_client.h"
#include "shared/kafka/kafka_settings.h"

namespace pepline {
namespace {

constexpr int kCallMillis = 15'000;
constexpr int kPollMillis = 100;
constexpr std::size_t kBatch = 1000;
constexpr absl::Duration kLongestSilence = absl::Seconds(30);
constexpr absl::Duration kLongestJoining = absl::Seconds(120);

struct DestroyMetadata {
  void operator()(const rd_kafka_metadata_t* metadata) const {
    rd_kafka_metadata_destroy(metadata);
  }
};
struct DestroyTopic {
  void operator()(rd_kafka_topic_t* topic) const { rd_kafka_topic_destroy(topic); }
};
struct DestroyQueue {
  void operator()(rd_kafka_queue_t* queue) const { rd_kafka_queue_destroy(queue); }
};

absl::Status Away(const std::string& what, rd_kafka_resp_err_t error) {
  return absl::UnavailableError(absl::StrCat("Kafka: ", what, ": ", rd_kafka_err2str(error)));
}

absl::StatusOr<KafkaHandle> Open(const KafkaOptions& kafka, const std::string& group) {
  KafkaOptions own = kafka;
  own.extra = ForConsumers(std::move(own.extra));
  // A broker answers one request after the other, and a fetch at the end of a topic only after its
  // whole wait; the first of the next topic would wait behind it.
  own.extra["fetch.wait.max.ms"] = "10";
  return MakeKafka(RD_KAFKA_CONSUMER, own,
                   {{"group.id", group},
                    {"enable.auto.commit", "false"},
                    {"enable.auto.offset.store", "false"},
                    {"enable.partition.eof", "false"}},
                   [](rd_kafka_conf_t*) {});
}

absl::StatusOr<int> PartitionsOf(rd_kafka_t* client, const std::string& topic) {
  std::unique_ptr<rd_kafka_topic_t, DestroyTopic> handle(
      rd_kafka_topic_new(client, topic.c_str(), nullptr));
  const rd_kafka_metadata_t* raw = nullptr;
  const auto error = rd_kafka_metadata(client, 0, handle.get(), &raw, kCallMillis);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return Away("no answer about its topics", error);
  const std::unique_ptr<const rd_kafka_metadata_t, DestroyMetadata> metadata(raw);
  if (metadata->topic_cnt != 1 || metadata->topics[0].partition_cnt == 0) {
    return absl::FailedPreconditionError(
        absl::StrCat("Kafka has no topic ", topic, "; see deploy/topics.yaml"));
  }
  return metadata->topics[0].partition_cnt;
}

InboundRecord ToRecord(const rd_kafka_message_t& message) {
  InboundRecord record;
  record.topic = rd_kafka_topic_name(message.rkt);
  record.partition = message.partition;
  record.offset = message.offset;
  if (message.key != nullptr) record.key.assign(static_cast<char*>(message.key), message.key_len);
  if (message.payload != nullptr) {
    record.value.assign(static_cast<char*>(message.payload), message.len);
  }
  return record;  // whose headers no service folds
}

// What of a topic is to be read.
struct Stretch {
  std::string topic;
  KafkaPlaces begins;
  std::map<int, std::int64_t> ends;  // by partition; none where nothing is in it
  int records = 0;
};

absl::StatusOr<Stretch> Measure(rd_kafka_t* client, const std::string& topic, int partitions) {
  Stretch stretch{.topic = topic, .begins = KafkaPlaces(rd_kafka_topic_partition_list_new(1))};
  for (int partition = 0; partition < partitions; ++partition) {
    std::int64_t low = 0;
    std::int64_t high = 0;
    const auto error = rd_kafka_query_watermark_offsets(client, topic.c_str(), partition, &low,
                                                        &high, kCallMillis);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return Away("no answer about a topic's end", error);
    if (low > 0) {
      return absl::FailedPreconditionError(
          absl::StrCat("the topic ", topic, " has lost its beginning (partition ", partition,
                       " begins at offset ", low,
                       "), so nothing can be rebuilt from it; restore the "
                       "append-only file instead, and set the topic's retention to unlimited"));
    }
    if (high == low) continue;
    rd_kafka_topic_partition_list_add(stretch.begins.get(), topic.c_str(), partition)->offset = low;
    stretch.ends.emplace(partition, high);
    stretch.records += static_cast<int>(high - low);
  }
  return stretch;
}

// Returns the number of records.
absl::StatusOr<int> ReadStretch(rd_kafka_t* client, Stretch stretch,
                                const std::function<absl::Status(const InboundRecord&)>& receive,
                                const std::function<void(int done, int all)>& progress) {
  if (const auto error = rd_kafka_assign(client, stretch.begins.get());
      error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return Away("cannot read", error);
  }
  const std::unique_ptr<rd_kafka_queue_t, DestroyQueue> queue(rd_kafka_queue_get_consumer(client));
  std::vector<rd_kafka_message_t*> batch(kBatch);
  int done = 0;
  absl::Time heard_at = absl::Now();
  while (!stretch.ends.empty()) {
    const ssize_t got =
        rd_kafka_consume_batch_queue(queue.get(), kPollMillis, batch.data(), batch.size());
    absl::Status status;
    for (ssize_t i = 0; i < got; ++i) {
      const KafkaMessage message(batch[static_cast<std::size_t>(i)]);
      if (!status.ok() || message->err != RD_KAFKA_RESP_ERR_NO_ERROR) continue;
      heard_at = absl::Now();
      // What was written after the reading began is the consumer's to read.
      const auto end = stretch.ends.find(message->partition);
      if (end == stretch.ends.end()) continue;
      status = receive(ToRecord(*message));
      ++done;
      if (message->offset + 1 >= end->second) stretch.ends.erase(end);
    }
    if (!status.ok()) return status;
    progress(done, stretch.records);
    if (absl::Now() - heard_at > kLongestSilence) {
      return absl::UnavailableError(absl::StrCat("Kafka gave ", done, " of ", stretch.records,
                                                 " records of ", stretch.topic,
                                                 " and then no more"));
    }
  }
  return done;
}

}  // namespace

absl::Status RebuildTopics::Read(const std::vector<std::string>& topics,
                                 const std::function<absl::Status(const InboundRecord&)>& receive,
                                 const std::function<void(int done, int all)>& progress) {
  auto client = Open(kafka_, group_);
  if (!client.ok()) return client.status();
  std::vector<Stretch> stretches;
  for (const std::string& topic : topics) {
    auto count = PartitionsOf(client->get(), topic);
    if (!count.ok()) return count.status();
    auto stretch = Measure(client->get(), topic, *count);
    if (!stretch.ok()) return stretch.status();
    stretches.push_back(*std::move(stretch));
  }
  for (Stretch& stretch : stretches) {
    auto done = ReadStretch(client->get(), std::move(stretch), receive, progress);
    if (!done.ok()) return done.status();
    records_ += *done;
  }
  return absl::OkStatus();
}

// As a member of the group, since brokers take offsets from nobody else while it has any.
absl::Status RebuildTopics::RewindGroup(const std::vector<std::string>& topics) {
  KafkaOptions own = kafka_;
  own.extra = ForConsumers(std::move(own.extra));
  auto client =
      MakeKafka(RD_KAFKA_CONSUMER, own, OwnConsumerSettings(group_), [](rd_kafka_conf_t*) {});
  if (!client.ok()) return client.status();
  rd_kafka_poll_set_consumer(client->get());
  const KafkaPlaces wanted(rd_kafka_topic_partition_list_new(1));
  const KafkaPlaces begin(rd_kafka_topic_partition_list_new(1));
  for (const std::string& topic : topics) {
    auto count = PartitionsOf(client->get(), topic);
    if (!count.ok()) return count.status();
    rd_kafka_topic_partition_list_add(wanted.get(), topic.c_str(), RD_KAFKA_PARTITION_UA);
    for (int partition = 0; partition < *count; ++partition) {
      rd_kafka_topic_partition_list_add(begin.get(), topic.c_str(), partition)->offset = 0;
    }
  }
  rd_kafka_subscribe(client->get(), wanted.get());
  // A replica that was killed counts as a member until its session is over.
  const absl::Time until = absl::Now() + kLongestJoining;
  bool joined = false;
  while (!joined && absl::Now() < until) {
    const KafkaMessage passed_over(rd_kafka_consumer_poll(client->get(), kPollMillis));
    rd_kafka_topic_partition_list_t* assigned = nullptr;
    if (rd_kafka_assignment(client->get(), &assigned) != RD_KAFKA_RESP_ERR_NO_ERROR) continue;
    joined = assigned->cnt > 0;
    rd_kafka_topic_partition_list_destroy(assigned);
  }
  const auto error = joined ? rd_kafka_commit(client->get(), begin.get(), /*async=*/0)
                            : RD_KAFKA_RESP_ERR__TIMED_OUT;
  rd_kafka_consumer_close(client->get());
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      "Redis is ready, but the consumer group ", group_,
      " could not be put back to the beginning of its topics (", rd_kafka_err2str(error),
      "); stop every replica of the service and run: kafka-consumer-groups.sh --group ", group_,
      " --reset-offsets --to-earliest --all-topics --execute"));
}

}  // namespace pepline
