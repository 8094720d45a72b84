// Every service under its own user of one Redis's access list, and what its readiness says when
// Redis refuses it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "shared/domain/all_services.h"
#include "tests/component/store/redis_teller.h"
#include "tools/stack/environment.h"
#include "tools/stack/http_get.h"
#include "tools/stack/processes.h"
#include "tools/stack/servers/dev_broker.h"
#include "tools/stack/servers/redis_server.h"
#include "tools/stack/service_process.h"

namespace pepline {
namespace {

using ::testing::HasSubstr;

constexpr absl::Duration kPatience = absl::Seconds(30);

class RedisAccessOfServicesTest : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    const std::string line = ReadFile(SourceFolder() + "/deploy/redis-user.acl").value_or("");
    std::string users;
    for (const std::string& service : AllServices()) {
      users += absl::StrReplaceAll(line, {{"SERVICE", service}, {"PASSWORD", "word-" + service}});
    }
    ASSERT_TRUE(WriteFile(folder_.path() + "/users.acl", users).ok());
    auto redis = RedisServer::Start(folder_.path() + "/redis", 0, false,
                                    {"--aclfile", folder_.path() + "/users.acl"});
    ASSERT_TRUE(redis.ok()) << redis.status();
    redis_ = *std::move(redis);
    auto broker =
        DevBroker::Start(folder_.path() + "/broker", SourceFolder() + "/deploy/topics.yaml");
    ASSERT_TRUE(broker.ok()) << broker.status();
    broker_ = *std::move(broker);
    auto keys = FindOrMakeKeys(folder_.path() + "/keys");
    ASSERT_TRUE(keys.ok()) << keys.status();
    around_.redis_port = redis_->port();
    around_.kafka_bootstrap = broker_->bootstrap();
    around_.keys = *keys;
    around_.smtp_url = "smtp://127.0.0.1:9";
    around_.mail_folder = folder_.path() + "/mail";
    around_.registry_address = "127.0.0.1:9";
  }
  void Launch(const std::string& service, const std::string& user, const std::string& password) {
    auto environment = EnvironmentOf(service, around_);
    environment["PEPLINE_REDIS_USER"] = user;
    environment["PEPLINE_REDIS_PASSWORD"] = password;
    auto process = ServiceProcess::Start(
        {.service = service, .folder = folder_.path(), .environment = environment});
    ASSERT_TRUE(process.ok()) << process.status();
    process_ = *std::move(process);
  }
  void ExpectNotReadyBecause(const std::string& why) {
    const std::string address = process_->metrics_address();
    const int port = std::stoi(address.substr(address.rfind(':') + 1));
    const auto says_why = [&] {
      const auto answer = HttpGet(port, "/readyz");
      return answer.ok() && answer->status == 503 && answer->body.find(why) != std::string::npos;
    };
    EXPECT_TRUE(WaitUntil(says_why, kPatience)) << process_->WaitReady(absl::Milliseconds(1));
    EXPECT_TRUE(process_->Running());
  }
  std::string Log() const { return ReadFile(process_->log_file()).value_or(""); }
  void Send(const std::string& command) {
    EXPECT_EQ(TellRedis(redis_->port(), "", "", command), "OK") << command;
  }

  TemporaryFolder folder_;
  Surroundings around_;
  std::unique_ptr<RedisServer> redis_;
  std::unique_ptr<DevBroker> broker_;
  std::unique_ptr<ServiceProcess> process_;
};

INSTANTIATE_TEST_SUITE_P(Services, RedisAccessOfServicesTest, testing::ValuesIn(AllServices()),
                         [](const auto& service) { return std::string(service.param); });

TEST_P(RedisAccessOfServicesTest, IsReadyUnderItsOwnUserWhoMayDoNothingElse) {
  const std::string service = GetParam();
  ASSERT_NO_FATAL_FAILURE(Launch(service, service, "word-" + service));
  const absl::Status ready = process_->WaitReady(kPatience);
  EXPECT_TRUE(ready.ok()) << ready << Log();
  EXPECT_THAT(Log(), testing::Not(HasSubstr("NOPERM")));
  EXPECT_THAT(TellRedis(redis_->port(), service, "word-" + service, "GET {other}:layout"),
              HasSubstr("NOPERM"));
}

class RedisRefusalOfServicesTest : public RedisAccessOfServicesTest {};

INSTANTIATE_TEST_SUITE_P(One, RedisRefusalOfServicesTest, testing::Values("scheduling"),
                         [](const auto& service) { return std::string(service.param); });

TEST_P(RedisRefusalOfServicesTest, AWrongPasswordIsNamedByReadinessAndLogUntilItIsRight) {
  ASSERT_NO_FATAL_FAILURE(Launch(GetParam(), GetParam(), "wrong"));
  ExpectNotReadyBecause("PEPLINE_REDIS_PASSWORD");
  EXPECT_TRUE(WaitUntil([&] { return Log().find("PEPLINE_REDIS_PASSWORD") != std::string::npos; },
                        kPatience));
  Send(absl::StrCat("ACL SETUSER ", GetParam(), " >wrong"));
  EXPECT_TRUE(process_->WaitReady(kPatience).ok()) << Log();
}

TEST_P(RedisRefusalOfServicesTest, TheUserOfAnotherServiceIsNamed) {
  ASSERT_NO_FATAL_FAILURE(Launch(GetParam(), "funding", "word-funding"));
  ExpectNotReadyBecause("PEPLINE_REDIS_USER");
}

TEST_P(RedisRefusalOfServicesTest, ReadinessFollowsTheMemoryOfRedis) {
  ASSERT_NO_FATAL_FAILURE(Launch(GetParam(), GetParam(), absl::StrCat("word-", GetParam())));
  ASSERT_TRUE(process_->WaitReady(kPatience).ok()) << Log();
  Send("CONFIG SET maxmemory 1");
  ExpectNotReadyBecause("maxmemory");
  Send("CONFIG SET maxmemory 0");
  EXPECT_TRUE(process_->WaitReady(kPatience).ok()) << Log();
}

}  // namespace
}  // namespace pepline
