// What a Store promises, proved on the fake, on a real Redis and on a Redis Cluster of three by the
// same cases.
#include "shared/store/store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <thread>

#include "shared/redis/redis_inventory.h"
#include "shared/redis/redis_store.h"
#include "shared/store/memory_store.h"
#include "tools/stack/processes.h"
#include "tools/stack/servers/redis_cluster.h"
#include "tools/stack/servers/redis_server.h"

namespace pepline {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::int64_t kOutboxLimit = 5;

enum class Kind { kFake, kRedis, kRedisCluster };

class StoreTest : public testing::TestWithParam<Kind> {
 protected:
  void SetUp() override {
    if (GetParam() == Kind::kFake) {
      auto fake = std::make_unique<MemoryStore>(16, kOutboxLimit);
      take_ = [in_memory = fake.get()] { return in_memory->Take(); };
      store_ = std::move(fake);
      return;
    }
    RedisStoreOptions options{.service = "test", .outbox_limit = kOutboxLimit};
    if (GetParam() == Kind::kRedis) {
      auto server = RedisServer::Start(folder_.path());
      ASSERT_TRUE(server.ok()) << server.status();
      redis_ = *std::move(server);
      options.port = redis_->port();
    } else {
      auto cluster = RedisCluster::Start(folder_.path());
      ASSERT_TRUE(cluster.ok()) << cluster.status();
      cluster_ = *std::move(cluster);
      options.port = cluster_->node(0).port();
      options.cluster = true;
    }
    auto store = RedisStore::Create(options, nullptr);
    ASSERT_TRUE(WaitUntil([&] { return store->CheckLayout().ok(); }, absl::Seconds(10)));
    store_ = std::move(store);
    take_ = [options] { return RedisInventory(options).Take(); };
  }

  static Commit WriteOf(std::string id, std::uint64_t expected, std::string bytes) {
    Commit commit{.partition = 3};
    commit.writes.push_back({{"plan", std::move(id)}, expected, std::move(bytes)});
    return commit;
  }
  StoredRecord Get(const std::string& id) {
    auto loaded = store_->Load(3, {{"plan", id}}, "");
    EXPECT_TRUE(loaded.ok()) << loaded.status();
    return loaded->records.front().value_or(StoredRecord{});
  }
  static OutboxRecord Record(std::string value) {
    return {"pepline.test.events.v1", "key", std::move(value), {{"ce_id", "1"}, {"t", "header"}}};
  }

  TemporaryFolder folder_;
  std::unique_ptr<RedisServer> redis_;
  std::unique_ptr<RedisCluster> cluster_;
  std::unique_ptr<Store> store_;
  std::function<absl::StatusOr<std::vector<StoredKeys>>()> take_;
};

std::string NameOf(const testing::TestParamInfo<Kind>& kind) {
  switch (kind.param) {
    case Kind::kFake:
      return "Fake";
    case Kind::kRedis:
      return "Redis";
    case Kind::kRedisCluster:
      return "RedisCluster";
  }
  return "";
}

INSTANTIATE_TEST_SUITE_P(Stores, StoreTest,
                         testing::Values(Kind::kFake, Kind::kRedis, Kind::kRedisCluster), NameOf);

TEST_P(StoreTest, ARecordNeverWrittenIsAbsent) {
  auto loaded = store_->Load(3, {{"plan", "a"}, {"plan", "b"}}, "command");
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_THAT(loaded->records, ElementsAre(std::nullopt, std::nullopt));
  EXPECT_FALSE(loaded->seen.has_value());
}

TEST_P(StoreTest, RevisionsCountTheCommitsOfARecordAndBytesComeBackExactly) {
  const std::string bytes("\0\n\r12\xff{}", 9);
  ASSERT_TRUE(store_->Apply(WriteOf("a", 0, "first")).ok());
  ASSERT_TRUE(store_->Apply(WriteOf("a", 1, bytes)).ok());
  EXPECT_EQ(Get("a").revision, 2U);
  EXPECT_EQ(Get("a").bytes, bytes);
}

TEST_P(StoreTest, RevisionsAreToldOverAllPartitionsInTheOrderAskedFor) {
  ASSERT_TRUE(store_->Apply(WriteOf("a", 0, "first")).ok());
  ASSERT_TRUE(store_->Apply(WriteOf("a", 1, "second")).ok());
  Commit elsewhere{.partition = 7};
  elsewhere.writes.push_back({{"policy", "931"}, 0, std::string(100, 'x')});
  ASSERT_TRUE(store_->Apply(elsewhere).ok());
  auto revisions = store_->Revisions(
      {{7, {"policy", "931"}}, {3, {"plan", "none"}}, {3, {"plan", "a"}}, {7, {"plan", "a"}}});
  ASSERT_TRUE(revisions.ok()) << revisions.status();
  EXPECT_THAT(*revisions, ElementsAre(1, 0, 2, 0));
  EXPECT_TRUE(store_->Revisions({})->empty());
}

TEST_P(StoreTest, ADifferentRevisionAbortsAndWritesNothingAtAll) {
  ASSERT_TRUE(store_->Apply(WriteOf("a", 0, "first")).ok());
  Commit commit = WriteOf("b", 0, "new");
  commit.writes.push_back({{"plan", "a"}, 0, "stale"});
  commit.outbox.push_back(Record("v"));
  commit.alarms.push_back({{"plan", "b"}, absl::FromUnixSeconds(10)});
  commit.index.push_back({{"school", "123456"}, "b", true});
  commit.seen = {"command", {"f", "answer"}, absl::Hours(1)};
  EXPECT_TRUE(absl::IsAborted(store_->Apply(commit).status()));
  EXPECT_EQ(Get("b").revision, 0U);
  EXPECT_EQ(Get("a").bytes, "first");
  EXPECT_THAT(*store_->ReadOutbox(3, 10, ""), IsEmpty());
  EXPECT_FALSE(store_->EarliestAlarm()->has_value());
  EXPECT_THAT(*store_->ListIndex(3, {"school", "123456"}, "", 10), IsEmpty());
  EXPECT_FALSE(store_->Load(3, {{"plan", "a"}}, "command")->seen.has_value());
}

TEST_P(StoreTest, AWriteWithoutBytesOnlyChecksTheRevision) {
  ASSERT_TRUE(store_->Apply(WriteOf("a", 0, "first")).ok());
  Commit commit{.partition = 3};
  commit.writes.push_back({{"plan", "a"}, 1, std::nullopt});
  EXPECT_TRUE(store_->Apply(commit).ok());
  EXPECT_EQ(Get("a").revision, 1U);
  commit.writes[0].expected_revision = 7;
  EXPECT_TRUE(absl::IsAborted(store_->Apply(commit).status()));
}

TEST_P(StoreTest, ACommandIdSeenBeforeGivesItsMemoryBackAndWritesNothing) {
  Commit commit = WriteOf("a", 0, "first");
  commit.seen = {"command", {"finger\nprint", std::string("an\0swer", 7)}, absl::Hours(1)};
  auto first = store_->Apply(commit);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_FALSE(first->has_value());
  commit.writes[0].expected_revision = 1;
  auto second = store_->Apply(commit);
  ASSERT_TRUE(second.ok() && second->has_value()) << second.status();
  EXPECT_EQ((*second)->fingerprint, "finger\nprint");
  EXPECT_EQ((*second)->answer, std::string("an\0swer", 7));
  EXPECT_EQ(Get("a").revision, 1U);
  auto loaded = store_->Load(3, {{"plan", "a"}}, "command");
  ASSERT_TRUE(loaded.ok() && loaded->seen.has_value());
  EXPECT_EQ(loaded->seen->fingerprint, "finger\nprint");
}

TEST_P(StoreTest, TheMemoryOfACommandEndsAfterItsTime) {
  Commit commit = WriteOf("a", 0, "first");
  commit.seen = {"command", {"f", "answer"}, absl::Milliseconds(20)};
  ASSERT_TRUE(store_->Apply(commit).ok());
  EXPECT_TRUE(WaitUntil(
      [&] {
        return !store_->Load(3, {{"plan", "a"}}, "command")->seen.has_value();
      },
      absl::Seconds(10)));
}

TEST_P(StoreTest, OutboxEntriesComeBackOldestFirstWithEveryByte) {
  for (const char* value : {"1", "2", "3"}) {
    Commit commit{.partition = 3};
    commit.outbox.push_back(Record(value));
    ASSERT_TRUE(store_->Apply(commit).ok());
  }
  auto entries = *store_->ReadOutbox(3, 10, "");
  ASSERT_THAT(entries, SizeIs(3));
  EXPECT_EQ(entries[0].record, Record("1"));
  EXPECT_EQ(entries[2].record, Record("3"));
  EXPECT_THAT(*store_->ReadOutbox(3, 2, ""), SizeIs(2));
  auto rest = *store_->ReadOutbox(3, 10, entries[0].entry_id);
  ASSERT_THAT(rest, SizeIs(2));
  EXPECT_EQ(rest[0].entry_id, entries[1].entry_id);
  EXPECT_THAT(*store_->ReadOutbox(4, 10, ""), IsEmpty());
}

TEST_P(StoreTest, DeletedOutboxEntriesAreGoneAndTheDepthFollows) {
  Commit commit{.partition = 3};
  commit.outbox = {Record("1"), Record("2")};
  ASSERT_TRUE(store_->Apply(commit).ok());
  auto entries = *store_->ReadOutbox(3, 10, "");
  ASSERT_THAT(entries, SizeIs(2));
  EXPECT_EQ(store_->MeasureOutbox()->entries, 2);
  EXPECT_TRUE(store_->MeasureOutbox()->oldest.has_value());
  ASSERT_TRUE(store_->DeleteOutbox(3, {entries[0].entry_id}).ok());
  EXPECT_EQ(store_->ReadOutbox(3, 10, "")->front().record, Record("2"));
  ASSERT_TRUE(store_->DeleteOutbox(3, {entries[1].entry_id}).ok());
  EXPECT_EQ(store_->MeasureOutbox()->entries, 0);
  EXPECT_FALSE(store_->MeasureOutbox()->oldest.has_value());
}

TEST_P(StoreTest, AFullOutboxRefusesTheWholeCommit) {
  Commit commit = WriteOf("a", 0, "first");
  for (int i = 0; i < kOutboxLimit; ++i) commit.outbox.push_back(Record("v"));
  ASSERT_TRUE(store_->Apply(commit).ok());
  Commit more = WriteOf("a", 1, "second");
  more.outbox.push_back(Record("v"));
  EXPECT_TRUE(absl::IsResourceExhausted(store_->Apply(more).status()));
  EXPECT_EQ(Get("a").bytes, "first");
  // A commit without events is not held back.
  EXPECT_TRUE(store_->Apply(WriteOf("a", 1, "second")).ok());
}

TEST_P(StoreTest, AlarmsAreReplacedRemovedAndFoundEarliestFirst) {
  const absl::Time base = absl::FromUnixMicros(1'760'000'000'123'456);
  Commit commit{.partition = 3};
  commit.alarms = {{{"plan", "late:1"}, base + absl::Seconds(9)},
                   {{"plan", "b"}, base + absl::Seconds(1)},
                   {{"sdq", "c"}, base}};
  ASSERT_TRUE(store_->Apply(commit).ok());
  EXPECT_EQ(**store_->EarliestAlarm(), base);
  EXPECT_THAT(*store_->DueAlarms(3, base - absl::Microseconds(1), 10), IsEmpty());
  auto due = *store_->DueAlarms(3, base + absl::Seconds(1), 10);
  ASSERT_THAT(due, SizeIs(2));
  EXPECT_EQ(due[0].key, (RecordKey{"sdq", "c"}));
  EXPECT_EQ(due[0].due_at, base);
  EXPECT_EQ(due[1].key, (RecordKey{"plan", "b"}));
  EXPECT_THAT(*store_->DueAlarms(3, base + absl::Hours(1), 1), SizeIs(1));

  commit.alarms = {{{"sdq", "c"}, std::nullopt}, {{"plan", "b"}, base + absl::Seconds(5)}};
  ASSERT_TRUE(store_->Apply(commit).ok());
  EXPECT_EQ(**store_->EarliestAlarm(), base + absl::Seconds(5));
  EXPECT_EQ(store_->DueAlarms(3, base + absl::Hours(1), 10)->back().key,
            (RecordKey{"plan", "late:1"}));
}

TEST_P(StoreTest, TheEarliestAlarmIsFoundOverAllPartitions) {
  for (const int partition : {0, 7, 15}) {
    Commit commit{.partition = partition};
    commit.alarms = {{{"plan", "a"}, absl::FromUnixSeconds(100 - partition)}};
    ASSERT_TRUE(store_->Apply(commit).ok());
  }
  EXPECT_EQ(**store_->EarliestAlarm(), absl::FromUnixSeconds(85));
}

TEST_P(StoreTest, ACommitLeavesAnAlarmThatIsDueUnlessItAnswersIt) {
  const absl::Time now = absl::FromUnixSeconds(1'760'000'000), later = now + absl::Hours(9);
  const RecordKey key{"plan", "a"};
  const auto set = [&](Commit::Alarm alarm) {
    Commit commit{.partition = 3, .now = now};
    alarm.key = key;
    commit.alarms.push_back(alarm);
    EXPECT_TRUE(store_->Apply(commit).ok());
    return *store_->EarliestAlarm();
  };
  EXPECT_EQ(set({.key = {}, .at = now}), now);
  EXPECT_EQ(set({.key = {}, .at = later}), now) << "due, and nobody answered it";
  EXPECT_EQ(set({.key = {}, .at = std::nullopt}), now);
  EXPECT_EQ(set({.key = {}, .at = later, .fired = now - absl::Microseconds(1)}), now);
  EXPECT_EQ(set({.key = {}, .at = now - absl::Hours(1)}), now - absl::Hours(1)) << "earlier";
  EXPECT_EQ(set({.key = {}, .at = later, .fired = now - absl::Hours(1)}), later);
  EXPECT_EQ(set({.key = {}, .at = now + kDueAlready}), now + kDueAlready) << "not due: replaced";
  EXPECT_EQ(set({.key = {}, .at = later}), now + kDueAlready) << "due on some other's clock";
  EXPECT_EQ(set({.key = {}, .at = std::nullopt, .fired = now + kDueAlready}), std::nullopt);
}

TEST_P(StoreTest, AChangedFactsAlarmIsNeverTheOneThatFiredAlready) {
  const absl::Time now = absl::FromUnixSeconds(1'760'000'000);
  const auto set = [&](absl::Time at) {
    Commit commit{.partition = 3};
    commit.alarms.push_back({.key = {"policy", "931"}, .at = at, .anew = true});
    EXPECT_TRUE(store_->Apply(commit).ok());
    return *store_->EarliestAlarm();
  };
  EXPECT_EQ(set(now + absl::Hours(1)), now + absl::Hours(1));
  EXPECT_EQ(set(now), now);
  EXPECT_EQ(set(now), now - absl::Microseconds(1)) << "two facts of one instant are two alarms";
  EXPECT_EQ(set(now + absl::Hours(1)), now - absl::Microseconds(2)) << "due, and stays so";
}

TEST_P(StoreTest, AChangedFactWakesWhatIsListedPageByPageAndLeavesTheRestingAsleep) {
  const absl::Time now = absl::FromUnixSeconds(1'760'000'000);
  const IndexEntry listed{"all", "children"}, resting{"at-rest", "children"};
  Commit commit{.partition = 3};
  for (const char* child : {"a", "b", "c", "d", "e"}) commit.index.push_back({listed, child});
  commit.index.push_back({resting, "c"});
  commit.index.push_back({resting, "d"});
  commit.alarms = {{{"plan", "b"}, now + absl::Hours(5)},
                   {{"plan", "d"}, now + absl::Hours(6)},
                   {{"plan", "e"}, now - absl::Hours(1)},
                   {{"sdq", "a"}, now + absl::Hours(7)}};
  ASSERT_TRUE(store_->Apply(commit).ok());
  const WakeUp wake{.listed = listed, .kind = "plan", .resting = resting, .at = now};
  EXPECT_EQ(*store_->WakeListed(3, wake, "", 3), "c");
  EXPECT_THAT(*store_->DueAlarms(3, now, 10), SizeIs(3)) << "a, b and e, which was due before";
  EXPECT_EQ(*store_->WakeListed(3, wake, "c", 3), "") << "no more";
  std::map<std::string, absl::Time> due;
  const auto alarms = store_->DueAlarms(3, now, 10);
  for (const DueAlarm& alarm : *alarms) due[alarm.key.id] = alarm.due_at;
  EXPECT_EQ(due, (std::map<std::string, absl::Time>{
                     {"a", now},
                     {"b", now},
                     {"d", now},  // at rest, and yet it has an alarm
                     {"e", now - absl::Hours(1) - absl::Microseconds(1)}}));
  EXPECT_EQ(*store_->WakeListed(4, wake, "", 3), "") << "nobody is listed there";
}

TEST_P(StoreTest, IndexMembersAreListedInOrderByPageAndRemoved) {
  Commit commit{.partition = 3};
  for (const char* member : {"c", "a", "b"}) {
    commit.index.push_back({{"school", "123456"}, member, true});
  }
  ASSERT_TRUE(store_->Apply(commit).ok());
  EXPECT_THAT(*store_->ListIndex(3, {"school", "123456"}, "", 2), ElementsAre("a", "b"));
  EXPECT_THAT(*store_->ListIndex(3, {"school", "123456"}, "b", 2), ElementsAre("c"));
  EXPECT_THAT(*store_->ListIndex(3, {"school", "654321"}, "", 2), IsEmpty());
  commit.index = {{{"school", "123456"}, "b", false}};
  ASSERT_TRUE(store_->Apply(commit).ok());
  EXPECT_THAT(*store_->ListIndex(3, {"school", "123456"}, "", 9), ElementsAre("a", "c"));
}

TEST_P(StoreTest, TheLastEventReceivedOfASourceAggregateIsKeptAndNeverAnEarlierOne) {
  const SourceAggregate child{"chd-1", "registry/child/chd-1"}, pep{"chd-1", "scheduling/pep/1"},
      other{"chd-2", "registry/child/chd-2"};
  EXPECT_EQ(store_->LoadReceived({child}).front().value(), std::nullopt);
  ASSERT_TRUE(store_->KeepReceived({{child, {4, 0xfeedbeef}}, {other, {1, 7}}}).ok());
  ASSERT_TRUE(store_->KeepReceived({{child, {3, 1}}, {pep, {10, 2}}}).ok());
  ASSERT_TRUE(store_->KeepReceived({}).ok());
  const auto all = store_->LoadReceived({pep, child, other, {"chd-1", "funding/line/1"}});
  ASSERT_THAT(all, SizeIs(4));
  EXPECT_EQ(all[0].value(), (ReceivedVersion{10, 2}));
  EXPECT_EQ(all[1].value(), (ReceivedVersion{4, 0xfeedbeef}));
  EXPECT_EQ(all[2].value(), (ReceivedVersion{1, 7}));
  EXPECT_EQ(all[3].value(), std::nullopt);
  ASSERT_TRUE(store_->KeepReceived({{child, {5, 1}}}).ok());
  EXPECT_EQ(store_->LoadReceived({child}).front().value(), (ReceivedVersion{5, 1}));
  // They are no records: neither a check nor a rebuild takes them for some.
  const auto found = take_();
  ASSERT_TRUE(found.ok()) << found.status();
  for (const StoredKeys& keys : *found) EXPECT_THAT(keys.records, IsEmpty());
}

TEST_P(StoreTest, OfManyWritersOfOneRevisionExactlyOneWins) {
  std::atomic<int> won = 0, lost = 0;
  std::vector<std::thread> writers;
  for (int i = 0; i < 16; ++i) {
    writers.emplace_back([&, i] {
      const auto applied = store_->Apply(WriteOf("a", 0, std::to_string(i)));
      if (applied.ok()) ++won;
      if (absl::IsAborted(applied.status())) ++lost;
    });
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(won, 1);
  EXPECT_EQ(lost, 15);
  EXPECT_EQ(Get("a").revision, 1U);
}

TEST(PartitionOfTest, NeverChangesSinceStoredDataDependsOnIt) {
  EXPECT_EQ(PartitionOf("", 16), 5);
  EXPECT_EQ(PartitionOf("chd-aaaaaaaaaaaaaaaaaaaa", 16),
            PartitionOf("chd-aaaaaaaaaaaaaaaaaaaa", 16));
  // FNV-1a of "a" is 0xaf63dc4c8601ec8c.
  EXPECT_EQ(PartitionOf("a", 16), 0xc);
}

TEST_P(StoreTest, AnInventoryTellsRecordsAndIndexEntriesOfEveryPartitionAndNothingElse) {
  Commit commit = WriteOf("b", 0, "bytes");
  commit.writes.push_back({{"child", "a:1"}, 0, "bytes"});
  commit.outbox = {Record("event")};
  commit.alarms = {{{"plan", "b"}, absl::FromUnixSeconds(1)}};
  commit.index = {{{"state", "due"}, "b", true}, {{"school", "1:2"}, "b", true}};
  commit.seen = {"command", {"print", "answer"}, absl::Hours(1)};
  ASSERT_TRUE(store_->Apply(commit).ok());
  Commit elsewhere{.partition = 15};
  for (int i = 0; i < 1200; ++i) {
    elsewhere.writes.push_back({{"plan", std::to_string(i)}, 0, "bytes"});
  }
  ASSERT_TRUE(store_->Apply(elsewhere).ok());
  Commit gone{.partition = 3};
  gone.index = {{{"state", "due"}, "b", false}};
  ASSERT_TRUE(store_->Apply(gone).ok());

  const auto found = take_();
  ASSERT_TRUE(found.ok()) << found.status();
  ASSERT_THAT(*found, SizeIs(16));
  EXPECT_THAT((*found)[3].records, ElementsAre(RecordKey{"child", "a:1"}, RecordKey{"plan", "b"}));
  EXPECT_THAT((*found)[3].index, ElementsAre(IndexEntry{"school", "1:2"}));
  EXPECT_THAT((*found)[15].records, SizeIs(1200));
  EXPECT_EQ((*found)[0], StoredKeys());
}

}  // namespace
}  // namespace pepline
