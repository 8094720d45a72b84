// The relay and the order of a topic when things go wrong: outages longer than any time-out,
// records that the broker refuses, a store whose clock fell behind.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "shared/kafka/outbox_relay.h"
#include "shared/store/memory_store.h"
#include "tests/component/kafka/broker_in_process.h"
#include "tests/support/forwarding_store.h"
#include "tests/support/topic_reader.h"
#include "tools/stack/processes.h"

namespace pepline {
namespace {

using ::testing::ElementsAre;

constexpr char kTopic[] = "pepline.scheduling.events.v1";
constexpr absl::Duration kTimeout = absl::Milliseconds(300);

class RelayOrderTest : public testing::Test {
 protected:
  void SetUp() override { broker_.CreateTopic(kTopic, 12); }
  KafkaOptions Kafka() const {
    return {broker_.bootstrap(),
            "test",
            {{"message.timeout.ms", std::to_string(absl::ToInt64Milliseconds(kTimeout))}}};
  }
  void Write(MemoryStore& store, const std::string& key, const std::string& value) {
    Commit commit{.partition = PartitionOf(key, 16)};
    commit.outbox.push_back({kTopic, key, value, {}});
    ASSERT_TRUE(store.Apply(commit).ok());
  }
  std::vector<std::string> Story(const std::string& key) const {
    const auto records =
        ReadTopics(broker_.bootstrap(), {kTopic}, absl::Seconds(20), {{"fetch.wait.max.ms", "10"}});
    EXPECT_TRUE(records.ok()) << records.status();
    std::vector<std::string> story;
    if (!records.ok()) return story;
    for (const ReadRecord& record : *records) {
      if (record.key == key) story.push_back(record.value);
    }
    return story;
  }
  // A key of the partition.
  static std::string KeyOf(int partition) {
    for (int i = 0;; ++i) {
      std::string key = absl::StrCat("child-", i);
      if (PartitionOf(key, 16) == partition) return key;
    }
  }
  static bool Eventually(const std::function<bool()>& condition) {
    return WaitUntil(condition, absl::Seconds(30));
  }

  BrokerInProcess broker_;
  MemoryStore store_;
  Metrics metrics_;
};

TEST_F(RelayOrderTest, AnOutageLongerThanATimeOutLetsNoYoungerEventPassAnOlder) {
  const std::string child = KeyOf(0), other = KeyOf(15);
  absl::Notification second_is_read, third_is_read, may_send_third, others_are_read, may_go_on;
  ForwardingStore store(store_, [&](int partition, const std::vector<OutboxEntry>& entries) {
    if (entries.empty()) return;
    const std::string& value = entries.back().record.value;
    if (partition == 0 && value == "2" && !second_is_read.HasBeenNotified()) {
      second_is_read.Notify();
    }
    if (partition == 0 && value == "3" && !third_is_read.HasBeenNotified()) {
      third_is_read.Notify();
      may_send_third.WaitForNotification();
    }
    if (partition == 15 && !others_are_read.HasBeenNotified()) {
      others_are_read.Notify();
      may_go_on.WaitForNotification();
    }
  });
  OutboxRelay relay(store, metrics_, Kafka(), kTopic, {.safety_poll = absl::Seconds(60)});
  relay.Start();
  Write(store_, child, "1");
  relay.Notify(0);
  ASSERT_TRUE(Eventually([&] { return store_.MeasureOutbox()->entries == 0; }));

  broker_.CutConnections();
  Write(store_, child, "2");
  relay.Notify(0);
  ASSERT_TRUE(second_is_read.WaitForNotificationWithTimeout(absl::Seconds(30)));
  // The relay's thread is held over the end of the time-out, as by a slow Redis, and hands over the
  // third event before it hears what became of the second.
  const absl::Time outage_ends = absl::Now() + 3 * kTimeout;
  Write(store_, child, "3");
  Write(store_, other, "1");
  relay.Notify(0);
  relay.Notify(15);
  ASSERT_TRUE(third_is_read.WaitForNotificationWithTimeout(absl::Seconds(30)));
  ASSERT_TRUE(WaitUntil([&] { return absl::Now() > outage_ends; }, absl::Seconds(30)));
  broker_.RestoreConnections();
  may_send_third.Notify();
  ASSERT_TRUE(others_are_read.WaitForNotificationWithTimeout(absl::Seconds(30)));
  EXPECT_TRUE(Eventually([&] {
    const auto story = Story(child);
    return !story.empty() && story.back() == "3";
  }));
  may_go_on.Notify();
  ASSERT_TRUE(Eventually([&] { return store_.MeasureOutbox()->entries == 0; }));
  EXPECT_THAT(Story(child), ElementsAre("1", "2", "3"));
  EXPECT_EQ(metrics_.Value("pepline_producer_rebuilds_total"), 0);
}

// As by a broker that does not lead the partition yet, and does a moment later.
TEST_F(RelayOrderTest, NothingYoungerPassesTheFirstEventThatTheBrokerHearsOfAProducer) {
  const std::string child = KeyOf(0);
  for (const char* value : {"1", "2", "3"}) Write(store_, child, value);
  KafkaOptions kafka = Kafka();
  kafka.extra["batch.size"] = "1";  // each event is a request of its own
  broker_.RefuseNextRecords(RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION);
  OutboxRelay relay(store_, metrics_, kafka, kTopic);
  relay.Start();
  ASSERT_TRUE(Eventually([&] { return store_.MeasureOutbox()->entries == 0; }));
  EXPECT_THAT(Story(child), ElementsAre("1", "2", "3"));
}

TEST_F(RelayOrderTest, WhatTheBrokerRefusesIsCountedAndSentAgainBeforeAnythingYounger) {
  OutboxRelay relay(store_, metrics_, Kafka(), kTopic);
  relay.Start();
  const std::string child = KeyOf(0);
  Write(store_, child, "1");
  relay.Notify(0);
  ASSERT_TRUE(Eventually([&] { return store_.MeasureOutbox()->entries == 0; }));
  broker_.RefuseNextRecords(RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED);
  for (const char* value : {"2", "3", "4"}) {
    Write(store_, child, value);
    relay.Notify(0);
  }
  ASSERT_TRUE(Eventually([&] { return store_.MeasureOutbox()->entries == 0; }));
  EXPECT_THAT(Story(child), ElementsAre("1", "2", "3", "4"));
  EXPECT_GE(metrics_.Value("pepline_producer_rebuilds_total"), 1);
  EXPECT_GE(metrics_.Value("pepline_outbox_relay_failures_total",
                           {{"cause", "TOPIC_AUTHORIZATION_FAILED"}}),
            1);
}

TEST_F(RelayOrderTest, EntriesOfAPromotedNodeWhoseClockIsBehindAreSent) {
  ForwardingStore store(store_);
  OutboxRelay relay(store, metrics_, Kafka(), kTopic);
  relay.Start();
  const std::string child = KeyOf(0);
  for (const char* value : {"1", "2", "3"}) Write(store_, child, value);
  relay.Notify(0);
  ASSERT_TRUE(Eventually([&] { return store_.MeasureOutbox()->entries == 0; }));
  // Its entries have lower ids than those that were sent.
  MemoryStore promoted;
  Write(promoted, child, "4");
  ASSERT_LE(promoted.ReadOutbox(0, 1, "")->front().entry_id, std::string(19, '0') + "1");
  store.ForwardTo(promoted);
  relay.Notify(0);
  EXPECT_TRUE(Eventually([&] { return promoted.MeasureOutbox()->entries == 0; }));
  relay.Stop();
  EXPECT_THAT(Story(child), ElementsAre("1", "2", "3", "4"));
}

TEST_F(RelayOrderTest, APartitionThatCannotBeReachedHoldsUpNoOther) {
  OutboxRelay relay(store_, metrics_, Kafka(), kTopic);
  Write(store_, KeyOf(0), "1");
  Write(store_, KeyOf(15), "1");
  store_.away_partition = 0;
  relay.Start();
  EXPECT_TRUE(Eventually([&] { return store_.MeasureOutboxes()[15]->entries == 0; }));
  EXPECT_THAT(Story(KeyOf(15)), ElementsAre("1"));
  store_.away_partition = -1;
  EXPECT_TRUE(Eventually([&] { return store_.MeasureOutbox()->entries == 0; }));
}

}  // namespace
}  // namespace pepline
