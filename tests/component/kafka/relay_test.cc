// The relay from the store in memory to a development broker, and to none.
#include <gmock/gmock.h>

#include <atomic>
#include <chrono>

#include "absl/strings/str_cat.h"
#include "shared/kafka/outbox_relay.h"
#include "shared/observability/heartbeat.h"
#include "shared/store/memory_store.h"
#include "tests/component/kafka/broker_fixture.h"
#include "tests/support/forwarding_store.h"

namespace pepline {
namespace {

using ::testing::ElementsAreArray;
using ::testing::SizeIs;

class RelayTest : public BrokerTest {
 protected:
  void Write(const std::string& key, const std::string& value) {
    Commit commit{.partition = PartitionOf(key, 16)};
    commit.outbox.push_back(
        {kTopic, key, value, {{"ce_id", value}, {"content-type", "application/protobuf"}}});
    ASSERT_TRUE(store_.Apply(commit).ok());
  }
  bool Empty() { return store_.MeasureOutbox()->entries == 0; }

  MemoryStore store_;
};

class CountingStore : public ForwardingStore {
 public:
  using ForwardingStore::ForwardingStore;
  absl::StatusOr<std::vector<OutboxEntry>> ReadOutbox(int partition, int limit,
                                                      std::string_view after) override {
    ++asked;
    return ForwardingStore::ReadOutbox(partition, limit, after);
  }
  std::atomic<int> asked = 0;
};

TEST_F(RelayTest, CopiesKeyValueAndHeadersExactlyAndEmptiesTheOutbox) {
  OutboxRelay relay(store_, metrics_, Kafka(), kTopic);
  relay.Start();
  Write("child-1", std::string("a\0b\xff", 4));
  relay.Notify(PartitionOf("child-1", 16));
  ASSERT_TRUE(Eventually([&] { return Empty(); }));
  const auto records = Records(kTopic);
  ASSERT_THAT(records, SizeIs(1));
  EXPECT_EQ(records[0].key, "child-1");
  EXPECT_EQ(records[0].value, std::string("a\0b\xff", 4));
  using Header = std::pair<std::string, std::string>;
  EXPECT_THAT(records[0].headers,
              testing::ElementsAre(Header("ce_id", std::string("a\0b\xff", 4)),
                                   Header("content-type", "application/protobuf")));
  EXPECT_EQ(metrics_.Value("pepline_outbox_relayed_total"), 1);
}

TEST_F(RelayTest, KeepsTheOrderOfEveryKey) {
  constexpr int kKeys = 20, kEach = 200;
  for (int i = 0; i < kEach; ++i) {
    for (int key = 0; key < kKeys; ++key) Write(absl::StrCat("child-", key), std::to_string(i));
  }
  OutboxRelay relay(store_, metrics_, Kafka(), kTopic);
  relay.Start();
  ASSERT_TRUE(Eventually([&] { return Empty(); }));
  std::map<std::string, std::vector<std::string>> stories;
  for (const ReadRecord& record : Records(kTopic)) stories[record.key].push_back(record.value);
  std::vector<std::string> wanted;
  for (int i = 0; i < kEach; ++i) wanted.push_back(std::to_string(i));
  ASSERT_THAT(stories, SizeIs(kKeys));
  for (const auto& [key, story] : stories) EXPECT_THAT(story, ElementsAreArray(wanted)) << key;
}

TEST_F(RelayTest, WithoutABrokerEverythingStaysInTheOutbox) {
  KafkaOptions nowhere = Kafka();
  nowhere.bootstrap_servers = absl::StrCat("127.0.0.1:", FreePort());
  Write("child-1", "a");
  OutboxRelay relay(store_, metrics_, nowhere, kTopic);
  relay.Start();
  EXPECT_TRUE(Eventually([&] { return absl::IsUnavailable(relay.Ready()); }));
  relay.Stop();
  EXPECT_EQ(store_.MeasureOutbox()->entries, 1);
}

TEST_F(RelayTest, WritesOnWhenTheStoreWasAway) {
  OutboxRelay relay(store_, metrics_, Kafka(), kTopic);
  relay.Start();
  ASSERT_TRUE(Eventually([&] { return relay.Ready().ok(); }));
  Write("child-1", "a");
  store_.away = true;
  relay.Notify(PartitionOf("child-1", 16));
  store_.away = false;
  EXPECT_TRUE(Eventually([&] { return Empty(); }));
}

TEST_F(RelayTest, WhatABrokerThatDiedHasNotTakenStaysInTheOutboxAlsoWhenTheRelayStops) {
  Write("child-1", "a");
  OutboxRelay relay(store_, metrics_, Kafka(), kTopic);
  relay.Start();
  ASSERT_TRUE(Eventually([&] { return Empty(); }));
  broker_->Kill();
  Write("child-1", "b");
  relay.Notify(PartitionOf("child-1", 16));
  relay.Stop();
  EXPECT_EQ(store_.MeasureOutbox()->entries, 1);
}

TEST_F(RelayTest, LeavesAnotherReplicasShareToItAndSendsWhatThatOneLeavesLying) {
  PartitionOwnership ownership;
  OutboxRelay relay(store_, metrics_, Kafka(), kTopic, {.ownership = &ownership});
  relay.Start();
  Write("child-0", "before");
  ASSERT_TRUE(Eventually([&] { return Empty(); }));
  ownership.Learn({ownership.replica(), "zzz"});  // the partitions of odd numbers are the other's
  std::string another = "child-1";
  for (int i = 2; PartitionOf(another, 16) % 2 == 0; ++i) another = absl::StrCat("child-", i);
  const int partition = PartitionOf(another, 16);
  // The other replica sends in time, so that the head is never the same at two peeks.
  const absl::Time until = absl::Now() + absl::Milliseconds(500);
  while (absl::Now() < until) {
    Write(another, "by the other");
    relay.Notify(partition);
    ASSERT_TRUE(
        store_.DeleteOutbox(partition, {store_.ReadOutbox(partition, 1, "")->front().entry_id})
            .ok());
  }
  EXPECT_EQ(metrics_.Value("pepline_outbox_relayed_total"), 1);
  // Now it does not.
  Write(another, "a");
  Write(another, "b");
  relay.Notify(partition);
  ASSERT_TRUE(Eventually([&] { return Empty(); }));
  std::vector<std::string> story;
  for (const ReadRecord& record : Records(kTopic)) {
    if (record.key == another) story.push_back(record.value);
  }
  EXPECT_THAT(story, testing::ElementsAre("a", "b"));
}

// A loop that does not pause between its questions takes a whole processor for as long as Redis is
// away, from everybody else on the node.
TEST_F(RelayTest, TurnsNoOftenerThanItAsksWhileTheStoreIsAway) {
  std::atomic<int> turns = 0;
  metrics_.heartbeats().CountOn([&] {
    ++turns;
    return std::chrono::steady_clock::now();
  });
  CountingStore store(store_);
  PartitionOwnership ownership;
  OutboxRelay relay(store, metrics_, Kafka(), kTopic, {.ownership = &ownership});
  relay.Start();
  Write("child-1", "a");
  ASSERT_TRUE(Eventually([&] { return Empty(); }));
  ownership.Learn({ownership.replica(), "zzz"});  // half of the partitions are peeked at
  store_.away = true;
  for (int partition = 0; partition < 16; ++partition) relay.Notify(partition);
  const int asked = store.asked, turned = turns;
  ASSERT_TRUE(Eventually([&] { return store.asked > asked + 40; }));
  EXPECT_LT(turns - turned, 10 * (store.asked - asked));
}

}  // namespace
}  // namespace pepline
