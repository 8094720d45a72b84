// Relay and consumer on a real Apache Kafka: what the development broker cannot show. Skipped, with
// the reason, where java or the fetched jars are missing (`make kafka`).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <memory>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/synchronization/mutex.h"
#include "shared/kafka/consumer.h"
#include "shared/kafka/outbox_relay.h"
#include "shared/store/memory_store.h"
#include "tests/support/topic_reader.h"
#include "tools/stack/servers/kafka_server.h"

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
    auto kafka = KafkaServer::Start(kJars, folder_.path(), TopicsFile());
    ASSERT_TRUE(kafka.ok()) << kafka.status();
    kafka_ = *std::move(kafka);
  }
  virtual std::string TopicsFile() { return PEPLINE_SOURCE "/deploy/topics.yaml"; }
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
  MemoryStore store_{16, 1'000'000};
  Metrics metrics_;
  WorkerPool pool_{4, 64};
};

TEST_F(RealKafkaTest, ATopicThatDoesNotExistIsSaidByRelayAndConsumerWithTheFix) {
  OutboxRelay relay(store_, metrics_, Kafka(), "pepline.nothing.events.v1");
  relay.Start();
  EXPECT_TRUE(Eventually([&] { return absl::IsNotFound(relay.Ready()); })) << relay.Ready();
  EXPECT_THAT(std::string(relay.Ready().message()), testing::HasSubstr("deploy/topics.yaml"));
  Consumer consumer(Kafka(),
                    {.group = "pepline.notifications", .topics = {"pepline.nothing.events.v1"}},
                    metrics_, pool_, [](const InboundRecord&) { return absl::OkStatus(); });
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
  Consumer consumer(Kafka(), {.group = "pepline.notifications", .topics = {kTopic}}, metrics_,
                    pool_, [&](const InboundRecord& record) {
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

// The one that is put out says why and counts it; between the two, every record is handled.
TEST_F(RealKafkaTest, TwoProcessesOfOneInstanceIdPutEachOtherOutInTheOpen) {
  KafkaOptions kafka = Kafka();
  kafka.extra["group.instance.id"] = "copied";
  absl::Mutex mutex;
  std::set<std::string> handled;
  const auto handle = [&](const InboundRecord& record) {
    absl::MutexLock lock(&mutex);
    handled.insert(record.value);
    return absl::OkStatus();
  };
  const ConsumerOptions options{.group = "pepline.notifications", .topics = {kTopic}};
  Consumer first(kafka, options, metrics_, pool_, handle);
  first.Start();
  ASSERT_TRUE(Eventually([&] { return first.Ready().ok(); })) << first.Ready();
  Metrics metrics;
  Consumer second(kafka, options, metrics, pool_, handle);
  second.Start();
  EXPECT_TRUE(Eventually([&] {
    return metrics_.Value("pepline_consumer_displaced_total") >= 1 &&
           metrics.Value("pepline_consumer_displaced_total") >= 1;
  }));
  EXPECT_TRUE(Eventually([&] {
    return absl::StrContains(first.Ready().message(), "group.instance.id") ||
           absl::StrContains(second.Ready().message(), "group.instance.id");
  }));
  OutboxRelay relay(store_, metrics_, Kafka(), kTopic);
  relay.Start();
  for (int i = 0; i < 100; ++i) {
    Write(absl::StrCat("child-", i), std::to_string(i));
    relay.Notify(PartitionOf(absl::StrCat("child-", i), 16));
  }
  EXPECT_TRUE(Eventually([&] {
    absl::MutexLock lock(&mutex);
    return handled.size() == 100;
  }));
}

// Two replicas of a version that reads one topic are restarted one by one with a version that reads
// another one too. Kafka gives a static member that comes back what its id had before.
TEST_F(RealKafkaTest, AVersionThatReadsAnotherTopicReadsItAfterItsReplicasWereRestartedOneByOne) {
  constexpr char kBefore[] = "pepline.registry.events.v1";
  absl::Mutex mutex;
  std::set<std::string> handled;
  const auto handle = [&](const InboundRecord& record) {
    absl::MutexLock lock(&mutex);
    handled.insert(record.value);
    return absl::OkStatus();
  };
  std::array<Metrics, 2> metrics;
  std::array<std::unique_ptr<Consumer>, 2> replicas;
  const auto start = [&](int replica, std::vector<std::string> topics) {
    KafkaOptions kafka = Kafka();
    kafka.extra["group.instance.id"] = absl::StrCat("funding-", replica);
    replicas[replica] = std::make_unique<Consumer>(
        kafka, ConsumerOptions{.group = "pepline.funding", .topics = std::move(topics)},
        metrics[replica], pool_, handle);
    replicas[replica]->Start();
    ASSERT_TRUE(Eventually([&] { return replicas[replica]->Ready().ok(); }));
  };
  const auto share_read = [&](const std::string& topic) {
    double share = 0;
    for (const Metrics& of : metrics) {
      share += of.Value("pepline_consumer_partitions_ratio", {{"topic", topic}});
    }
    return share;  // 1, but for the last digit
  };
  for (int replica : {0, 1}) ASSERT_NO_FATAL_FAILURE(start(replica, {kBefore}));
  EXPECT_TRUE(Eventually([&] { return share_read(kBefore) > 0.9999; }));
  for (int replica : {0, 1}) {
    replicas[replica].reset();
    ASSERT_NO_FATAL_FAILURE(start(replica, {kBefore, kTopic}));
  }
  OutboxRelay relay(store_, metrics_, Kafka(), kTopic);
  relay.Start();
  for (int i = 0; i < 100; ++i) Write(absl::StrCat("child-", i), std::to_string(i));
  EXPECT_TRUE(Eventually([&] {
    absl::MutexLock lock(&mutex);
    return handled.size() == 100;
  }));
  EXPECT_TRUE(
      Eventually([&] { return share_read(kBefore) > 0.9999 && share_read(kTopic) > 0.9999; }));
}

// What anybody may have written to a topic that takes records up to Kafka's default size.
TEST_F(RealKafkaTest, UnreadableRecordsAsLargeAsTheTopicTakesAreBuriedAndTheRestGoesOn) {
  constexpr std::size_t kFits = 1'040'000;       // and so does its dead letter
  constexpr std::size_t kFitsAlone = 1'048'450;  // what a dead letter adds does not
  std::atomic<int> good = 0;
  Consumer consumer(Kafka(), {.group = "pepline.notifications", .topics = {kTopic}}, metrics_,
                    pool_, [&](const InboundRecord& record) {
                      if (record.value != "good") return absl::InvalidArgumentError("not an event");
                      ++good;
                      return absl::OkStatus();
                    });
  consumer.Start();
  std::vector<std::string> values = {std::string(kFits, 'x'), "good", std::string(kFitsAlone, 'y'),
                                     "good"};
  for (const std::string& value : values) {
    Write("child-1", value);
  }
  KafkaOptions kafka = Kafka();
  kafka.extra["message.max.bytes"] = "2000000";
  OutboxRelay relay(store_, metrics_, kafka, kTopic);
  relay.Start();
  ASSERT_TRUE(Eventually([&] { return good == 2; }));
  EXPECT_EQ(metrics_.Value("pepline_consumer_dead_letters_total", {{"topic", kTopic}}), 2);

  const auto buried =
      ReadTopics(kafka_->bootstrap(), {absl::StrCat(kTopic, ".notifications.dead-letters")},
                 absl::Seconds(20));
  ASSERT_TRUE(buried.ok()) << buried.status();
  ASSERT_EQ(buried->size(), 2);
  EXPECT_EQ((*buried)[0].value.size(), kFits);
  EXPECT_EQ((*buried)[1].value, "");
  const auto& headers = (*buried)[1].headers;
  using testing::Contains;
  using testing::Pair;
  EXPECT_THAT(headers, Contains(Pair("pepline_by_reference", std::to_string(kFitsAlone))));
  EXPECT_THAT(headers, Contains(Pair("pepline_reason", "not an event")));
  EXPECT_THAT(headers, Contains(Pair("pepline_topic", kTopic)));
  EXPECT_THAT(headers, Contains(Pair("pepline_offset", "2")));
}

// The topics as somebody made them in a hurry.
class WrongTopicsTest : public RealKafkaTest {
 protected:
  std::string TopicsFile() override {
    const std::string all = ReadFile(PEPLINE_SOURCE "/deploy/topics.yaml").value_or("");
    const std::string wrong = absl::StrReplaceAll(
        all,
        {
            {"scheduling.events.v1\n    partitions: 12", "scheduling.events.v1\n    partitions: 3"},
            {"funding.events.v1\n    partitions: 12\n    retention_ms: -1\n    cleanup_policy: "
             "delete",
             "funding.events.v1\n    partitions: 12\n    retention_ms: -1\n    cleanup_policy: "
             "compact"},
        });
    const std::string path = folder_.path() + "/topics.yaml";
    EXPECT_TRUE(WriteFile(path, wrong).ok());
    return path;
  }
  std::string WhyTheConsumerWaits(const std::string& topic) {
    Consumer consumer(Kafka(), {.group = "pepline.scheduling", .topics = {topic}}, metrics_, pool_,
                      [](const InboundRecord&) { return absl::OkStatus(); });
    consumer.Start();
    EXPECT_TRUE(Eventually([&] { return absl::IsFailedPrecondition(consumer.Ready()); }))
        << consumer.Ready();
    return std::string(consumer.Ready().message());
  }
};

TEST_F(WrongTopicsTest, AreSaidWithWhatWasFoundWhatIsNeededAndTheFix) {
  OutboxRelay relay(store_, metrics_, Kafka(), kTopic);
  relay.Start();
  EXPECT_TRUE(Eventually([&] { return absl::IsFailedPrecondition(relay.Ready()); }))
      << relay.Ready();
  EXPECT_THAT(std::string(relay.Ready().message()),
              testing::AllOf(testing::HasSubstr(kTopic),
                             testing::HasSubstr("has 3 partitions and needs 12"),
                             testing::HasSubstr("--partitions 12")));
  EXPECT_THAT(WhyTheConsumerWaits("pepline.funding.events.v1"),
              testing::AllOf(testing::HasSubstr("pepline.funding.events.v1"),
                             testing::HasSubstr("cleanup.policy=compact and needs delete"),
                             testing::HasSubstr("--add-config cleanup.policy=delete")));
  // Without a topic for what it cannot read it does not begin to read.
  EXPECT_THAT(
      WhyTheConsumerWaits("pepline.registry.events.v1.funding.dead-letters"),
      testing::HasSubstr("no topic pepline.registry.events.v1.funding.dead-letters.scheduling"
                         ".dead-letters"));
}

}  // namespace
}  // namespace pepline
