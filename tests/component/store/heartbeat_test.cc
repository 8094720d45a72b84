// Replicas learn of each other through one real Redis.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "shared/redis/redis_store.h"
#include "tools/stack/processes.h"
#include "tools/stack/servers/redis_server.h"

namespace pepline {
namespace {

using ::testing::ElementsAre;

constexpr absl::Duration kPatience = absl::Seconds(20);
constexpr absl::Duration kLong = absl::Minutes(10);
constexpr auto kLives = RedisStore::Presence::kLives;
constexpr auto kGoes = RedisStore::Presence::kGoes;

class RedisHeartbeatTest : public testing::Test {
 protected:
  void SetUp() override {
    auto server = RedisServer::Start(folder_.path(), 0);
    ASSERT_TRUE(server.ok()) << server.status();
    redis_ = *std::move(server);
    store_ = Open("test");
  }
  std::unique_ptr<RedisStore> Open(const std::string& service) const {
    auto store = RedisStore::Create({.port = redis_->port(), .service = service}, nullptr);
    EXPECT_TRUE(WaitUntil([&] { return store->CheckLayout().ok(); }, kPatience));
    return store;
  }

  TemporaryFolder folder_;
  std::unique_ptr<RedisServer> redis_;
  std::unique_ptr<RedisStore> store_;
};

TEST_F(RedisHeartbeatTest, AnswersAllThatLiveInTheOrderOfText) {
  EXPECT_THAT(*store_->Heartbeat("b", kLong, kLives), ElementsAre("b"));
  EXPECT_THAT(*Open("test")->Heartbeat("a", kLong, kLives), ElementsAre("a", "b"));
  EXPECT_THAT(*store_->Heartbeat("b", kLong, kLives), ElementsAre("a", "b"));
}

TEST_F(RedisHeartbeatTest, ForgetsWhoGoesAtOnce) {
  ASSERT_TRUE(store_->Heartbeat("a", kLong, kLives).ok());
  ASSERT_TRUE(store_->Heartbeat("b", kLong, kLives).ok());
  EXPECT_THAT(*store_->Heartbeat("a", kLong, kGoes), ElementsAre("b"));
}

TEST_F(RedisHeartbeatTest, ForgetsWhoHasSentNoHeartbeatForAWhile) {
  ASSERT_TRUE(store_->Heartbeat("dead", kLong, kLives).ok());
  EXPECT_TRUE(WaitUntil(
      [&] {
        const auto living = store_->Heartbeat("a", absl::Milliseconds(50), kLives);
        return living.ok() && *living == std::vector<std::string>{"a"};
      },
      kPatience));
}

TEST_F(RedisHeartbeatTest, ServicesOnOneRedisDoNotMix) {
  ASSERT_TRUE(store_->Heartbeat("a", kLong, kLives).ok());
  EXPECT_THAT(*Open("other")->Heartbeat("b", kLong, kLives), ElementsAre("b"));
}

}  // namespace
}  // namespace pepline
