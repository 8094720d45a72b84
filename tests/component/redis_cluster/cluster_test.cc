// RedisStore on a real Redis Cluster of three: slots move while commands run, and nodes die.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <set>
#include <thread>

#include "absl/strings/str_format.h"
#include "shared/engine/waker.h"
#include "shared/redis/redis_store.h"
#include "shared/redis/redis_topology.h"
#include "tests/component/store/counting_writers.h"
#include "tools/stack/processes.h"
#include "tools/stack/servers/redis_cluster.h"

namespace pepline {
namespace {

using ::testing::Each;
using ::testing::HasSubstr;

constexpr absl::Duration kPatience = absl::Seconds(30);
// Far above what a call may take: patience with moving keys, and then the time-out of a connection.
constexpr absl::Duration kLongestCall = absl::Seconds(6);
constexpr int kWriters = 8;

class RedisClusterTest : public testing::Test {
 protected:
  void SetUp() override {
    auto cluster = RedisCluster::Start(folder_.path());
    ASSERT_TRUE(cluster.ok()) << cluster.status();
    cluster_ = *std::move(cluster);
    store_ = Open(0);
    ASSERT_TRUE(WaitUntil([&] { return store_->CheckLayout().ok(); }, kPatience))
        << store_->CheckLayout();
  }
  std::unique_ptr<RedisStore> Open(std::size_t first, bool cluster = true) {
    return RedisStore::Create(
        {.port = cluster_->node(first).port(), .cluster = cluster, .service = "test"}, nullptr);
  }
  static int SlotOf(int partition) { return RedisSlot(absl::StrCat("{test.0", partition, "}:")); }
  std::size_t OwnerOf(int partition) {
    const auto owner = cluster_->OwnerOf(SlotOf(partition));
    EXPECT_TRUE(owner.ok()) << owner.status();
    return owner.value_or(0);
  }
  // Records enough that moving their slot takes a while.
  void Fill(int partition) {
    for (int i = 0; i < 20; ++i) {
      Commit commit{.partition = partition};
      for (int j = 0; j < 20; ++j) {
        commit.writes.push_back({{"filler", absl::StrCat(i, ".", j)}, 0, std::string(200, 'x')});
      }
      const auto applied = store_->Apply(commit);
      ASSERT_TRUE(applied.ok()) << applied.status();
    }
  }

  TemporaryFolder folder_;
  std::unique_ptr<RedisCluster> cluster_;
  std::unique_ptr<RedisStore> store_;
};

TEST_F(RedisClusterTest, ThePartitionsOfTheTestLieOnEveryNode) {
  std::set<std::size_t> owners;
  for (int partition = 0; partition < kWriters; ++partition) owners.insert(OwnerOf(partition));
  EXPECT_EQ(owners.size(), cluster_->size());
}

TEST_F(RedisClusterTest, SlotsMoveBackAndForthUnderCommandsAndNothingIsLostOrDoubled) {
  constexpr int kRounds = 3, kMoved = 2;
  for (int partition = 0; partition < kMoved; ++partition) {
    ASSERT_NO_FATAL_FAILURE(Fill(partition));
  }
  CountingWriters writers(*store_, kWriters);
  for (int round = 0; round < kRounds; ++round) {
    for (int partition = 0; partition < kMoved; ++partition) {
      EXPECT_TRUE(writers.Progress(100));
      const std::size_t from = OwnerOf(partition);
      const absl::Status moved =
          cluster_->Move(SlotOf(partition), from, (from + 1) % cluster_->size());
      ASSERT_TRUE(moved.ok()) << moved;
    }
  }
  EXPECT_TRUE(writers.Progress(200));
  writers.StopAndCheck();
  EXPECT_LT(writers.longest_call(), kLongestCall);
  // A store that knew nothing of the moves finds everything as well.
  auto other = Open(2);
  ASSERT_TRUE(WaitUntil([&] { return other->CheckLayout().ok(); }, kPatience));
  EXPECT_EQ(other->Load(0, {{"filler", "19.19"}}, "")->records[0]->bytes, std::string(200, 'x'));
}

TEST_F(RedisClusterTest, ANodeDiesAndComesBackAndNothingAcknowledgedIsLost) {
  CountingWriters writers(*store_, kWriters);
  for (std::size_t victim = 0; victim < cluster_->size(); ++victim) {
    EXPECT_TRUE(writers.Progress(100));
    cluster_->node(victim).Kill();
    // Whose partitions lie elsewhere go on.
    EXPECT_TRUE(writers.Progress(50)) << "without node " << victim;
    EXPECT_TRUE(absl::IsUnavailable(store_->Ping())) << "readiness sees the missing node";
    ASSERT_TRUE(cluster_->node(victim).Restart().ok());
    EXPECT_TRUE(WaitUntil([&] { return cluster_->Healthy() && store_->Ping().ok(); }, kPatience))
        << store_->Ping();
  }
  EXPECT_TRUE(writers.Progress(200));
  writers.StopAndCheck();
  EXPECT_LT(writers.longest_call(), kLongestCall);
}

TEST_F(RedisClusterTest, WithoutOneNodeAlarmsOutboxesAndCommandsOfTheOthersGoOn) {
  constexpr std::size_t kVictim = 1;  // not the node that is asked first
  std::set<int> living;
  for (int partition = 0; partition < store_->partitions(); ++partition) {
    Commit commit{.partition = partition};
    commit.writes.push_back({{"plan", "a"}, 0, "bytes"});
    commit.alarms.push_back({{"plan", absl::StrCat(partition)}, absl::Now()});
    commit.outbox.push_back({"topic", "key", "value", {}});
    ASSERT_TRUE(store_->Apply(commit).ok());
    const int slot = RedisSlot(absl::StrFormat("{test.%02d}:", partition));
    if (cluster_->OwnerOf(slot).value_or(kVictim) != kVictim) living.insert(partition);
  }
  ASSERT_GT(living.size(), 1U);
  ASSERT_LT(living.size(), 16U);
  cluster_->node(kVictim).Kill();
  EXPECT_TRUE(WaitUntil([&] { return store_->Served().partitions < 16; }, kPatience));
  EXPECT_EQ(store_->Served().partitions, static_cast<int>(living.size()));
  EXPECT_THAT(std::string(store_->Served().trouble.message()), HasSubstr("Redis is away"));

  absl::Mutex mutex;
  std::set<int> fired;
  const SystemClock clock;
  Metrics metrics;
  WorkerPool pool(4, 16);
  Waker waker(*store_, clock, metrics, pool, [&](const DueAlarm& alarm) {
    Commit done{.partition = std::stoi(alarm.key.id)};
    done.alarms.push_back({alarm.key, std::nullopt});
    absl::MutexLock lock(&mutex);
    fired.insert(done.partition);
    return store_->Apply(done).status();
  });
  waker.Start();
  EXPECT_TRUE(WaitUntil(
      [&] {
        absl::MutexLock lock(&mutex);
        return fired == living;
      },
      kPatience));
  waker.Stop();
  const auto depths = store_->MeasureOutboxes();
  for (int partition = 0; partition < store_->partitions(); ++partition) {
    const bool lives = living.contains(partition);
    const auto& depth = depths[static_cast<std::size_t>(partition)];
    EXPECT_EQ(depth.ok(), lives) << partition;
    Commit next{.partition = partition};
    next.writes.push_back({{"plan", "a"}, 1, "more"});
    EXPECT_EQ(store_->Apply(next).ok(), lives) << partition;
    if (!lives) continue;
    EXPECT_EQ(depth->entries, 1);
    const auto entries = store_->ReadOutbox(partition, 10, "");
    ASSERT_TRUE(entries.ok()) << entries.status();
    EXPECT_TRUE(store_->DeleteOutbox(partition, {entries->front().entry_id}).ok());
  }
  EXPECT_TRUE(absl::IsUnavailable(store_->MeasureOutbox().status())) << "a part is not the whole";
  EXPECT_TRUE(absl::IsUnavailable(store_->EarliestAlarm().status()));
}

TEST_F(RedisClusterTest, ANodeThatHangsHoldsUpNoCommandForTheOthers) {
  const int hanging = 1, elsewhere = OwnerOf(0) != OwnerOf(hanging) ? 0 : 2;
  ASSERT_NE(OwnerOf(elsewhere), OwnerOf(hanging));
  const pid_t victim = cluster_->node(OwnerOf(hanging)).pid();
  kill(victim, SIGSTOP);
  std::atomic<bool> answered = false;
  std::thread waits([&] {
    EXPECT_TRUE(absl::IsUnavailable(store_->Load(hanging, {{"plan", "a"}}, "").status()));
    answered = true;
  });
  std::uint64_t revision = 0;
  for (; revision < 50; ++revision) {
    Commit commit{.partition = elsewhere};
    commit.writes.push_back({{"plan", "a"}, revision, "bytes"});
    ASSERT_TRUE(store_->Apply(commit).ok());
  }
  EXPECT_FALSE(answered) << "fifty commands were done before the one that hangs was given up";
  waits.join();
  kill(victim, SIGCONT);
}

TEST_F(RedisClusterTest, WhileKeysAreOnTheirWayCommandsOfTheirSlotAnswerUnavailableInTime) {
  ASSERT_NO_FATAL_FAILURE(Fill(0));
  const std::size_t from = OwnerOf(0), to = (from + 1) % cluster_->size();
  ASSERT_TRUE(cluster_->MoveSomeKeys(SlotOf(0), from, to).ok());
  Commit commit{.partition = 0};
  commit.writes.push_back({{"filler", "0.0"}, 1, "changed"});
  commit.writes.push_back({{"filler", "none"}, 0, "new"});
  const absl::Time start = absl::Now();
  const absl::Status refused = store_->Apply(commit).status();
  EXPECT_TRUE(absl::IsUnavailable(refused)) << refused;
  EXPECT_THAT(std::string(refused.message()), HasSubstr("try again"));
  EXPECT_LT(absl::Now() - start, kLongestCall);
  // Single keys are found on either side.
  std::vector<Store::Place> places;
  for (int j = 0; j < 400; ++j) {
    places.push_back({0, {"filler", absl::StrCat(j / 20, ".", j % 20)}});
  }
  const auto revisions = store_->Revisions(places);
  ASSERT_TRUE(revisions.ok()) << revisions.status();
  EXPECT_THAT(*revisions, Each(1));
  Commit elsewhere{.partition = 1};
  elsewhere.writes.push_back({{"plan", "a"}, 0, "bytes"});
  EXPECT_TRUE(store_->Apply(elsewhere).ok()) << "other slots do not wait";
  ASSERT_TRUE(cluster_->Move(SlotOf(0), from, to).ok());
  EXPECT_TRUE(store_->Apply(commit).ok()) << "and nothing of the refused commit was written";
}

TEST_F(RedisClusterTest, AStoreThatIsNotToldOfTheClusterSaysWhichSettingIsMissing) {
  auto store = Open(0, /*cluster=*/false);
  absl::Status status;
  EXPECT_TRUE(WaitUntil(
      [&] {
        status = store->CheckLayout();
        for (int p = 0; p < kWriters && status.ok(); ++p) {
          status = store->Load(p, {{"plan", "a"}}, "").status();
        }
        return std::string(status.message()).find("PEPLINE_REDIS_CLUSTER=true") !=
               std::string::npos;
      },
      kPatience))
      << status;
}

}  // namespace
}  // namespace pepline
