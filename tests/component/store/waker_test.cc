// The waker on the store in memory: storms, failures, earlier alarms, a store that goes and comes
// back.
#include "shared/engine/waker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "shared/store/memory_store.h"
#include "tests/support/forwarding_store.h"
#include "tools/stack/processes.h"

namespace pepline {
namespace {

class WakerTest : public testing::Test {
 protected:
  void Start(std::function<absl::Status(const DueAlarm&)> handler = {}) {
    waker_ = std::make_unique<Waker>(
        *waker_store_, clock_, metrics_, pool_,
        [this, handler](const DueAlarm& alarm) {
          {
            absl::MutexLock lock(&mutex_);
            if (++at_work_[alarm.key] > 1) ++overlaps_;
            ++fired_[alarm.key.id];
          }
          const absl::Status status = handler ? handler(alarm) : absl::OkStatus();
          if (status.ok()) Set(alarm.key.id, std::nullopt);
          absl::MutexLock lock(&mutex_);
          --at_work_[alarm.key];
          return status;
        },
        WakerOptions{.safety_poll = absl::Milliseconds(50), .batch = 8, .ownership = &ownership_});
    waker_->Start();
  }
  // The partitions of even numbers are ours, those of odd numbers another's.
  void LiveWithAnother() { ownership_.Learn({ownership_.replica(), "zzz"}); }
  static bool IsOdd(const std::string& id) { return PartitionOf(id, 16) % 2 == 1; }
  void Set(const std::string& id, std::optional<absl::Time> at) {
    Commit commit{.partition = PartitionOf(id, 16)};
    commit.alarms.push_back({{"plan", id}, at});
    EXPECT_TRUE(store_.Apply(commit).ok());
  }
  int Fired(const std::string& id) {
    absl::MutexLock lock(&mutex_);
    return fired_[id];
  }
  bool Eventually(const std::function<bool()>& condition) {
    return WaitUntil(condition, absl::Seconds(20));
  }

  const absl::Time start_ = absl::FromUnixSeconds(1'760'000'000);
  MemoryStore store_;
  Store* waker_store_ = &store_;  // as the waker sees it
  FakeClock clock_{start_};
  Metrics metrics_;
  WorkerPool pool_{8, 64};
  PartitionOwnership ownership_{[this] { return machine_now_; }};
  const absl::Time machine_now_ = start_;
  absl::Mutex mutex_;
  std::map<std::string, int> fired_ ABSL_GUARDED_BY(mutex_);
  std::map<RecordKey, int> at_work_ ABSL_GUARDED_BY(mutex_);
  int overlaps_ ABSL_GUARDED_BY(mutex_) = 0;
  std::unique_ptr<Waker> waker_;
};

TEST_F(WakerTest, FiresNothingEarlyAndEverythingWhenItIsDue) {
  Set("a", start_ + absl::Hours(1));
  Set("b", start_ + absl::Hours(2));
  Start();
  clock_.Set(start_ + absl::Hours(1) - absl::Microseconds(1));
  EXPECT_FALSE(WaitUntil([&] { return Fired("a") > 0; }, absl::Milliseconds(150)));
  clock_.Set(start_ + absl::Hours(1));
  EXPECT_TRUE(Eventually([&] { return Fired("a") == 1; }));
  EXPECT_EQ(Fired("b"), 0);
}

TEST_F(WakerTest, AnEarlierAlarmWakesItUp) {
  Set("late", start_ + absl::Hours(9));
  Start();
  Set("early", start_ + absl::Seconds(1));
  waker_->Notify(start_ + absl::Seconds(1));
  clock_.Advance(absl::Seconds(1));
  EXPECT_TRUE(Eventually([&] { return Fired("early") == 1; }));
}

TEST_F(WakerTest, AnAlarmThatNobodyAnnouncedIsFoundByTheSafetyPoll) {
  Start();
  Set("a", start_);
  EXPECT_TRUE(Eventually([&] { return Fired("a") == 1; }));
}

TEST_F(WakerTest, AStormFiresEveryAlarmOnceAndNoneTwiceAtTheSameTime) {
  for (int i = 0; i < 2000; ++i) Set(absl::StrCat("p", i), start_);
  Start();
  EXPECT_TRUE(Eventually([&] { return !store_.EarliestAlarm()->has_value(); }));
  waker_->Stop();
  absl::MutexLock lock(&mutex_);
  EXPECT_EQ(fired_.size(), 2000U);
  EXPECT_EQ(overlaps_, 0);
}

// What a look read before an alarm was handled is no reason to fire it once more.
TEST_F(WakerTest, AnAlarmThatIsHandledWhileItIsLookedAtIsFiredOnce) {
  class SlowToTell final : public ForwardingStore {
   public:
    SlowToTell(Store& store, std::function<void()> after_read)
        : ForwardingStore(store), after_read_(std::move(after_read)) {}
    absl::StatusOr<std::vector<DueAlarm>> DueAlarms(int partition, absl::Time now,
                                                    int limit) override {
      auto alarms = ForwardingStore::DueAlarms(partition, now, limit);
      after_read_();
      return alarms;
    }

   private:
    const std::function<void()> after_read_;
  };
  std::atomic<bool> inside = false, go = false;
  SlowToTell slow(store_, [&] {
    if (!inside) return;
    go = true;
    EXPECT_TRUE(pool_.AwaitIdle(absl::Seconds(20)));
  });
  waker_store_ = &slow;
  Set("a", start_);
  Start([&](const DueAlarm&) {
    inside = true;
    EXPECT_TRUE(WaitUntil([&] { return go.load(); }, absl::Seconds(20)));
    return absl::OkStatus();
  });
  ASSERT_TRUE(Eventually([&] { return !store_.EarliestAlarm()->has_value(); }));
  waker_->Stop();
  EXPECT_EQ(Fired("a"), 1);
}

TEST_F(WakerTest, AFailingHandlerIsAskedAgainAndHoldsNobodyBack) {
  std::atomic<int> failures = 3;
  // More than a batch of them stand in front of the good ones.
  for (int i = 0; i < 40; ++i) Set(absl::StrCat("bad", i), start_ - absl::Hours(1));
  Set("good", start_);
  Start([&](const DueAlarm& alarm) {
    if (alarm.key.id == "good") return absl::OkStatus();
    if (alarm.key.id == "bad0" && failures-- <= 0) return absl::OkStatus();
    return absl::UnavailableError("the registry is away");
  });
  EXPECT_TRUE(Eventually([&] { return Fired("good") == 1; }));
  EXPECT_TRUE(Eventually([&] { return Fired("bad0") == 4; }));
  EXPECT_GT(metrics_.Value("pepline_alarm_failures_total"), 3);
}

TEST_F(WakerTest, GoesOnWhenTheStoreComesBack) {
  store_.away = true;
  Start();
  clock_.Advance(absl::Hours(1));
  store_.away = false;
  Set("a", start_);
  EXPECT_TRUE(Eventually([&] { return Fired("a") >= 1; }));
}

TEST_F(WakerTest, APartitionThatIsAwayHoldsBackItsOwnAlarmsAlone) {
  std::string elsewhere = "p0";
  for (int i = 1; PartitionOf(elsewhere, 16) == PartitionOf("a", 16); ++i) {
    elsewhere = absl::StrCat("p", i);
  }
  store_.away_partition = PartitionOf("a", 16);
  Start();
  Set(elsewhere, start_);
  EXPECT_TRUE(Eventually([&] { return Fired(elsewhere) == 1; }));
  store_.away_partition = -1;
  Set("a", start_);
  EXPECT_TRUE(Eventually([&] { return Fired("a") == 1; }));
}

TEST_F(WakerTest, FiresItsOwnShareAtOnceAndOfAnothersOnlyWhatThatOneLeavesLying) {
  LiveWithAnother();
  for (int i = 0; i < 100; ++i) Set(absl::StrCat("p", i), start_);
  const absl::Time began = absl::Now();
  absl::Mutex mutex;
  std::vector<absl::Duration> after;
  Start([&](const DueAlarm& alarm) {
    absl::MutexLock lock(&mutex);
    if (IsOdd(alarm.key.id)) after.push_back(absl::Now() - began);
    return absl::OkStatus();
  });
  EXPECT_TRUE(Eventually([&] { return !store_.EarliestAlarm()->has_value(); }));
  waker_->Stop();
  absl::MutexLock lock(&mutex);
  EXPECT_FALSE(after.empty());
  EXPECT_LT(after.size(), 100U);
  EXPECT_THAT(after, testing::Each(testing::Ge(Waker::kLeftLying)));
}

TEST_F(WakerTest, NeverFiresWhatAnotherReplicaWorksOffItself) {
  LiveWithAnother();
  std::string another = "p0";
  for (int i = 1; !IsOdd(another); ++i) another = absl::StrCat("p", i);
  Start();
  // The other replica fires it in time and sets the next one, again and again.
  const absl::Time until = absl::Now() + 2 * Waker::kLeftLying;
  for (int i = 0; absl::Now() < until; ++i) Set(another, start_ - absl::Seconds(i));
  Set(another, std::nullopt);
  EXPECT_EQ(Fired(another), 0);
}

TEST_F(WakerTest, StopsOnlyWhenNoHandlerRuns) {
  std::atomic<bool> inside = false, finished = false, go = false;
  Set("a", start_);
  Start([&](const DueAlarm&) {
    inside = true;
    EXPECT_TRUE(WaitUntil([&] { return go.load(); }, absl::Seconds(20)));
    finished = true;
    return absl::OkStatus();
  });
  ASSERT_TRUE(Eventually([&] { return inside.load(); }));
  std::thread stopper([&] {
    waker_->Stop();
    EXPECT_TRUE(finished);
  });
  go = true;
  stopper.join();
}

}  // namespace
}  // namespace pepline
