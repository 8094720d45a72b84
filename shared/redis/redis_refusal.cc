#include "shared/redis/redis_refusal.h"

#include <string>

#include "absl/strings/str_cat.h"

namespace pepline {
namespace {

struct Meaning {
  std::string_view words;  // somewhere in the error; Redis 6 puts script errors inside others
  std::string_view advice;
};

// The first that fits counts.
constexpr Meaning kMeanings[] = {
    {"NOAUTH", "Redis asks for a password; set PEPLINE_REDIS_PASSWORD (and PEPLINE_REDIS_USER)"},
    {"WRONGPASS",
     "Redis refuses the user or its password; correct PEPLINE_REDIS_USER and "
     "PEPLINE_REDIS_PASSWORD, or the user's line in Redis's access list"},
    {"without any password configured",
     "Redis has no password for the default user; unset PEPLINE_REDIS_PASSWORD, or set "
     "PEPLINE_REDIS_USER to a user of Redis's access list"},
    {"NOPERM",
     "Redis forbids the service's user a command or key that it needs; give the user of "
     "PEPLINE_REDIS_USER the access list line of docs/operations/redis.md"},
    {"LOADING", "Redis reads its data back from disk and answers when it is done"},
    {"OOM", "Redis is out of memory and refuses writes; raise its maxmemory"},
    {"READONLY",
     "this Redis is a replica and refuses writes; set PEPLINE_REDIS_HOST to the primary, or "
     "PEPLINE_REDIS_CLUSTER=true for a cluster"},
    {"NOREPLICAS",
     "Redis has fewer replicas in step than its min-replicas-to-write and refuses writes; bring "
     "one back, or lower it"},
    {"MISCONF", "Redis cannot write to its disk and refuses writes; see its log and free space"},
    {"max number of clients",
     "Redis has too many connections; raise its maxclients, or lower PEPLINE_REDIS_CONNECTIONS"},
    {"cluster support disabled",
     "this Redis is not a cluster; unset PEPLINE_REDIS_CLUSTER, or set PEPLINE_REDIS_HOST to a "
     "node of the cluster"},
    {"CLUSTERDOWN", "the Redis Cluster misses nodes; see `redis-cli cluster info`"},
    {"TRYAGAIN", "the keys are being moved to another node of the Redis Cluster; try again"},
    {"MOVED", "this Redis is a cluster; set PEPLINE_REDIS_CLUSTER=true"},
    {"ASK", "this Redis is a cluster; set PEPLINE_REDIS_CLUSTER=true"},
};

}  // namespace

absl::Status RedisRefusal(std::string_view text) {
  if (text.substr(0, 8) == "NOSCRIPT") return absl::NotFoundError(std::string(text));
  for (const Meaning& meaning : kMeanings) {
    if (text.find(meaning.words) != std::string_view::npos) {
      return absl::UnavailableError(
          absl::StrCat(std::string(meaning.advice), " (Redis: ", std::string(text), ")"));
    }
  }
  return absl::UnavailableError(absl::StrCat("Redis refuses: ", std::string(text)));
}

absl::Status RedisAway(std::string_view address, std::string_view why) {
  return absl::UnavailableError(
      absl::StrCat("Redis is away: ", std::string(why), " (", std::string(address), ")"));
}

}  // namespace pepline
