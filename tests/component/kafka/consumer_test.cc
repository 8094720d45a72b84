// The consumer on a development broker: order, poison records, dependencies that go and come back.
#include "shared/kafka/consumer.h"

#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "shared/kafka/outbox_relay.h"
#include "shared/kafka/reception/parked_records.h"
#include "shared/store/memory_store.h"
#include "tests/component/kafka/broker_fixture.h"

namespace pepline {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::Pair;
using ::testing::SizeIs;

class ConsumerTest : public BrokerTest {
 protected:
  // Two keys whose records lie in different partitions of the topic, and one that shares the
  // partition of the first, found by where the broker has them.
  struct Keys {
    std::string first, beside, elsewhere;
  };
  Keys FindKeys() {
    for (int i = 0; i < 40; ++i) Send(absl::StrCat("key-", i), "0");
    EXPECT_TRUE(Eventually([&] { return store_.MeasureOutbox()->entries == 0; }));
    Keys keys{"key-0", "", ""};
    std::map<std::string, int> partitions;
    for (const ReadRecord& record : Records(kTopic)) partitions[record.key] = record.partition;
    for (const auto& [key, partition] : partitions) {
      if (key == keys.first) continue;
      (partition == partitions[keys.first] ? keys.beside : keys.elsewhere) = key;
    }
    return keys;
  }

  void SetUp() override {
    BrokerTest::SetUp();
    relay_ = std::make_unique<OutboxRelay>(store_, metrics_, Kafka(), kTopic);
    relay_->Start();
  }
  void Send(const std::string& key, const std::string& value) {
    Commit commit{.partition = PartitionOf(key, 16)};
    commit.outbox.push_back({kTopic, key, value, {{"ce_type", "test"}}});
    ASSERT_TRUE(store_.Apply(commit).ok());
    relay_->Notify(commit.partition);
  }
  void Start(Consumer::Handler handler = {}, std::vector<std::string> topics = {kTopic}) {
    consumer_ = std::make_unique<Consumer>(
        Kafka(),
        ConsumerOptions{
            .group = "pepline.notifications", .topics = std::move(topics), .store = &own_store_},
        consumer_metrics_, pool_, [this, handler](const InboundRecord& record) {
          const absl::Status status = handler ? handler(record) : absl::OkStatus();
          absl::MutexLock lock(&mutex_);
          if (status.ok()) handled_[record.key].push_back(record.value);
          ++asked_;
          return status;
        });
    consumer_->Start();
  }
  std::vector<std::string> Handled(const std::string& key) {
    absl::MutexLock lock(&mutex_);
    return handled_[key];
  }
  int Asked() {
    absl::MutexLock lock(&mutex_);
    return asked_;
  }

  MemoryStore store_, own_store_;
  std::unique_ptr<OutboxRelay> relay_;
  WorkerPool pool_{8, 64};
  Metrics consumer_metrics_;
  absl::Mutex mutex_;
  std::map<std::string, std::vector<std::string>> handled_ ABSL_GUARDED_BY(mutex_);
  int asked_ ABSL_GUARDED_BY(mutex_) = 0;
  std::unique_ptr<Consumer> consumer_;
};

TEST_F(ConsumerTest, HandsOverEveryRecordOfAKeyInOrder) {
  constexpr int kKeys = 10, kEach = 100;
  for (int i = 0; i < kEach; ++i) {
    for (int key = 0; key < kKeys; ++key) Send(absl::StrCat("child-", key), std::to_string(i));
  }
  Start();
  std::vector<std::string> wanted;
  for (int i = 0; i < kEach; ++i) wanted.push_back(std::to_string(i));
  ASSERT_TRUE(Eventually([&] { return Asked() >= kKeys * kEach; }));
  for (int key = 0; key < kKeys; ++key) {
    EXPECT_THAT(Handled(absl::StrCat("child-", key)), ElementsAreArray(wanted));
  }
  EXPECT_TRUE(consumer_->Ready().ok());
}

TEST_F(ConsumerTest, ARecordThatCannotBeReadGoesToTheDeadLettersWithTheReasonAndTheRestGoesOn) {
  Send("child-1", "good");
  Send("child-1", "garbage");
  Send("child-1", "good too");
  Start([](const InboundRecord& record) {
    return record.value == "garbage" ? absl::InvalidArgumentError("not a SchedulingEvent")
                                     : absl::OkStatus();
  });
  ASSERT_TRUE(Eventually([&] { return Asked() == 3; }));
  EXPECT_THAT(Handled("child-1"), ElementsAre("good", "good too"));
  const auto buried = Records(absl::StrCat(kTopic, ".notifications.dead-letters"));
  ASSERT_THAT(buried, SizeIs(1));
  EXPECT_EQ(buried[0].value, "garbage");
  EXPECT_EQ(buried[0].key, "child-1");
  EXPECT_THAT(buried[0].headers, Contains(Pair("pepline_reason", "not a SchedulingEvent")));
  EXPECT_THAT(buried[0].headers, Contains(Pair("pepline_topic", kTopic)));
  EXPECT_THAT(buried[0].headers, Contains(Pair("ce_type", "test")));
  EXPECT_EQ(consumer_metrics_.Value("pepline_consumer_dead_letters_total", {{"topic", kTopic}}), 1);
}

TEST_F(ConsumerTest, WhileADependencyIsAwayTheSameRecordIsTriedAgainAndNoneIsSkipped) {
  std::atomic<bool> away = true;
  for (const char* value : {"1", "2", "3"}) Send("child-1", value);
  Start([&](const InboundRecord&) {
    return away ? absl::UnavailableError("the store is away") : absl::OkStatus();
  });
  ASSERT_TRUE(Eventually([&] { return Asked() >= 3; }));
  EXPECT_THAT(Handled("child-1"), testing::IsEmpty());
  away = false;
  ASSERT_TRUE(Eventually([&] { return Handled("child-1").size() == 3; }));
  EXPECT_THAT(Handled("child-1"), ElementsAre("1", "2", "3"));
  EXPECT_GE(consumer_metrics_.Value("pepline_consumer_retries_total"), 2);
}

TEST_F(ConsumerTest, WhatWasNotDoneComesAgainAfterARestart) {
  std::atomic<bool> away = true;
  Send("child-1", "1");
  Start([&](const InboundRecord&) {
    return away ? absl::UnavailableError("the store is away") : absl::OkStatus();
  });
  ASSERT_TRUE(Eventually([&] { return Asked() >= 2; }));
  consumer_->Stop();
  away = false;
  Start();
  EXPECT_TRUE(Eventually([&] { return Handled("child-1").size() == 1; }));
}

TEST_F(ConsumerTest, WhatWasDoneDoesNotComeAgainAfterAGracefulStop) {
  Send("child-1", "1");
  Start();
  ASSERT_TRUE(Eventually([&] { return Handled("child-1").size() == 1; }));
  consumer_->Stop();
  Start();
  Send("child-1", "2");
  ASSERT_TRUE(Eventually([&] { return Handled("child-1").size() >= 2; }));
  EXPECT_THAT(Handled("child-1"), ElementsAre("1", "2"));
}

TEST_F(ConsumerTest, PartitionsThatWerePausedWhenTheyWereTakenAwayAreReadAgainWhenTheyComeBack) {
  std::atomic<bool> away = true;
  Send("child-1", "1");
  Start([&](const InboundRecord&) {
    return away ? absl::UnavailableError("the store is away") : absl::OkStatus();
  });
  ASSERT_TRUE(Eventually([&] { return Asked() >= 2; }));
  // Another replica comes and goes, so that every partition is taken away and given back.
  std::atomic<int> by_the_other = 0;
  Consumer other(Kafka("other"), {.group = "pepline.notifications", .topics = {kTopic}}, metrics_,
                 pool_, [&](const InboundRecord&) {
                   ++by_the_other;
                   return absl::UnavailableError("the store is away");
                 });
  other.Start();
  ASSERT_TRUE(Eventually([&] { return other.Ready().ok(); }));
  other.Stop();
  away = false;
  std::vector<std::string> keys;
  for (int i = 1; i <= 40; ++i) keys.push_back(absl::StrCat("child-", i));
  for (const std::string& key : keys) Send(key, "2");
  EXPECT_TRUE(Eventually([&] {
    return std::ranges::all_of(keys, [&](const std::string& key) {
      const auto handled = Handled(key);
      return !handled.empty() && handled.back() == "2";
    });
  }));
  EXPECT_THAT(Handled("child-1"), ElementsAre("1", "2"));
}

TEST_F(ConsumerTest, AKeyThatWaitsHoldsUpNeitherOtherPartitionsNorItsOwn) {
  const Keys keys = FindKeys();
  std::atomic<bool> away = true;
  Start([&](const InboundRecord& record) {
    return away && record.key == keys.first ? absl::UnavailableError("its Redis node is away")
                                            : absl::OkStatus();
  });
  ASSERT_TRUE(Eventually([&] { return !Handled(keys.elsewhere).empty(); }));
  for (const char* value : {"1", "2"}) {
    for (const std::string& key : {keys.first, keys.beside, keys.elsewhere}) Send(key, value);
  }
  EXPECT_TRUE(Eventually([&] { return Handled(keys.elsewhere).size() == 3; }));
  EXPECT_TRUE(Eventually([&] { return Handled(keys.beside).size() == 3; }));
  EXPECT_THAT(Handled(keys.first), testing::IsEmpty());
  // What waits is neither lost nor stored as done: it comes again, to whoever reads next.
  consumer_->Stop();
  away = false;
  Start();
  EXPECT_TRUE(Eventually([&] { return Handled(keys.first).size() == 3; }));
  EXPECT_THAT(Handled(keys.first), ElementsAre("0", "1", "2"));
}

TEST_F(ConsumerTest, ARecordThatRetryingDoesNotMendIsParkedWithWhatFollowsAndTheRestGoesOn) {
  const Keys keys = FindKeys();
  std::atomic<bool> mended = false;
  Start([&](const InboundRecord& record) {
    return !mended && record.key == keys.first && record.value == "1"
               ? absl::DataLossError("a stored child cannot be read")
               : absl::OkStatus();
  });
  for (const char* value : {"1", "2"}) {
    for (const std::string& key : {keys.first, keys.beside}) Send(key, value);
  }
  ASSERT_TRUE(Eventually([&] { return Handled(keys.beside).size() == 3; }));
  ASSERT_TRUE(
      Eventually([&] { return consumer_metrics_.Value("pepline_consumer_parked_keys") == 1; }));
  EXPECT_THAT(Handled(keys.first), ElementsAre("0"));
  const auto parked = [&] { return *ParkedRecords::ListAll(own_store_); };
  ASSERT_TRUE(Eventually([&] { return parked().front().records.records_size() == 2; }));
  const std::string id = parked().front().id;
  EXPECT_EQ(id, absl::StrCat(kTopic, "/key/", keys.first));
  EXPECT_EQ(parked().front().records.reason(), "a stored child cannot be read");
  // Who goes by what was heard of this key goes by what was heard before (notifications).
  EXPECT_TRUE(Eventually([&] {
    const absl::Time beside = consumer_->CaughtUpSince(kTopic, keys.beside);
    return beside > consumer_->CaughtUpSince(kTopic, keys.first);
  }));
  // Its offsets are stored: it does not come again from the topic, and waits over a restart.
  consumer_->Stop();
  const int asked = Asked();
  Start([&](const InboundRecord&) {
    return mended ? absl::OkStatus() : absl::DataLossError("a stored child cannot be read");
  });
  ASSERT_TRUE(Eventually([&] { return consumer_->Ready().ok(); }));
  EXPECT_EQ(Asked(), asked);
  mended = true;
  ASSERT_TRUE(ParkedRecords::Release(own_store_, id).ok());
  EXPECT_TRUE(Eventually([&] { return Handled(keys.first).size() == 3; }));
  EXPECT_THAT(Handled(keys.first), ElementsAre("0", "1", "2"));
  EXPECT_TRUE(
      Eventually([&] { return consumer_metrics_.Value("pepline_consumer_parked_keys") == 0; }));
  Send(keys.first, "3");
  EXPECT_TRUE(Eventually([&] { return Handled(keys.first).size() == 4; }));
}

TEST_F(ConsumerTest, AParkedRecordThatAnOperatorGivesUpLetsTheOthersOfItsKeyGoOn) {
  Send("child-1", "bad");
  Send("child-1", "good");
  Start([&](const InboundRecord& record) {
    return record.value == "bad" ? absl::InternalError("cannot be handled") : absl::OkStatus();
  });
  ASSERT_TRUE(Eventually([&] {
    const auto all = ParkedRecords::ListAll(own_store_);
    return all.ok() && !all->empty() && all->front().records.records_size() == 2;
  }));
  const std::string id = ParkedRecords::ListAll(own_store_)->front().id;
  EXPECT_TRUE(absl::IsNotFound(ParkedRecords::Skip(own_store_, "another", "mistaken")));
  ASSERT_TRUE(ParkedRecords::Skip(own_store_, id, "the child's file was closed").ok());
  EXPECT_TRUE(Eventually([&] { return !Handled("child-1").empty(); }));
  EXPECT_THAT(Handled("child-1"), ElementsAre("good"));
}

TEST_F(ConsumerTest, LagIsMeasuredWhileEverythingIsStuckAndItsAgeTellsWhenTheBrokerIsGone) {
  std::atomic<bool> away = true;
  Start([&](const InboundRecord&) {
    return away ? absl::UnavailableError("the store is away") : absl::OkStatus();
  });
  Send("child-1", "1");
  const auto lag = [&] {
    return consumer_metrics_.Value("pepline_consumer_lag_records", {{"topic", kTopic}});
  };
  EXPECT_TRUE(Eventually([&] { return lag() == 1; }));
  for (const char* value : {"2", "3", "4", "5"}) Send("child-1", value);
  EXPECT_TRUE(Eventually([&] { return lag() == 5; }));
  EXPECT_TRUE(Eventually([&] {
    consumer_metrics_.UpdateLoops();
    return consumer_metrics_.Value("pepline_loop_oldest_waiting_seconds", {{"loop", "consumer"}}) >
           1;
  }));
  const int partition = Records(kTopic).front().partition;
  const absl::Time handled_at = absl::Now();
  EXPECT_LT(consumer_->CaughtUpSince(kTopic, partition), handled_at);
  EXPECT_LT(consumer_->CaughtUpSince(kTopic, "child-1"), handled_at);
  away = false;
  EXPECT_TRUE(Eventually([&] { return lag() == 0; }));
  EXPECT_TRUE(Eventually([&] { return consumer_->CaughtUpSince(kTopic, partition) > handled_at; }));
  EXPECT_TRUE(Eventually([&] { return consumer_->CaughtUpSince(kTopic, "child-1") > handled_at; }))
      << "the same by the key";
  EXPECT_EQ(consumer_->CaughtUpSince("pepline.funding.events.v1", 0), absl::InfinitePast());
  broker_->Kill();
  EXPECT_TRUE(Eventually(
      [&] { return consumer_metrics_.Value("pepline_consumer_lag_measured_age_seconds") > 4; }));
}

}  // namespace
}  // namespace pepline
