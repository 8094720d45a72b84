// A build without TLS to Redis does not start as if it had it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "shared/process/config.h"
#include "shared/redis/redis_tls.h"

namespace pepline {
namespace {

using ::testing::HasSubstr;

TEST(RedisTlsSettingTest, ABuildWithoutTlsRefusesTheSettingAndSaysWhichBuildHasIt) {
  if (RedisTlsIsBuiltIn()) GTEST_SKIP() << "the hiredis of this build has TLS";
  Settings settings({{"PEPLINE_REDIS_TLS", "true"}, {"PEPLINE_REDIS_TLS_CA_FILE", "ca.crt"}});
  ReadCommonConfig("scheduling", settings);
  const std::string mistakes(settings.Check().message());
  EXPECT_THAT(mistakes, HasSubstr("PEPLINE_REDIS_TLS: this build speaks no TLS to Redis"));
  EXPECT_THAT(mistakes, HasSubstr("Debian 13"));
}

}  // namespace
}  // namespace pepline
