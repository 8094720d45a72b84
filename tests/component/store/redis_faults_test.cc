// RedisStore under faults of a real Redis: killed and restarted in the middle of commits, wrong
// layouts, settings that lose data.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <hiredis/hiredis.h>

#include <map>
#include <thread>

#include "absl/strings/str_cat.h"
#include "shared/runtime/redis_store.h"
#include "tools/stack/processes.h"
#include "tools/stack/redis_server.h"

namespace pepline {
namespace {

using ::testing::HasSubstr;

class RedisFaultsTest : public testing::Test {
 protected:
  void SetUp() override {
    auto server = RedisServer::Start(folder_.path());
    ASSERT_TRUE(server.ok()) << server.status();
    redis_ = *std::move(server);
    store_ = Open(16);
    ASSERT_TRUE(Usable(*store_));
  }
  std::unique_ptr<RedisStore> Open(int partitions) {
    return RedisStore::Create({.port = redis_->port(), .service = "test", .partitions = partitions},
                              nullptr);
  }
  static bool Usable(RedisStore& store) {
    return WaitUntil([&] { return store.CheckLayout().ok(); }, absl::Seconds(20));
  }
  absl::Status LayoutOf(RedisStore& store) {
    absl::Status status;
    WaitUntil(
        [&] {
          status = store.CheckLayout();
          return !absl::IsUnavailable(status);
        },
        absl::Seconds(20));
    return status;
  }
  void Command(const std::string& text) {
    redisContext* context = redisConnect("127.0.0.1", redis_->port());
    freeReplyObject(redisCommand(context, text.c_str()));
    redisFree(context);
  }

  TemporaryFolder folder_;
  std::unique_ptr<RedisServer> redis_;
  std::unique_ptr<RedisStore> store_;
};

TEST_F(RedisFaultsTest, AnotherPartitionCountIsRefusedWithTheFix) {
  auto other = Open(8);
  const absl::Status status = LayoutOf(*other);
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("PEPLINE_PARTITIONS"));
  EXPECT_TRUE(LayoutOf(*store_).ok());
}

TEST_F(RedisFaultsTest, ARedisThatMayLoseWritesIsRefused) {
  Command("CONFIG SET appendfsync everysec");
  const absl::Status status = LayoutOf(*store_);
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("appendfsync=always"));
}

TEST_F(RedisFaultsTest, WhileRedisIsAwayEveryCallAnswersUnavailable) {
  redis_->Kill();
  EXPECT_TRUE(WaitUntil([&] { return absl::IsUnavailable(store_->Ping()); }, absl::Seconds(10)));
  EXPECT_TRUE(absl::IsUnavailable(store_->Load(0, {{"plan", "a"}}, "").status()));
  Commit commit{.partition = 0};
  commit.writes.push_back({{"plan", "a"}, 0, "x"});
  EXPECT_TRUE(absl::IsUnavailable(store_->Apply(commit).status()));
  EXPECT_TRUE(absl::IsUnavailable(store_->EarliestAlarm().status()));
  ASSERT_TRUE(redis_->Restart().ok());
  EXPECT_TRUE(WaitUntil([&] { return store_->Apply(commit).ok(); }, absl::Seconds(10)));
}

TEST_F(RedisFaultsTest, ScriptsAreFoundAgainAfterTheyWereFlushed) {
  Commit commit{.partition = 0};
  commit.writes.push_back({{"plan", "a"}, 0, "x"});
  ASSERT_TRUE(store_->Apply(commit).ok());
  Command("SCRIPT FLUSH");
  commit.writes[0].expected_revision = 1;
  EXPECT_TRUE(store_->Apply(commit).ok());
}

// Writers add one at a time, each with its own command id, and repeat a command until it is
// acknowledged, while Redis is killed again and again.
TEST_F(RedisFaultsTest, KillsLoseNothingAcknowledgedAndDoubleNothing) {
  constexpr int kWriters = 8, kKills = 5;
  std::atomic<bool> stop = false;
  std::atomic<int> acknowledged_in_all = 0;
  std::vector<int> acknowledged(kWriters, 0);
  std::vector<std::thread> writers;
  for (int writer = 0; writer < kWriters; ++writer) {
    writers.emplace_back([&, writer] {
      const RecordKey key{"counter", std::to_string(writer)};
      for (int i = 0; !stop; ++i) {
        const std::string id = absl::StrCat("w", writer, "-", i);
        while (true) {
          auto loaded = store_->Load(writer, {key}, id);
          if (!loaded.ok()) continue;
          if (loaded->seen) break;  // carried out, the answer was lost
          const StoredRecord before = loaded->records[0].value_or(StoredRecord{});
          Commit commit{.partition = writer};
          commit.writes.push_back({key, before.revision, absl::StrCat(before.bytes, "+")});
          commit.outbox.push_back({"topic", "key", id, {}});
          commit.seen = {id, {"f", ""}, absl::Hours(1)};
          if (store_->Apply(commit).ok()) break;
        }
        ++acknowledged[static_cast<std::size_t>(writer)];
        ++acknowledged_in_all;
      }
    });
  }
  for (int kill = 0; kill < kKills; ++kill) {
    const int before = acknowledged_in_all;
    EXPECT_TRUE(WaitUntil([&] { return acknowledged_in_all > before + 50; }, absl::Seconds(30)));
    redis_->Kill();
    ASSERT_TRUE(redis_->Restart().ok());
  }
  const int before = acknowledged_in_all;
  EXPECT_TRUE(WaitUntil([&] { return acknowledged_in_all > before + 50; }, absl::Seconds(30)));
  stop = true;
  for (std::thread& writer : writers) writer.join();
  for (int writer = 0; writer < kWriters; ++writer) {
    auto loaded = store_->Load(writer, {{"counter", std::to_string(writer)}}, "");
    ASSERT_TRUE(loaded.ok() && loaded->records[0].has_value());
    const int wanted = acknowledged[static_cast<std::size_t>(writer)];
    EXPECT_EQ(static_cast<int>(loaded->records[0]->bytes.size()), wanted);
    auto outbox = store_->ReadOutbox(writer, 1'000'000, "");
    ASSERT_TRUE(outbox.ok());
    ASSERT_EQ(static_cast<int>(outbox->size()), wanted);
    for (int i = 0; i < wanted; ++i) {
      EXPECT_EQ((*outbox)[static_cast<std::size_t>(i)].record.value,
                absl::StrCat("w", writer, "-", i));
    }
  }
}

}  // namespace
}  // namespace pepline
