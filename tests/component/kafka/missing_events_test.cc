// What a service does about events that do not come as they must: one is missing, or a number was
// used twice.
#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "pepline/runtime/v1/any_event.pb.h"
#include "shared/kafka/consumer.h"
#include "shared/kafka/outbox_relay.h"
#include "shared/kafka/reception/parked_records.h"
#include "shared/store/memory_store.h"
#include "tests/component/kafka/broker_fixture.h"

namespace pepline {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class MissingEventsTest : public BrokerTest {
 protected:
  void SetUp() override {
    BrokerTest::SetUp();
    relay_ = std::make_unique<OutboxRelay>(sent_, metrics_, Kafka(), kTopic);
    relay_->Start();
  }
  static std::string Event(const std::string& aggregate, int version, const std::string& trace) {
    runtime::v1::AnyEvent event;
    event.mutable_header()->set_aggregate_id(aggregate);
    event.mutable_header()->set_aggregate_version(static_cast<std::uint64_t>(version));
    event.mutable_header()->set_traceparent(trace);
    return event.SerializeAsString();
  }
  void Send(const std::string& aggregate, int version, const std::string& trace = "") {
    Commit commit{.partition = PartitionOf("child-1", 16)};
    commit.outbox.push_back({kTopic, "child-1", Event(aggregate, version, trace), {}});
    ASSERT_TRUE(sent_.Apply(commit).ok());
    relay_->Notify(commit.partition);
  }
  void Start() {
    consumer_ = std::make_unique<Consumer>(
        Kafka(),
        ConsumerOptions{.group = "pepline.notifications", .topics = {kTopic}, .store = &store_},
        metrics_, pool_, [this](const InboundRecord& record) {
          runtime::v1::AnyEvent event;
          if (!event.ParseFromString(record.value)) return absl::InternalError("no event");
          if (event.header().traceparent() == "unreadable") {
            return absl::InvalidArgumentError("not an event of its topic's contract");
          }
          absl::MutexLock lock(&mutex_);
          handled_.push_back(
              absl::StrCat(event.header().aggregate_id(), ":", event.header().aggregate_version()));
          return absl::OkStatus();
        });
    consumer_->Start();
  }
  std::vector<std::string> Handled() {
    absl::MutexLock lock(&mutex_);
    return handled_;
  }
  double Gaps() { return metrics_.Value("pepline_consumer_gaps_total"); }
  double Reuses() { return metrics_.Value("pepline_consumer_version_reuses_total"); }

  MemoryStore sent_, store_, older_;
  std::unique_ptr<OutboxRelay> relay_;
  WorkerPool pool_{8, 64};
  absl::Mutex mutex_;
  std::vector<std::string> handled_ ABSL_GUARDED_BY(mutex_);
  std::unique_ptr<Consumer> consumer_;
};

TEST_F(MissingEventsTest, AnEventBeforeWhichOneIsMissingWaitsForItAndOthersGoOn) {
  Start();
  Send("a", 1);
  Send("a", 3);
  Send("a", 4);
  Send("b", 1);
  ASSERT_TRUE(Eventually([&] { return Gaps() == 1; }));
  ASSERT_TRUE(Eventually([&] { return Handled().size() == 2; }));
  EXPECT_THAT(Handled(), ElementsAre("a:1", "b:1"));
  const auto parked = *ParkedRecords::ListAll(store_);
  ASSERT_THAT(parked, SizeIs(1));
  EXPECT_EQ(parked.front().id, absl::StrCat(kTopic, "/a"));
  EXPECT_THAT(parked.front().records.reason(), HasSubstr("event 2 of this sender is missing"));
  // It comes late; what waited follows in order.
  Send("a", 2);
  ASSERT_TRUE(Eventually([&] { return Handled().size() == 5; }));
  EXPECT_THAT(Handled(), ElementsAre("a:1", "b:1", "a:2", "a:3", "a:4"));
  Send("a", 5);
  EXPECT_TRUE(Eventually([&] { return Handled().size() == 6; }));
  EXPECT_EQ(Gaps(), 1);
}

TEST_F(MissingEventsTest, OfAServiceThatReadsFromTheBeginningTheFirstEventIsMissedToo) {
  Start();
  Send("a", 2);
  ASSERT_TRUE(Eventually([&] { return Gaps() == 1; }));
  Send("a", 1);
  ASSERT_TRUE(Eventually([&] { return Handled().size() == 2; }));
  EXPECT_THAT(Handled(), ElementsAre("a:1", "a:2"));
}

TEST_F(MissingEventsTest, WhatIsKnownOfReceivedEventsLastsAndABuriedRecordLeavesNoGap) {
  Start();
  Send("a", 1);
  Send("a", 2, "unreadable");
  Send("a", 3);
  ASSERT_TRUE(Eventually([&] { return Handled().size() == 2; }));
  consumer_->Stop();
  EXPECT_EQ(store_.LoadReceived({{"child-1", "a"}}).front().value()->version, 3);
  Start();
  Send("a", 4);
  Send("a", 6);
  ASSERT_TRUE(Eventually([&] { return Gaps() == 1; }));
  EXPECT_THAT(Handled(), ElementsAre("a:1", "a:3", "a:4"));
}

TEST_F(MissingEventsTest, WhatWasPassedOverIsFoundInItsTopicAndHandledBeforeWhatWaits) {
  Start();
  for (int version = 1; version <= 4; ++version) Send("a", version);
  ASSERT_TRUE(Eventually([&] { return Handled().size() == 4; }));
  consumer_->Stop();
  // The store is one that had received the first event alone, while the group is behind the fourth.
  auto consumer = std::make_unique<Consumer>(
      Kafka(),
      ConsumerOptions{.group = "pepline.notifications", .topics = {kTopic}, .store = &older_},
      metrics_, pool_, [this](const InboundRecord& record) {
        runtime::v1::AnyEvent event;
        if (!event.ParseFromString(record.value)) return absl::InternalError("no event");
        absl::MutexLock lock(&mutex_);
        handled_.push_back(absl::StrCat("again ", event.header().aggregate_version()));
        return absl::OkStatus();
      });
  ASSERT_TRUE(older_.KeepReceived({{{"child-1", "a"}, {1, 0}}}).ok());
  consumer->Start();
  Send("a", 5);
  ASSERT_TRUE(Eventually([&] { return Gaps() == 1; }));
  ASSERT_TRUE(ParkedRecords::Release(older_, absl::StrCat(kTopic, "/a")).ok());
  ASSERT_TRUE(Eventually([&] { return Handled().size() == 8; }));
  EXPECT_THAT(Handled(),
              ElementsAre("a:1", "a:2", "a:3", "a:4", "again 2", "again 3", "again 4", "again 5"));
}

TEST_F(MissingEventsTest, AnOperatorGivesUpWhatIsMissingAndTheRestFollows) {
  Start();
  Send("a", 1);
  Send("a", 3);
  ASSERT_TRUE(Eventually([&] { return Gaps() == 1; }));
  ASSERT_TRUE(ParkedRecords::Skip(store_, absl::StrCat(kTopic, "/a"), "lost with its Redis").ok());
  ASSERT_TRUE(Eventually([&] { return Handled().size() == 2; }));
  EXPECT_THAT(Handled(), ElementsAre("a:1", "a:3"));
  Send("a", 4);
  EXPECT_TRUE(Eventually([&] { return Handled().size() == 3; }));
}

TEST_F(MissingEventsTest, ANumberThatWasUsedAgainForAnotherEventIsCountedAndARepetitionIsNot) {
  Start();
  Send("a", 1);
  Send("a", 2, "one");
  Send("a", 2, "one");
  ASSERT_TRUE(Eventually([&] { return Handled().size() == 3; }));
  EXPECT_EQ(Reuses(), 0);
  Send("a", 2, "another");
  EXPECT_TRUE(Eventually([&] { return Reuses() == 1; }));
  EXPECT_EQ(Gaps(), 0);
}

}  // namespace
}  // namespace pepline
