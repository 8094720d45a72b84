// RedisStore as a user of Redis's access list: the line of deploy/redis-user.acl is enough for
// everything the store does and for nothing else, and whoever is refused is told what to set.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_replace.h"
#include "shared/redis/redis_store.h"
#include "tests/component/store/redis_teller.h"
#include "tools/stack/environment.h"
#include "tools/stack/processes.h"
#include "tools/stack/servers/redis_server.h"

namespace pepline {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

constexpr absl::Duration kPatience = absl::Seconds(20);

std::string UserLine(const std::string& service, const std::string& password) {
  const std::string line = ReadFile(SourceFolder() + "/deploy/redis-user.acl").value_or("");
  return absl::StrReplaceAll(line, {{"SERVICE", service}, {"PASSWORD", password}});
}

class RedisAccessTest : public testing::Test {
 protected:
  void SetUp() override {
    const std::string file = folder_.path() + "/users.acl";
    ASSERT_TRUE(WriteFile(file, UserLine("test", "right") + UserLine("other", "right")).ok());
    auto server = RedisServer::Start(folder_.path(), 0, false, {"--aclfile", file});
    ASSERT_TRUE(server.ok()) << server.status();
    redis_ = *std::move(server);
  }
  RedisStoreOptions As(const std::string& user, const std::string& password) const {
    return {.port = redis_->port(), .user = user, .password = password, .service = "test"};
  }
  // What the store says once it has been to Redis.
  static void ExpectMessage(RedisStore& store, const std::string& what) {
    absl::Status status;
    EXPECT_TRUE(WaitUntil(
        [&] {
          status = store.CheckLayout();
          return std::string(status.message()).find(what) != std::string::npos;
        },
        kPatience))
        << status;
    EXPECT_TRUE(absl::IsUnavailable(status)) << status;
  }
  static bool Usable(RedisStore& store) {
    return WaitUntil([&] { return store.CheckLayout().ok(); }, kPatience);
  }

  TemporaryFolder folder_;
  std::unique_ptr<RedisServer> redis_;
};

TEST_F(RedisAccessTest, TheLineOfTheHandbookIsEnoughForAllThatTheStoreDoes) {
  auto store = RedisStore::Create(As("test", "right"), nullptr);
  ASSERT_TRUE(Usable(*store)) << store->CheckLayout();
  EXPECT_TRUE(store->Ping().ok());
  Commit commit{.partition = 3, .now = absl::Now()};
  commit.writes.push_back({{"plan", "a"}, 0, "bytes"});
  commit.outbox = {{"topic", "key", "value", {}}};
  commit.alarms = {{{"plan", "a"}, absl::FromUnixSeconds(1)}, {{"plan", "b"}, std::nullopt}};
  commit.index = {{{"school", "1"}, "a", true}, {{"school", "2"}, "a", false}};
  commit.seen = {"command", {"print", "answer"}, absl::Hours(1)};
  for (const char* round : {"first by its text", "then by its digest"}) {
    const auto applied = store->Apply(commit);
    ASSERT_TRUE(applied.ok()) << round << applied.status();
  }
  EXPECT_EQ(store->Load(3, {{"plan", "a"}}, "command")->records[0]->bytes, "bytes");
  EXPECT_EQ(store->Revisions({{3, {"plan", "a"}}})->at(0), 1U);
  EXPECT_THAT(*store->DueAlarms(3, absl::Now(), 10), SizeIs(1));
  EXPECT_TRUE(store->WakeListed(3, {.listed = {"all", "plans"}, .kind = "plan"}, "", 10).ok());
  EXPECT_TRUE(store->EarliestAlarm()->has_value());
  EXPECT_THAT(*store->ListIndex(3, {"school", "1"}, "", 10), SizeIs(1));
  EXPECT_EQ(store->MeasureOutbox()->entries, 1);
  const auto outbox = store->ReadOutbox(3, 10, "");
  ASSERT_THAT(*outbox, SizeIs(1));
  EXPECT_TRUE(store->DeleteOutbox(3, {outbox->front().entry_id}).ok());
  ASSERT_TRUE(store->Heartbeat("gone", absl::ZeroDuration(), RedisStore::Presence::kLives).ok());
  EXPECT_TRUE(WaitUntil(
      [&] {
        return store->Heartbeat("a", absl::Milliseconds(1), RedisStore::Presence::kLives)->size() ==
               1;
      },
      kPatience));
  EXPECT_THAT(*store->Heartbeat("a", kPatience, RedisStore::Presence::kGoes), SizeIs(0));
  // What `pepctl check` and the store on a cluster ask besides.
  for (const char* allowed : {"SCAN 0 MATCH {test.*", "CLUSTER SLOTS", "ASKING"}) {
    EXPECT_THAT(TellRedis(redis_->port(), "test", "right", allowed), Not(HasSubstr("NOPERM")));
  }
}

TEST_F(RedisAccessTest, TheUserOfOneServiceCannotTouchAnother) {
  auto store = RedisStore::Create(As("other", "right"), nullptr);
  ExpectMessage(*store, "NOPERM");
  EXPECT_THAT(std::string(store->Load(3, {{"plan", "a"}}, "").status().message()),
              AllOf(HasSubstr("PEPLINE_REDIS_USER"), HasSubstr("docs/operations/redis.md")));
  for (const char* forbidden : {"FLUSHALL", "KEYS *", "ACL LIST", "SHUTDOWN", "CONFIG SET save 1",
                                "DEL {test.03}:plan:a", "GET elsewhere"}) {
    EXPECT_THAT(TellRedis(redis_->port(), "test", "right", forbidden), HasSubstr("NOPERM"))
        << forbidden;
  }
}

TEST_F(RedisAccessTest, AWrongPasswordIsNamedAndTheStoreComesBackWhenItIsRight) {
  auto store = RedisStore::Create(As("test", "wrong"), nullptr);
  ExpectMessage(*store, "PEPLINE_REDIS_PASSWORD");
  EXPECT_THAT(std::string(store->Ping().message()), HasSubstr("WRONGPASS"));
  TellRedis(redis_->port(), "", "", "ACL SETUSER test >wrong");
  EXPECT_TRUE(Usable(*store)) << store->CheckLayout();
}

TEST_F(RedisAccessTest, ARedisThatAsksForAPasswordIsNamed) {
  TellRedis(redis_->port(), "", "", "ACL SETUSER default resetpass >something");
  auto store = RedisStore::Create(As("", ""), nullptr);
  ExpectMessage(*store, "NOAUTH");
  EXPECT_THAT(std::string(store->Ping().message()), HasSubstr("PEPLINE_REDIS_PASSWORD"));
  auto by_password = RedisStore::Create(As("", "something"), nullptr);
  EXPECT_TRUE(Usable(*by_password)) << by_password->CheckLayout();
}

}  // namespace
}  // namespace pepline
