// Relay and consumer on a real Apache Kafka: what the development broker cannot show. Skipped, with
// the reason, where java or the fetched jars are missing (`make kafka`).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "shared/runtime/consumer.h"
#include "shared/runtime/fake_store.h"
#include "shared/runtime/outbox_relay.h"
#include "tests/support/topic_reader.h"
#include "tools/stack/kafka_server.h"

namespace pepline {
namespace {

constexpr char kTopic[] = "pepline.scheduling.events.v1";
constexpr char kJars[] = PEPLINE_SOURCE "/.cache/kafka";

class RealKafkaTest : public testing::Test {
 protected:
  void SetUp() override {
    if (const absl::Status status = KafkaServer::Available(kJars); !status.ok()) {
      GTEST_SKIP() << status.message();
    }
    auto kafka = KafkaServer::Start(kJars, folder_.path(), PEPLINE_SOURCE "/deploy/topics.yaml");
    ASSERT_TRUE(kafka.ok()) << kafka.status();
    kafka_ = *std::move(kafka);
  }
  KafkaOptions Kafka() const { return {kafka_->bootstrap(), "test", {}}; }
  void Write(const std::string& key, const std::string& value) {
    Commit commit{.partition = PartitionOf(key, 16)};
    commit.outbox.push_back({kTopic, key, value, {}});
    ASSERT_TRUE(store_.Apply(commit).ok());
  }
  static bool Eventually(const std::function<bool()>& condition) {
    return WaitUntil(condition, absl::Seconds(60));
  }

  TemporaryFolder folder_;
  std::unique_ptr<KafkaServer> kafka_;
  FakeStore store_{16, 1'000'000};
  Metrics metrics_;
  WorkerPool pool_{4, 64};
};

TEST_F(RealKafkaTest, ATopicThatDoesNotExistIsSaidByRelayAndConsumerWithTheFix) {
  OutboxRelay relay(store_, metrics_, Kafka(), "pepline.nothing.events.v1");
  relay.Start();
  EXPECT_TRUE(Eventually([&] { return absl::IsNotFound(relay.Ready()); })) << relay.Ready();
  EXPECT_THAT(std::string(relay.Ready().message()), testing::HasSubstr("deploy/topics.yaml"));
  Consumer consumer(Kafka(), {.group = "g", .topics = {"pepline.nothing.events.v1"}}, metrics_,
                    pool_, [](const InboundRecord&) { return absl::OkStatus(); });
  consumer.Start();
  EXPECT_TRUE(Eventually([&] { return absl::IsFailedPrecondition(consumer.Ready()); }))
      << consumer.Ready();
}

// A broker that is killed in the middle of a stream: every event arrives, in order per key, and the
// consumer's effects are complete.
TEST_F(RealKafkaTest, AKilledBrokerDelaysEventsAndLosesNone) {
  constexpr int kKeys = 8, kEach = 400;
  absl::Mutex mutex;
  std::map<std::string, int> highest;  // the last number each key has seen, without a gap
  int gaps = 0;
  OutboxRelay relay(store_, metrics_, Kafka(), kTopic);
  relay.Start();
  Consumer consumer(Kafka(), {.group = "g", .topics = {kTopic}}, metrics_, pool_,
                    [&](const InboundRecord& record) {
                      absl::MutexLock lock(&mutex);
                      int& last = highest[record.key];
                      const int number = std::stoi(record.value);
                      if (number > last + 1) ++gaps;
                      last = std::max(last, number);
                      return absl::OkStatus();
                    });
  consumer.Start();
  for (int i = 1; i <= kEach; ++i) {
    for (int key = 0; key < kKeys; ++key) {
      Write(absl::StrCat("child-", key), std::to_string(i));
      relay.Notify(PartitionOf(absl::StrCat("child-", key), 16));
    }
    if (i == kEach / 2) {
      ASSERT_TRUE(Eventually([&] { return relay.Ready().ok() && consumer.Ready().ok(); }));
      kafka_->Kill();
    }
  }
  ASSERT_TRUE(kafka_->Launch().ok());
  EXPECT_TRUE(Eventually([&] { return store_.MeasureOutbox()->entries == 0; }));
  EXPECT_TRUE(Eventually([&] {
    absl::MutexLock lock(&mutex);
    int done = 0;
    for (const auto& [key, last] : highest) done += last == kEach ? 1 : 0;
    return done == kKeys;
  }));
  EXPECT_EQ(gaps, 0);
}

}  // namespace
}  // namespace pepline
