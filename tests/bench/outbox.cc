// P6: how fast the outbox drains after an outage of the broker, against a bare producer that has
// the same records in memory.
#include <librdkafka/rdkafka.h>

#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "shared/kafka/kafka_client.h"
#include "shared/kafka/outbox_relay.h"
#include "tests/bench/measures.h"
#include "tests/bench/surroundings.h"
#include "tests/support/topic_reader.h"

namespace pepline::bench {
namespace {

constexpr char kTopic[] = "pepline.scheduling.events.v1";
constexpr int kPerCommit = 100;
constexpr int kChildren = 1000;
constexpr absl::Duration kPatience = absl::Seconds(120);

// The number of the event stands first, so that a child's order can be seen.
OutboxRecord EventOf(int number) {
  const std::string child = absl::StrFormat("chd-%020d", number % kChildren);
  return {kTopic,
          child,
          absl::StrFormat("%09d", number) + std::string(350, 'x'),
          {{"ce_specversion", "1.0"},
           {"ce_id", absl::StrCat("scheduling/plan/", child, ":", number)},
           {"ce_source", "/pepline/scheduling"},
           {"ce_type", "pepline.scheduling.v1.DeadlineMissed"},
           {"ce_subject", absl::StrCat("scheduling/plan/", child)},
           {"content-type", "application/protobuf"}}};
}

KafkaOptions KafkaOf(const Broker& broker) {
  KafkaOptions kafka{.bootstrap_servers = broker.bootstrap(), .client_id = "bench", .extra = {}};
  if (!broker.real()) kafka.extra["fetch.wait.max.ms"] = "10";
  return kafka;
}

absl::Status FillOutbox(Store& store, int count) {
  std::map<int, Commit> open;
  for (int number = 0; number < count; ++number) {
    OutboxRecord event = EventOf(number);
    const int partition = PartitionOf(event.key, store.partitions());
    Commit& commit = open[partition];
    commit.partition = partition;
    commit.outbox.push_back(std::move(event));
    if (commit.outbox.size() < kPerCommit) continue;
    if (auto applied = store.Apply(commit); !applied.ok()) return applied.status();
    commit.outbox.clear();
  }
  for (const auto& [partition, commit] : open) {
    if (commit.outbox.empty()) continue;
    if (auto applied = store.Apply(commit); !applied.ok()) return applied.status();
  }
  return absl::OkStatus();
}

absl::Status CheckOrder(const Broker& broker, int count) {
  auto records = ReadTopics(broker.bootstrap(), {kTopic}, kPatience);
  if (!records.ok()) return records.status();
  std::map<std::string, std::string> last;
  for (const ReadRecord& record : *records) {
    std::string number = record.value.substr(0, 9);
    std::string& before = last[record.key];
    if (number <= before) return absl::InternalError("a child's events are out of order");
    before = std::move(number);
  }
  // The development broker forgets the oldest records of so many.
  if (broker.real() && records->size() != static_cast<std::size_t>(count)) {
    return absl::InternalError(absl::StrCat(records->size(), " of ", count, " events arrived"));
  }
  return absl::OkStatus();
}

absl::StatusOr<double> Drain(const Options& options, int count) {
  TemporaryFolder folder;
  auto redis = RedisServer::Start(folder.path() + "/redis");
  if (!redis.ok()) return redis.status();
  auto broker = Broker::Start(folder.path() + "/broker", options.kafka_jars);
  if (!broker.ok()) return broker.status();
  Metrics metrics;
  auto store = RedisStore::Create({.port = (*redis)->port(), .service = "scheduling"}, &metrics);
  if (!WaitUntil([&] { return store->CheckLayout().ok(); }, absl::Seconds(10))) {
    return store->CheckLayout();
  }
  if (absl::Status filled = FillOutbox(*store, count); !filled.ok()) return filled;

  OutboxRelay relay(*store, metrics, KafkaOf(*broker), kTopic);
  const absl::Time start = absl::Now();
  relay.Start();
  const bool empty = WaitUntil(
      [&] {
        const auto depth = store->MeasureOutbox();
        return depth.ok() && depth->entries == 0;
      },
      kPatience);
  const double seconds = absl::ToDoubleSeconds(absl::Now() - start);
  relay.Stop();
  if (!empty) return absl::InternalError("the outbox does not drain");
  if (absl::Status order = CheckOrder(*broker, count); !order.ok()) return order;
  return count / seconds;
}

void OnDelivered(rd_kafka_t*, const rd_kafka_message_t* message, void* owner) {
  if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) ++*static_cast<int*>(owner);
}

absl::StatusOr<double> ProduceBare(const Options& options, int count) {
  TemporaryFolder folder;
  auto broker = Broker::Start(folder.path() + "/broker", options.kafka_jars);
  if (!broker.ok()) return broker.status();
  std::vector<OutboxRecord> events;
  for (int number = 0; number < count; ++number) events.push_back(EventOf(number));
  int delivered = 0;
  const absl::Time start = absl::Now();
  auto producer = MakeProducer(KafkaOf(*broker), OnDelivered, &delivered);
  if (!producer.ok()) return producer.status();
  for (const OutboxRecord& event : events) {
    while (!Produce(producer->get(), event.topic, event.key, event.value, event.headers, nullptr)
                .ok()) {
      rd_kafka_poll(producer->get(), 1);
    }
    rd_kafka_poll(producer->get(), 0);
  }
  rd_kafka_flush(producer->get(), static_cast<int>(absl::ToInt64Milliseconds(kPatience)));
  const double seconds = absl::ToDoubleSeconds(absl::Now() - start);
  if (delivered != count) return absl::InternalError("the bare producer lost records");
  return count / seconds;
}

}  // namespace

absl::Status MeasureOutbox(const Options& options, std::vector<Row>& rows) {
  const int count = options.Of(100'000);
  auto floor = MedianOf(options.rounds, [&] { return ProduceBare(options, count); });
  if (!floor.ok()) return floor.status();
  auto ours = MedianOf(options.rounds, [&] { return Drain(options, count); });
  if (!ours.ok()) return ours.status();
  rows.push_back(
      {"P6",
       absl::StrCat("outbox drain of ", count, " events",
                    KafkaServer::Available(options.kafka_jars).ok() ? ", real Kafka"
                                                                    : ", development broker",
                    "; floor: bare producer"),
       "1/s", *floor, *ours, ">= 100000/s"});
  return absl::OkStatus();
}

}  // namespace pepline::bench
