// Every error of Redis that an operator can mend names what to do.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "shared/redis/redis_refusal.h"

namespace pepline {
namespace {

using ::testing::HasSubstr;

TEST(RedisRefusalTest, SaysWhatToDoAndKeepsTheWordsOfRedis) {
  const std::pair<std::string, std::string> cases[] = {
      {"NOAUTH Authentication required.", "PEPLINE_REDIS_PASSWORD"},
      {"WRONGPASS invalid username-password pair or user is disabled.", "PEPLINE_REDIS_USER"},
      {"ERR AUTH <password> called without any password configured for the default user. Are you "
       "sure your configuration is correct?",
       "unset PEPLINE_REDIS_PASSWORD"},
      {"NOPERM this user has no permissions to run the 'mget' command", "PEPLINE_REDIS_USER"},
      {"LOADING Redis is loading the dataset in memory", "reads its data back"},
      {"OOM command not allowed when used memory > 'maxmemory'.", "raise its maxmemory"},
      {"ERR Error running script (call to f_1): @user_script:3: OOM command not allowed",
       "raise its maxmemory"},
      {"READONLY You can't write against a read only replica.", "PEPLINE_REDIS_HOST"},
      {"MISCONF Errors writing to the AOF file: No space left on device", "free space"},
      {"ERR max number of clients reached", "maxclients"},
      {"ERR This instance has cluster support disabled", "PEPLINE_REDIS_CLUSTER"},
      {"CLUSTERDOWN Hash slot not served", "redis-cli cluster info"},
      {"TRYAGAIN Multiple keys request during rehashing of slot", "try again"},
      {"MOVED 1 127.0.0.1:1", "PEPLINE_REDIS_CLUSTER=true"},
      {"ERR something new", "Redis refuses"},
  };
  for (const auto& [error, advice] : cases) {
    const absl::Status status = RedisRefusal(error);
    EXPECT_TRUE(absl::IsUnavailable(status)) << error;
    EXPECT_THAT(std::string(status.message()), HasSubstr(advice)) << error;
    EXPECT_THAT(std::string(status.message()), HasSubstr(error));
  }
}

TEST(RedisRefusalTest, AScriptThatRedisDoesNotKnowIsNotFound) {
  EXPECT_TRUE(absl::IsNotFound(RedisRefusal("NOSCRIPT No matching script. Please use EVAL.")));
}

}  // namespace
}  // namespace pepline
