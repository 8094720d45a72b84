// Whatever stands still shows: each loop is stopped in turn, and the alert rules as they are
// shipped are asked on what the process exposes. Within a minute one fires that names the loop,
// while the others move and are not blamed.
#include <gmock/gmock.h>

#include "absl/synchronization/notification.h"
#include "shared/engine/gauges.h"
#include "shared/engine/waker.h"
#include "shared/kafka/consumer.h"
#include "shared/kafka/outbox_relay.h"
#include "shared/observability/heartbeat.h"
#include "shared/store/memory_store.h"
#include "tests/component/kafka/broker_fixture.h"
#include "tests/component/silence/sampled_rules.h"
#include "tests/support/promtool.h"

namespace pepline {
namespace {

class SilenceTest : public BrokerTest {
 protected:
  void SetUp() override {
    if (const absl::Status status = PromtoolAvailable(); !status.ok()) {
      GTEST_SKIP() << status.message();
    }
    BrokerTest::SetUp();
    metrics_.heartbeats().CountOn([this] { return model_now_.load(); });
  }

  // A minute of model time from now on. Those of the loops that do not stand come round meanwhile.
  std::set<std::string> FiringAfterAMinute(const std::string& standing = "") {
    SampledRules rules;
    rules.Sample(metrics_);
    for (int i = 0; i < 4; ++i) {
      model_now_ = model_now_.load() + absl::ToChronoSeconds(SampledRules::kInterval);
      EXPECT_TRUE(Eventually([&] {
        for (const Heartbeats::Age& age : metrics_.heartbeats().Ages()) {
          if (age.loop != standing && age.since_turn >= SampledRules::kInterval) return false;
        }
        return true;
      })) << LoopLines(metrics_.heartbeats().Ages());
      rules.Sample(metrics_);
    }
    const auto firing = rules.Firing();
    EXPECT_TRUE(firing.ok()) << firing.status();
    return firing.value_or(std::set<std::string>());
  }

  void WriteEvent(const std::string& child) {
    const int partition = PartitionOf(child, store_.partitions());
    Commit commit{.partition = partition};
    commit.outbox.push_back({kTopic, child, "an event", {}});
    ASSERT_TRUE(store_.Apply(commit).ok());
  }
  void SetAlarm(const std::string& child) {
    Commit commit{.partition = PartitionOf(child, store_.partitions())};
    commit.alarms.push_back({{"plan", child}, clock_.Now()});
    ASSERT_TRUE(store_.Apply(commit).ok());
  }

  std::atomic<SteadyTime> model_now_{std::chrono::steady_clock::now()};
  MemoryStore store_;
  FakeClock clock_{absl::FromUnixSeconds(1'760'000'000)};
  WorkerPool pool_{4, 64};
};

// The loops of a service. What they call is the test's, which may hold it up.
struct Calls {
  Consumer::Handler on_record = [](const InboundRecord&) { return absl::OkStatus(); };
  Waker::Handler on_alarm = [](const DueAlarm&) { return absl::OkStatus(); };
  std::function<absl::Status()> count = [] { return absl::OkStatus(); };
};
class Loops {
 public:
  Loops(const KafkaOptions& kafka, Store& store, const Clock& clock, Metrics& metrics,
        WorkerPool& pool, Calls calls)
      : relay_(store, metrics, kafka, kTopic),
        consumer_(kafka, {.group = "pepline.notifications", .topics = {kTopic}}, metrics, pool,
                  std::move(calls.on_record)),
        waker_(store, clock, metrics, pool, std::move(calls.on_alarm)),
        gauges_(metrics, std::move(calls.count)) {
    relay_.Start();
    consumer_.Start();
    waker_.Start();
  }
  bool Ready() const { return relay_.Ready().ok() && consumer_.Ready().ok(); }

 private:
  OutboxRelay relay_;
  Consumer consumer_;
  Waker waker_;
  const GaugeThread gauges_;
};

// Lets go of what was held up when the test ends, however it ends; declare it behind the loops.
class LetGo {
 public:
  explicit LetGo(absl::Notification& held) : held_(held) {}
  ~LetGo() { held_.Notify(); }
  LetGo(const LetGo&) = delete;
  LetGo& operator=(const LetGo&) = delete;

 private:
  absl::Notification& held_;
};

// One of the two rules about loops names this one, and neither names another.
testing::Matcher<std::set<std::string>> OnlyNames(const std::string& loop) {
  return testing::AllOf(
      testing::Not(testing::IsEmpty()),
      testing::Each(testing::AnyOf("PeplineLoopStandsStill " + loop, "PeplineLoopBehind " + loop)));
}

TEST_F(SilenceTest, NothingFiresWhileEveryLoopMoves) {
  const Loops loops(Kafka(), store_, clock_, metrics_, pool_, {});
  ASSERT_TRUE(Eventually([&] { return loops.Ready(); }));
  EXPECT_THAT(FiringAfterAMinute(), testing::IsEmpty());
}

TEST_F(SilenceTest, AConsumerWhoseHandlerNeverReturnsIsNamed) {
  absl::Notification held, began;
  Calls calls;
  calls.on_record = [&](const InboundRecord&) {
    began.Notify();
    held.WaitForNotification();
    return absl::OkStatus();
  };
  const Loops loops(Kafka(), store_, clock_, metrics_, pool_, std::move(calls));
  const LetGo let_go(held);
  ASSERT_NO_FATAL_FAILURE(WriteEvent("child-1"));
  ASSERT_TRUE(began.WaitForNotificationWithTimeout(absl::Seconds(30)));
  EXPECT_THAT(FiringAfterAMinute("consumer"), OnlyNames("consumer"));
}

TEST_F(SilenceTest, AConsumerWithARecordThatNeverSucceedsIsNamed) {
  std::atomic<bool> tried = false;
  Calls calls;
  calls.on_record = [&](const InboundRecord&) {
    tried = true;
    return absl::UnavailableError("what it needs is away");
  };
  const Loops loops(Kafka(), store_, clock_, metrics_, pool_, std::move(calls));
  ASSERT_NO_FATAL_FAILURE(WriteEvent("child-1"));
  ASSERT_TRUE(Eventually([&] { return tried.load(); }));
  EXPECT_THAT(FiringAfterAMinute(), OnlyNames("consumer"));
}

TEST_F(SilenceTest, ARelayWhoseBrokerIsAwayIsNamed) {
  const Loops loops(Kafka(), store_, clock_, metrics_, pool_, {});
  ASSERT_TRUE(Eventually([&] { return loops.Ready(); }));
  broker_->Kill();
  ASSERT_NO_FATAL_FAILURE(WriteEvent("child-1"));
  // It has the event before the minute begins.
  ASSERT_TRUE(Eventually([&] {
    model_now_ = model_now_.load() + std::chrono::milliseconds(1);
    for (const Heartbeats::Age& age : metrics_.heartbeats().Ages()) {
      if (age.loop == "relay" && age.oldest_waiting > absl::ZeroDuration()) return true;
    }
    return false;
  }));
  EXPECT_THAT(FiringAfterAMinute(), OnlyNames("relay"));
}

TEST_F(SilenceTest, AWakerWhoseHandlerNeverReturnsIsNamed) {
  absl::Notification held, began;
  Calls calls;
  calls.on_alarm = [&](const DueAlarm&) {
    if (!began.HasBeenNotified()) began.Notify();
    held.WaitForNotification();
    return absl::OkStatus();
  };
  const Loops loops(Kafka(), store_, clock_, metrics_, pool_, std::move(calls));
  const LetGo let_go(held);
  ASSERT_NO_FATAL_FAILURE(SetAlarm("child-1"));
  ASSERT_TRUE(began.WaitForNotificationWithTimeout(absl::Seconds(30)));
  EXPECT_THAT(FiringAfterAMinute("waker"), OnlyNames("waker"));
}

TEST_F(SilenceTest, AWakerWithAnAlarmThatAlwaysFailsIsNamed) {
  std::atomic<bool> tried = false;
  Calls calls;
  calls.on_alarm = [&](const DueAlarm&) {
    tried = true;
    return absl::DataLossError("a stored record cannot be read");
  };
  const Loops loops(Kafka(), store_, clock_, metrics_, pool_, std::move(calls));
  ASSERT_NO_FATAL_FAILURE(SetAlarm("child-1"));
  ASSERT_TRUE(Eventually([&] { return tried.load(); }));
  EXPECT_THAT(FiringAfterAMinute(), OnlyNames("waker"));
}

TEST_F(SilenceTest, ACountOfTheStoreThatNeverEndsIsNamed) {
  absl::Notification held, began;
  Calls calls;
  calls.count = [&] {
    if (!began.HasBeenNotified()) began.Notify();
    held.WaitForNotification();
    return absl::OkStatus();
  };
  const Loops loops(Kafka(), store_, clock_, metrics_, pool_, std::move(calls));
  const LetGo let_go(held);
  ASSERT_TRUE(began.WaitForNotificationWithTimeout(absl::Seconds(30)));
  EXPECT_THAT(FiringAfterAMinute("gauges"), OnlyNames("gauges"));
}

}  // namespace
}  // namespace pepline
