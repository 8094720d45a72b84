// What a store demands of its Redis before and while it is used: settings that keep every write,
// room to write, the same time of day; on a real redis-server that lacks one of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "shared/engine/waker.h"
#include "shared/redis/redis_store.h"
#include "tests/component/store/redis_teller.h"
#include "tools/stack/processes.h"
#include "tools/stack/servers/redis_server.h"

namespace pepline {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr absl::Duration kPatience = absl::Seconds(20);

class RedisChecksTest : public testing::Test {
 protected:
  void Start(std::vector<std::string> settings = {}) {
    auto server = RedisServer::Start(folder_.path(), 0, false, std::move(settings));
    ASSERT_TRUE(server.ok()) << server.status();
    redis_ = *std::move(server);
    Open("");
  }
  void Open(const std::string& user) {
    store_ = RedisStore::Create({.port = redis_->port(),
                                 .user = user,
                                 .password = user.empty() ? "" : "word",
                                 .service = "test",
                                 .machine_clock =
                                     [this] {
                                       ++looks_at_the_clock_;
                                       return absl::Now() + absl::Seconds(seconds_off_.load());
                                     }},
                                nullptr);
  }
  void Send(const std::string& command) {
    EXPECT_EQ(TellRedis(redis_->port(), "", "", command), "OK") << command;
  }
  // What the check of the start says about something that only an operator can mend.
  std::string StopsStartBecause() {
    absl::Status status;
    WaitUntil(
        [&] {
          status = store_->CheckLayout();
          return !absl::IsUnavailable(status);
        },
        kPatience);
    EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
    return std::string(status.message());
  }
  bool ReadinessSays(const std::string& what) {
    return WaitUntil(
        [&] { return std::string(store_->Ping().message()).find(what) != std::string::npos; },
        kPatience);
  }
  bool Usable() {
    return WaitUntil([&] { return store_->CheckLayout().ok(); }, kPatience);
  }
  // Everything is refused, and by what the setting is; until it is right.
  void ExpectRefusedBecauseOf(const std::string& setting) {
    EXPECT_TRUE(ReadinessSays(setting)) << store_->Ping();
    const absl::Status refused = store_->Apply(Write(1)).status();
    EXPECT_TRUE(absl::IsUnavailable(refused)) << refused;
    EXPECT_THAT(std::string(refused.message()), HasSubstr(setting));
    EXPECT_TRUE(absl::IsUnavailable(store_->EarliestAlarm().status()));
  }
  void ExpectTakesWritesAgain() {
    EXPECT_TRUE(WaitUntil([&] { return store_->Ping().ok(); }, kPatience)) << store_->Ping();
    EXPECT_TRUE(store_->Apply(Write(1)).ok()) << "nothing of the refused commit was written";
  }
  static Commit Write(std::uint64_t expected) {
    Commit commit{.partition = 3};
    commit.writes.push_back({{"plan", "a"}, expected, "bytes"});
    return commit;
  }

  TemporaryFolder folder_;
  std::atomic<int> seconds_off_ = 0;
  std::atomic<int> looks_at_the_clock_ = 0;
  std::unique_ptr<RedisServer> redis_;
  std::unique_ptr<RedisStore> store_;
};

TEST_F(RedisChecksTest, AnAppendOnlyFileThatIsOffStopsTheStart) {
  ASSERT_NO_FATAL_FAILURE(Start({"--appendonly", "no"}));
  EXPECT_THAT(StopsStartBecause(), AllOf(HasSubstr("appendonly=no"), HasSubstr("appendonly=yes"),
                                         HasSubstr("deploy/redis.conf")));
}

TEST_F(RedisChecksTest, AnyOtherFsyncThanAlwaysStopsTheStart) {
  ASSERT_NO_FATAL_FAILURE(Start({"--appendfsync", "everysec"}));
  EXPECT_THAT(StopsStartBecause(), HasSubstr("appendfsync=always"));
  Send("CONFIG SET appendfsync no");
  EXPECT_THAT(StopsStartBecause(), HasSubstr("appendfsync=always"));
}

TEST_F(RedisChecksTest, AnEvictionPolicyStopsTheStart) {
  ASSERT_NO_FATAL_FAILURE(Start({"--maxmemory-policy", "allkeys-lru"}));
  EXPECT_THAT(StopsStartBecause(), AllOf(HasSubstr("allkeys-lru"), HasSubstr("noeviction")));
}

// As a hosted Redis, or one whose access list forbids CONFIG.
TEST_F(RedisChecksTest, WhereConfigIsForbiddenInfoIsAsked) {
  ASSERT_NO_FATAL_FAILURE(Start());
  Send("ACL SETUSER hosted on >word ~* +@all -config");
  Open("hosted");
  ASSERT_TRUE(Usable()) << store_->CheckLayout();
  Send("CONFIG SET maxmemory-policy volatile-ttl");
  EXPECT_THAT(StopsStartBecause(), AllOf(HasSubstr("volatile-ttl"), HasSubstr("noeviction")));
  Send("CONFIG SET maxmemory-policy noeviction");
  Send("CONFIG SET appendonly no");
  EXPECT_THAT(StopsStartBecause(), HasSubstr("appendonly=yes"));
}

TEST_F(RedisChecksTest, AClockThatIsOffTurnsReadinessOffUntilItAgrees) {
  ASSERT_NO_FATAL_FAILURE(Start());
  ASSERT_TRUE(Usable()) << store_->CheckLayout();
  seconds_off_ = 3;
  EXPECT_TRUE(store_->Ping().ok()) << store_->Ping();
  seconds_off_ = 60;
  EXPECT_THAT(std::string(store_->Ping().message()),
              AllOf(HasSubstr("seconds ahead of"), HasSubstr("NTP")));
  EXPECT_TRUE(absl::IsUnavailable(store_->CheckLayout())) << "nor does it start";
  seconds_off_ = -60;
  EXPECT_THAT(std::string(store_->Ping().message()), HasSubstr("seconds behind"));
  EXPECT_TRUE(store_->Load(3, {{"plan", "a"}}, "").ok()) << "what is stored can be read";
  seconds_off_ = 0;
  EXPECT_TRUE(WaitUntil([&] { return store_->Ping().ok(); }, kPatience)) << store_->Ping();
}

TEST_F(RedisChecksTest, WhileTheClockIsOffNothingIsWrittenAndWhatWasWrittenIsAnswered) {
  ASSERT_NO_FATAL_FAILURE(Start());
  ASSERT_TRUE(Usable()) << store_->CheckLayout();
  Commit done = Write(0);
  done.seen = {"command", {"fingerprint", "answer"}, absl::Hours(1)};
  ASSERT_TRUE(store_->Apply(done).ok());
  // Nobody has compared the clocks yet when the commit comes: Redis itself does.
  for (const int off : {40 * 24 * 3600, 6, -9, -40 * 24 * 3600}) {
    seconds_off_ = off;
    const absl::Status refused = store_->Apply(Write(1)).status();
    EXPECT_TRUE(absl::IsUnavailable(refused)) << off << ": " << refused;
    EXPECT_THAT(std::string(refused.message()),
                HasSubstr(off > 0 ? "seconds ahead of" : "seconds behind"));
  }
  EXPECT_EQ((*store_->Apply(done))->answer, "answer") << "a repetition writes nothing";
  for (const int off : {4, -4}) {
    seconds_off_ = off;
    EXPECT_TRUE(store_->Apply(Write(off > 0 ? 1 : 2)).ok()) << off;
  }
}

TEST_F(RedisChecksTest, AClockThatWasOffIsTrustedOnlyOnceItHasAgreedForAWhile) {
  ASSERT_NO_FATAL_FAILURE(Start());
  ASSERT_TRUE(Usable()) << store_->CheckLayout();
  seconds_off_ = 60;
  EXPECT_FALSE(store_->Ping().ok());
  const auto wrong = std::chrono::steady_clock::now();
  seconds_off_ = 0;
  EXPECT_FALSE(store_->Ping().ok());
  EXPECT_FALSE(store_->Apply(Write(0)).ok());
  EXPECT_FALSE(store_->EarliestAlarm().ok());
  seconds_off_ = 3;  // agrees, but with more than half of what is allowed
  EXPECT_FALSE(store_->Ping().ok());
  seconds_off_ = 1;
  EXPECT_TRUE(WaitUntil([&] { return store_->Ping().ok(); }, kPatience)) << store_->Ping();
  EXPECT_GE(std::chrono::steady_clock::now() - wrong, std::chrono::seconds(3));
  EXPECT_TRUE(store_->Apply(Write(0)).ok());
}

TEST_F(RedisChecksTest, NoAlarmFiresWhileTheClockIsOff) {
  ASSERT_NO_FATAL_FAILURE(Start());
  ASSERT_TRUE(Usable()) << store_->CheckLayout();
  Commit commit{.partition = 3};
  commit.alarms.push_back({{"plan", "a"}, absl::Now() - absl::Hours(1)});
  ASSERT_TRUE(store_->Apply(commit).ok());
  seconds_off_ = 60;
  std::atomic<int> fired = 0;
  const SystemClock clock;
  Metrics metrics;
  WorkerPool pool(2, 8);
  Waker waker(*store_, clock, metrics, pool, [&](const DueAlarm&) {
    ++fired;
    return absl::UnavailableError("stays due");
  });
  const int before = looks_at_the_clock_;
  waker.Start();
  // Twice for each look at the alarms.
  EXPECT_TRUE(WaitUntil([&] { return looks_at_the_clock_ >= before + 6; }, kPatience));
  EXPECT_EQ(fired, 0);
  seconds_off_ = 0;
  EXPECT_TRUE(WaitUntil([&] { return fired > 0; }, kPatience));
}

TEST_F(RedisChecksTest, ARestartWithOtherSettingsIsFoundAndNothingIsWrittenUntilTheyAreRight) {
  ASSERT_NO_FATAL_FAILURE(Start());
  ASSERT_TRUE(Usable());
  ASSERT_TRUE(store_->Apply(Write(0)).ok());
  const std::vector<std::pair<std::string, std::string>> wrong = {
      {"appendfsync", "everysec"}, {"maxmemory-policy", "allkeys-lru"}, {"appendonly", "no"}};
  for (const auto& [setting, value] : wrong) {
    redis_->Kill();
    redis_->SetSettings({absl::StrCat("--", setting), value});
    ASSERT_TRUE(redis_->Restart().ok());
    ExpectRefusedBecauseOf(absl::StrCat(setting, "=", value));
    EXPECT_THAT(StopsStartBecause(), HasSubstr("deploy/redis.conf"));
  }
  redis_->Kill();
  redis_->SetSettings({});
  ASSERT_TRUE(redis_->Restart().ok());
  ExpectTakesWritesAgain();
}

TEST_F(RedisChecksTest, ASettingThatIsChangedIsFoundByTheNextConnectionAndCountsForAll) {
  ASSERT_NO_FATAL_FAILURE(Start());
  ASSERT_TRUE(Usable());
  ASSERT_TRUE(store_->Apply(Write(0)).ok());
  Send("CONFIG SET appendfsync everysec");
  // The older of the two is closed, the other one stays.
  const std::string clients = TellRedis(redis_->port(), "", "", "CLIENT LIST TYPE normal");
  const std::string id = clients.substr(3, clients.find(' ') - 3);
  EXPECT_EQ(TellRedis(redis_->port(), "", "", absl::StrCat("CLIENT KILL ID ", id)), "1");
  ExpectRefusedBecauseOf("appendfsync=everysec");
  Send("CONFIG SET appendfsync always");
  ExpectTakesWritesAgain();
}

TEST_F(RedisChecksTest, WhereConfigIsForbiddenAReconnectAsksInfo) {
  ASSERT_NO_FATAL_FAILURE(Start());
  Send("ACL SETUSER hosted on >word ~* +@all -config");
  Open("hosted");
  ASSERT_TRUE(Usable()) << store_->CheckLayout();
  ASSERT_TRUE(store_->Apply(Write(0)).ok());
  Send("CONFIG SET maxmemory-policy volatile-ttl");
  TellRedis(redis_->port(), "", "", "CLIENT KILL USER hosted");
  ExpectRefusedBecauseOf("maxmemory-policy=volatile-ttl");
  Send("CONFIG SET maxmemory-policy noeviction");
  ExpectTakesWritesAgain();
}

TEST_F(RedisChecksTest, ARedisWithoutMemoryRefusesCommandsAndReadinessSaysSo) {
  ASSERT_NO_FATAL_FAILURE(Start());
  ASSERT_TRUE(Usable());
  ASSERT_TRUE(store_->Apply(Write(0)).ok());
  Send("CONFIG SET maxmemory 1");
  EXPECT_TRUE(ReadinessSays("maxmemory"));
  const absl::Status refused = store_->Apply(Write(1)).status();
  EXPECT_TRUE(absl::IsUnavailable(refused)) << refused;
  EXPECT_THAT(std::string(refused.message()), HasSubstr("raise its maxmemory"));
  Send("CONFIG SET maxmemory 0");
  EXPECT_TRUE(store_->Ping().ok());
  EXPECT_TRUE(store_->Apply(Write(1)).ok()) << "nothing of the refused commit was written";
}

TEST_F(RedisChecksTest, APrimaryWithoutTheReplicasItIsToHaveRefusesCommandsAndReadinessSaysSo) {
  ASSERT_NO_FATAL_FAILURE(Start());
  ASSERT_TRUE(Usable());
  Send("CONFIG SET min-replicas-to-write 1");
  EXPECT_TRUE(ReadinessSays("min-replicas-to-write"));
  EXPECT_THAT(std::string(store_->Apply(Write(0)).status().message()), HasSubstr("NOREPLICAS"));
  Send("CONFIG SET min-replicas-to-write 0");
  EXPECT_TRUE(store_->Apply(Write(0)).ok());
}

TEST_F(RedisChecksTest, AnEmptiedRedisIsWrittenToNoMoreAndReadinessSaysSoAtOnce) {
  ASSERT_NO_FATAL_FAILURE(Start());
  ASSERT_TRUE(Usable());
  ASSERT_TRUE(store_->Apply(Write(0)).ok());
  Send("FLUSHALL");
  EXPECT_THAT(std::string(store_->Ping().message()), HasSubstr("has lost"));
  const absl::Status refused = store_->Apply(Write(0)).status();
  EXPECT_TRUE(absl::IsUnavailable(refused)) << refused;
  EXPECT_THAT(std::string(refused.message()), HasSubstr("has lost"));
  EXPECT_EQ(store_->Revisions({{3, {"plan", "a"}}})->front(), 0U) << "and nothing was written";
}

TEST_F(RedisChecksTest, ARedisThatLostSomePartitionsStopsTheStart) {
  ASSERT_NO_FATAL_FAILURE(Start());
  ASSERT_TRUE(Usable());
  EXPECT_EQ(TellRedis(redis_->port(), "", "", "DEL {test.03}:layout"), "1");
  Open("");
  EXPECT_THAT(StopsStartBecause(), HasSubstr("lost what 1 partitions"));
  EXPECT_EQ(TellRedis(redis_->port(), "", "", "DEL {test}:layout {test}:marks"), "2");
  EXPECT_THAT(StopsStartBecause(), HasSubstr("lost the service's layout"));
}

TEST_F(RedisChecksTest, AStoreOfAVersionThatKnewNoMarksGetsThem) {
  ASSERT_NO_FATAL_FAILURE(Start());
  ASSERT_TRUE(Usable());
  ASSERT_TRUE(store_->Apply(Write(0)).ok());
  for (int partition = 0; partition < store_->partitions(); ++partition) {
    TellRedis(redis_->port(), "", "", absl::StrFormat("DEL {test.%02d}:layout", partition));
  }
  EXPECT_EQ(TellRedis(redis_->port(), "", "", "DEL {test}:marks"), "1");
  Open("");
  EXPECT_TRUE(Usable()) << store_->CheckLayout();
  EXPECT_TRUE(store_->Apply(Write(1)).ok());
}

TEST_F(RedisChecksTest, WhereRedisHoldsNothingTheFirstStartIsAskedForAndARefusalWritesNothing) {
  ASSERT_NO_FATAL_FAILURE(Start());
  ASSERT_TRUE(WaitUntil([&] { return store_->FindLayout().ok(); }, kPatience));
  EXPECT_FALSE(*store_->FindLayout());
  const auto no = [] { return absl::FailedPreconditionError("its topic has records"); };
  EXPECT_TRUE(absl::IsFailedPrecondition(store_->CheckLayout(no)));
  EXPECT_EQ(TellRedis(redis_->port(), "", "", "DBSIZE"), "0");
  int asked = 0;
  const auto yes = [&] {
    ++asked;
    return absl::OkStatus();
  };
  EXPECT_TRUE(store_->CheckLayout(yes).ok());
  EXPECT_TRUE(store_->CheckLayout(yes).ok());
  EXPECT_EQ(asked, 1) << "at the first start alone";
}

TEST_F(RedisChecksTest, AReplicaRefusesCommandsAndReadinessSaysSo) {
  ASSERT_NO_FATAL_FAILURE(Start());
  ASSERT_TRUE(Usable());
  Send("REPLICAOF 127.0.0.1 9");
  EXPECT_TRUE(ReadinessSays("PEPLINE_REDIS_HOST"));
  EXPECT_THAT(std::string(store_->Apply(Write(0)).status().message()), HasSubstr("replica"));
  Send("REPLICAOF NO ONE");
  EXPECT_TRUE(store_->Apply(Write(0)).ok());
}

TEST_F(RedisChecksTest, ARedisThatReadsItsDataBackIsWaitedFor) {
  ASSERT_NO_FATAL_FAILURE(Start());
  ASSERT_TRUE(Usable());
  redisContext* context = redisConnect("127.0.0.1", redis_->port());
  freeReplyObject(redisCommand(context, "EVAL %s 0",
                               "for i = 1, 2500 do redis.call('SET', '{test.00}:x' .. i, 1) end"));
  redisFree(context);
  redis_->Kill();
  redis_->SetSettings({"--key-load-delay", "1000"});
  ASSERT_TRUE(redis_->Launch().ok());
  EXPECT_TRUE(ReadinessSays("reads its data back"));
  EXPECT_TRUE(Usable()) << store_->CheckLayout();
}

TEST_F(RedisChecksTest, AClusterSettingThatDoesNotFitIsNamed) {
  ASSERT_NO_FATAL_FAILURE(Start());
  auto store =
      RedisStore::Create({.port = redis_->port(), .cluster = true, .service = "test"}, nullptr);
  absl::Status status;
  EXPECT_TRUE(WaitUntil(
      [&] {
        status = store->CheckLayout();
        return std::string(status.message()).find("PEPLINE_REDIS_CLUSTER") != std::string::npos;
      },
      kPatience))
      << status;
}

}  // namespace
}  // namespace pepline
