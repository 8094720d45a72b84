// RedisStore under faults of a real Redis: killed and restarted in the middle of commits, wrong
// layouts, settings that lose data.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <hiredis/hiredis.h>

#include "shared/redis/redis_store.h"
#include "tests/component/store/counting_writers.h"
#include "tools/stack/processes.h"
#include "tools/stack/servers/redis_server.h"

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

TEST_F(RedisFaultsTest, KillsLoseNothingAcknowledgedAndDoubleNothing) {
  constexpr int kWriters = 8, kKills = 5, kCommands = 50;
  CountingWriters writers(*store_, kWriters);
  for (int kill = 0; kill < kKills; ++kill) {
    EXPECT_TRUE(writers.Progress(kCommands));
    redis_->Kill();
    ASSERT_TRUE(redis_->Restart().ok());
  }
  EXPECT_TRUE(writers.Progress(kCommands));
  writers.StopAndCheck();
}

}  // namespace
}  // namespace pepline
