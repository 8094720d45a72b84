// A Kafka client that stands for ever with its partitions after a broker's answer, and says nothing
// that tells so: the consumer notices by what is not read, and makes a new one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "shared/kafka/consumer.h"
#include "shared/kafka/kafka_topics.h"
#include "shared/kafka/outbox_relay.h"
#include "shared/store/memory_store.h"
#include "tests/component/kafka/broker_in_process.h"
#include "tools/stack/processes.h"

namespace pepline {
namespace {

constexpr char kTopic[] = "pepline.scheduling.events.v1";
constexpr char kService[] = "notifications";
constexpr absl::Duration kPatience = absl::Seconds(90);
// The consumer's own question at an assignment, its client's, and some of whoever measures the lag.
constexpr int kRefusedQuestions = 4;

TEST(ConsumerStandsTest, AClientThatReadsNothingThoughThereIsMoreIsMadeAnew) {
  BrokerInProcess broker;
  broker.CreateTopic(kTopic, 12);
  broker.CreateTopic(DeadLetterTopic(kTopic, kService), 1);
  const KafkaOptions kafka{broker.bootstrap(), "test", {{"session.timeout.ms", "4000"}}};
  Metrics metrics;
  MemoryStore store, own_store;
  OutboxRelay relay(store, metrics, kafka, kTopic);
  relay.Start();
  Commit commit{.partition = 0};
  commit.outbox.push_back({kTopic, "child-1", "value", {}});
  ASSERT_TRUE(store.Apply(commit).ok());
  relay.Notify(0);

  broker.RefuseOffsets(kRefusedQuestions, RD_KAFKA_RESP_ERR_UNKNOWN);
  WorkerPool pool(4, 64);
  std::atomic<int> handled = 0;
  Consumer consumer(kafka,
                    {.group = "pepline.notifications", .topics = {kTopic}, .store = &own_store},
                    metrics, pool, [&](const InboundRecord&) {
                      ++handled;
                      return absl::OkStatus();
                    });
  consumer.Start();
  EXPECT_TRUE(WaitUntil([&] { return handled > 0; }, kPatience));
  EXPECT_TRUE(WaitUntil([&] { return consumer.Ready().ok(); }, kPatience));
}

}  // namespace
}  // namespace pepline
