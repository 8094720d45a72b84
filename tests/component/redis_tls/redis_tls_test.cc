// RedisStore over TLS on a real redis-server: the right certificates work, every wrong one is
// refused by a message that names the setting. Runs where hiredis has TLS (Debian 13, as the
// images); a build without it skips these aloud, and proves instead that it refuses the setting.
#include "shared/redis/redis_tls.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "shared/redis/redis_store.h"
#include "tools/stack/certificate_authority.h"
#include "tools/stack/processes.h"
#include "tools/stack/servers/redis_server.h"

namespace pepline {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(20);

class RedisTlsTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!RedisTlsIsBuiltIn()) {
      GTEST_SKIP()
          << "NOT TESTED HERE: the hiredis of this build has no TLS; build and run "
             "component_redis_tls_test on Debian 13, as deploy/Dockerfile builds the images";
    }
    auto authority = CertificateAuthority::Create("council authority");
    ASSERT_TRUE(authority.ok()) << authority.status();
    authority_ = *std::move(authority);
    Write("ca.crt", authority_->certificate());
  }
  void Write(const std::string& name, const std::string& text) {
    ASSERT_TRUE(WriteFile(Path(name), text).ok());
    std::filesystem::permissions(Path(name), std::filesystem::perms::owner_read);
  }
  std::string Path(const std::string& name) const { return folder_.path() + "/" + name; }
  void IssueTo(const std::string& name, const CertificateWish& wish) {
    auto issued = authority_->Issue(wish);
    ASSERT_TRUE(issued.ok()) << issued.status();
    std::filesystem::remove(Path(name + ".crt"));
    std::filesystem::remove(Path(name + ".key"));
    Write(name + ".crt", issued->certificate);
    Write(name + ".key", issued->key);
  }
  // A Redis whose certificate is this; `clients` is Redis's setting tls-auth-clients.
  void StartRedis(const CertificateWish& wish, const std::string& clients = "no") {
    ASSERT_NO_FATAL_FAILURE(IssueTo("redis", wish));
    tls_port_ = FreePort();
    auto server =
        RedisServer::Start(folder_.path() + "/data", 0, false,
                           {"--tls-port", std::to_string(tls_port_), "--tls-cert-file",
                            Path("redis.crt"), "--tls-key-file", Path("redis.key"),
                            "--tls-ca-cert-file", Path("ca.crt"), "--tls-auth-clients", clients});
    ASSERT_TRUE(server.ok()) << server.status();
    redis_ = *std::move(server);
    options_ = {.port = tls_port_, .tls_on = true, .tls = {}, .service = "test"};
    options_.tls.authorities = Path("ca.crt");
  }
  void ExpectUsable() {
    store_ = RedisStore::Create(options_, nullptr);
    EXPECT_TRUE(WaitUntil([&] { return store_->CheckLayout().ok(); }, kPatience))
        << store_->CheckLayout();
  }
  void ExpectRefused(const std::string& why) {
    store_ = RedisStore::Create(options_, nullptr);
    absl::Status status;
    EXPECT_TRUE(WaitUntil(
        [&] {
          status = store_->CheckLayout();
          return std::string(status.message()).find(why) != std::string::npos;
        },
        kPatience))
        << status;
    EXPECT_TRUE(absl::IsUnavailable(status)) << status;
  }

  TemporaryFolder folder_;
  std::unique_ptr<CertificateAuthority> authority_;
  int tls_port_ = 0;
  RedisStoreOptions options_;
  std::unique_ptr<RedisServer> redis_;
  std::unique_ptr<RedisStore> store_;
};

TEST_F(RedisTlsTest, TheRightAuthorityWorksAndTheStoreComesBackAfterARestart) {
  ASSERT_NO_FATAL_FAILURE(StartRedis({}));
  ExpectUsable();
  Commit commit{.partition = 3};
  commit.writes.push_back({{"plan", "a"}, 0, std::string(1'000'000, 'x')});
  ASSERT_TRUE(store_->Apply(commit).ok());
  redis_->Kill();
  EXPECT_TRUE(WaitUntil([&] { return !store_->Ping().ok(); }, kPatience));
  ASSERT_TRUE(redis_->Restart().ok());
  EXPECT_TRUE(WaitUntil([&] { return store_->Ping().ok(); }, kPatience)) << store_->Ping();
  EXPECT_EQ(store_->Load(3, {{"plan", "a"}}, "")->records[0]->bytes.size(), 1'000'000U);
}

TEST_F(RedisTlsTest, TheNameMayBeGivenWhereTheAddressIsAnother) {
  ASSERT_NO_FATAL_FAILURE(StartRedis({.dns_names = {"redis.council.example"}, .addresses = {}}));
  options_.server_name = "redis.council.example";
  ExpectUsable();
}

TEST_F(RedisTlsTest, AnotherAuthorityIsRefused) {
  ASSERT_NO_FATAL_FAILURE(StartRedis({}));
  auto stranger = CertificateAuthority::Create("another authority");
  ASSERT_TRUE(stranger.ok());
  Write("stranger.crt", (*stranger)->certificate());
  options_.tls.authorities = Path("stranger.crt");
  ExpectRefused("PEPLINE_REDIS_TLS_CA_FILE");
}

TEST_F(RedisTlsTest, ACertificateForAnotherHostIsRefused) {
  ASSERT_NO_FATAL_FAILURE(StartRedis({.dns_names = {"redis.council.example"}, .addresses = {}}));
  ExpectRefused("PEPLINE_REDIS_TLS_SERVER_NAME");
}

TEST_F(RedisTlsTest, AnotherNameThanTheGivenOneIsRefused) {
  ASSERT_NO_FATAL_FAILURE(StartRedis({}));
  options_.server_name = "somebody.example";
  ExpectRefused("somebody.example");
}

TEST_F(RedisTlsTest, AnExpiredCertificateIsRefused) {
  ASSERT_NO_FATAL_FAILURE(StartRedis(
      {.not_before = absl::Now() - absl::Hours(48), .not_after = absl::Now() - absl::Hours(24)}));
  ExpectRefused("out of date");
}

TEST_F(RedisTlsTest, AMissingClientCertificateIsNamedAndARightOneWorks) {
  ASSERT_NO_FATAL_FAILURE(StartRedis({}, "yes"));
  ExpectRefused("PEPLINE_REDIS_TLS_CERTIFICATE_FILE");
  ASSERT_NO_FATAL_FAILURE(IssueTo("client", {}));
  options_.tls.certificate = Path("client.crt");
  options_.tls.key = Path("client.key");
  ExpectUsable();
}

TEST_F(RedisTlsTest, AnExpiredClientCertificateIsNamedAndARenewedOneIsTakenUp) {
  ASSERT_NO_FATAL_FAILURE(StartRedis({}, "yes"));
  ASSERT_NO_FATAL_FAILURE(IssueTo("client", {.not_before = absl::Now() - absl::Hours(48),
                                             .not_after = absl::Now() - absl::Hours(24)}));
  options_.tls.certificate = Path("client.crt");
  options_.tls.key = Path("client.key");
  ExpectRefused("PEPLINE_REDIS_TLS_CERTIFICATE_FILE");
  ASSERT_NO_FATAL_FAILURE(IssueTo("client", {}));
  EXPECT_TRUE(WaitUntil([&] { return store_->CheckLayout().ok(); }, kPatience))
      << store_->CheckLayout();
}

TEST_F(RedisTlsTest, FilesThatCannotBeUsedAreNamed) {
  ASSERT_NO_FATAL_FAILURE(StartRedis({}));
  options_.tls.authorities = Path("not-there.crt");
  ExpectRefused("PEPLINE_REDIS_TLS_CA_FILE");
  options_.tls.authorities = Path("ca.crt");
  options_.tls.certificate = Path("redis.crt");
  options_.tls.key = Path("ca.crt");
  ExpectRefused("PEPLINE_REDIS_TLS_KEY_FILE");
}

TEST_F(RedisTlsTest, APortWithoutTlsIsNamed) {
  ASSERT_NO_FATAL_FAILURE(StartRedis({}));
  options_.port = redis_->port();
  ExpectRefused("PEPLINE_REDIS_PORT");
}

}  // namespace
}  // namespace pepline
