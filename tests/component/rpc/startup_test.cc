// What a service finds around itself when it starts: a store of another layout, Redis that does not
// keep every write, topics that are not there, a port that is taken.
#include <hiredis/hiredis.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tests/component/rpc/rpc_server_fixture.h"
#include "tools/stack/environment.h"
#include "tools/stack/http_get.h"
#include "tools/stack/servers/kafka_server.h"

namespace pepline {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr absl::Duration kPatience = absl::Seconds(30);
constexpr int kCouldNotStart = 3;

// The topics file without one of its topics.
std::string TopicsWithout(const std::string& topic) {
  const std::string all = ReadFile(SourceFolder() + "/deploy/topics.yaml").value_or("");
  const std::string line = absl::StrCat("name: ", topic, "\n");
  const std::string rest = absl::StrReplaceAll(all, {{line, "name: pepline.instead.events.v1\n"}});
  EXPECT_NE(rest, all);
  return rest;
}

class RpcStartupTest : public testing::Test {
 protected:
  // What the service needs around itself but Kafka.
  void SetUp() override {
    auto redis = RedisServer::Start(folder_.path() + "/redis");
    ASSERT_TRUE(redis.ok()) << redis.status();
    redis_ = *std::move(redis);
    auto keys = FindOrMakeKeys(folder_.path() + "/keys");
    ASSERT_TRUE(keys.ok()) << keys.status();
    around_ = {.redis_port = redis_->port(),
               .kafka_bootstrap = "127.0.0.1:9",
               .dev_broker = true,
               .keys = *keys,
               .clock = "system",
               .smtp_url = {},
               .mail_folder = {},
               .registry_address = {}};
  }
  void StartBroker() {
    auto broker =
        DevBroker::Start(folder_.path() + "/broker", SourceFolder() + "/deploy/topics.yaml");
    ASSERT_TRUE(broker.ok()) << broker.status();
    broker_ = *std::move(broker);
    around_.kafka_bootstrap = broker_->bootstrap();
  }
  void Launch(const std::map<std::string, std::string>& more = {}) {
    auto environment = EnvironmentOf(kService, around_);
    for (const auto& [name, value] : more) environment[name] = value;
    auto process = ServiceProcess::Start(
        {.service = kService, .folder = folder_.path(), .environment = environment});
    ASSERT_TRUE(process.ok()) << process.status();
    process_ = *std::move(process);
  }
  // The program, run to its end with these surroundings.
  Ended RunToItsEnd(const std::map<std::string, std::string>& more = {}) {
    auto environment = EnvironmentOf(kService, around_);
    for (const auto& [name, value] : more) environment[name] = value;
    return BareProgram({}, environment);
  }
  // It runs, is not ready, and /readyz says why.
  void ExpectNotReadyBecause(const std::string& why) {
    const auto says_why = [&] {
      const auto answer = HttpGet(MetricsPort(), "/readyz");
      return answer.ok() && answer->status == 503 && answer->body.find(why) != std::string::npos;
    };
    EXPECT_TRUE(WaitUntil(says_why, kPatience)) << process_->WaitReady(absl::Milliseconds(1));
    EXPECT_TRUE(process_->Running());
  }
  int MetricsPort() const {
    const std::string address = process_->metrics_address();
    return std::stoi(address.substr(address.rfind(':') + 1));
  }
  void TellRedis(const std::string& setting, const std::string& value) {
    redisContext* context = redisConnect("127.0.0.1", redis_->port());
    ASSERT_TRUE(context != nullptr && context->err == 0);
    freeReplyObject(redisCommand(context, "CONFIG SET %s %s", setting.c_str(), value.c_str()));
    redisFree(context);
  }

  TemporaryFolder folder_;
  Surroundings around_;
  std::unique_ptr<RedisServer> redis_;
  std::unique_ptr<DevBroker> broker_;
  std::unique_ptr<ServiceProcess> process_;
};

TEST_F(RpcStartupTest, AnotherNumberOfPartitionsThanTheStoresIsRefused) {
  ASSERT_NO_FATAL_FAILURE(StartBroker());
  ASSERT_NO_FATAL_FAILURE(Launch());
  ASSERT_TRUE(process_->WaitReady(kPatience).ok());
  EXPECT_EQ(process_->Stop(), 0);
  const Ended ended = RunToItsEnd({{"PEPLINE_PARTITIONS", "8"}});
  EXPECT_EQ(ended.code, kCouldNotStart);
  EXPECT_THAT(ended.output, AllOf(HasSubstr("partitions=16"), HasSubstr("partitions=8"),
                                  HasSubstr("PEPLINE_PARTITIONS")));
  ASSERT_TRUE(process_->Restart().ok());
  EXPECT_TRUE(process_->WaitReady(kPatience).ok()) << "with its own number it goes on";
}

TEST_F(RpcStartupTest, ARedisThatDoesNotKeepEveryWriteIsRefused) {
  TellRedis("appendfsync", "everysec");
  const Ended ended = RunToItsEnd();
  EXPECT_EQ(ended.code, kCouldNotStart);
  EXPECT_THAT(ended.output, HasSubstr("appendfsync=always"));
}

TEST_F(RpcStartupTest, ATakenPortIsNamedWithTheFix) {
  ASSERT_NO_FATAL_FAILURE(StartBroker());
  ASSERT_NO_FATAL_FAILURE(Launch());
  ASSERT_TRUE(process_->WaitReady(kPatience).ok());
  const Ended ended = RunToItsEnd({{"PEPLINE_GRPC_ADDRESS", process_->grpc_address()}});
  EXPECT_EQ(ended.code, kCouldNotStart);
  EXPECT_THAT(ended.output, AllOf(HasSubstr("PEPLINE_GRPC_ADDRESS"), HasSubstr("taken")));
}

TEST_F(RpcStartupTest, ItWaitsForRedisAndIsReadyOnceItIsThere) {
  ASSERT_NO_FATAL_FAILURE(StartBroker());
  redis_->Kill();
  ASSERT_NO_FATAL_FAILURE(Launch());
  EXPECT_TRUE(WaitUntil(
      [&] {
        const auto answer = HttpGet(MetricsPort(), "/readyz");
        return answer.ok() && answer->status == 503;
      },
      kPatience));
  ASSERT_TRUE(redis_->Restart().ok());
  EXPECT_TRUE(process_->WaitReady(kPatience).ok());
}

// The development broker makes a topic that is asked for, so these need a real Kafka.
class RpcTopicTest : public RpcStartupTest {
 protected:
  void SetUp() override {
    if (const absl::Status status = KafkaServer::Available(kJars); !status.ok()) {
      GTEST_SKIP() << status.message();
    }
    RpcStartupTest::SetUp();
  }
  void ExpectNeverReadyWithout(const std::string& topic) {
    const std::string topics = folder_.path() + "/topics.yaml";
    ASSERT_TRUE(WriteFile(topics, TopicsWithout(topic)).ok());
    auto kafka = KafkaServer::Start(kJars, folder_.path() + "/kafka", topics);
    ASSERT_TRUE(kafka.ok()) << kafka.status();
    around_.kafka_bootstrap = (*kafka)->bootstrap();
    around_.dev_broker = false;
    ASSERT_NO_FATAL_FAILURE(Launch());
    ExpectNotReadyBecause(absl::StrCat("Kafka has no topic ", topic, ";"));
    EXPECT_FALSE(process_->Ready());
    process_.reset();  // before its Kafka
  }
  const std::string kJars = SourceFolder() + "/.cache/kafka";
};

TEST_F(RpcTopicTest, WithoutAConsumedTopicItIsNeverReadyAndNamesIt) {
  ExpectNeverReadyWithout("pepline.registry.events.v1");
}

TEST_F(RpcTopicTest, WithoutItsOwnTopicItIsNeverReadyAndNamesIt) {
  ExpectNeverReadyWithout("pepline.funding.events.v1");
}

}  // namespace
}  // namespace pepline
