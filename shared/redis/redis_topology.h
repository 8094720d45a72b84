// Which node of a Redis Cluster owns which hash slot, as its nodes tell it.
// Promises: RedisSlot is Redis's own rule (CRC16 of the hash tag modulo 16384). Does not: talk to
// anybody. Threads: a value; share it only while nobody changes it.
#ifndef PEPLINE_SHARED_REDIS_REDIS_TOPOLOGY_H_
#define PEPLINE_SHARED_REDIS_REDIS_TOPOLOGY_H_

#include <hiredis/hiredis.h>

#include <compare>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace pepline {

struct RedisAddress {
  std::string host;
  int port = 0;
  friend auto operator<=>(const RedisAddress&, const RedisAddress&) = default;
};

int RedisSlot(std::string_view key);

// "MOVED 3999 127.0.0.1:6381" (the slot belongs there) or "ASK ..." (this once, behind ASKING).
struct RedisRedirect {
  bool ask = false;
  int slot = 0;
  RedisAddress to;
};
// nullopt when the error is something else. A node that does not know its own name leaves the host
// out: it is `asked_host` then.
std::optional<RedisRedirect> ParseRedirect(std::string_view error, const std::string& asked_host);

class RedisTopology {
 public:
  // From the answer to CLUSTER SLOTS of a node at `asked_host`; nullopt when it is something else.
  static std::optional<RedisTopology> Parse(const redisReply& slots, const std::string& asked_host);

  const RedisAddress* Owner(int slot) const;  // null: nobody owns it
  void SetOwner(int slot, RedisAddress owner);
  std::set<RedisAddress> Owners() const;

 private:
  struct Range {
    int first = 0;
    RedisAddress owner;
  };
  std::map<int, Range> ranges_;        // by the last slot of each
  std::map<int, RedisAddress> moved_;  // stronger than the ranges
};

}  // namespace pepline

#endif  // PEPLINE_SHARED_REDIS_REDIS_TOPOLOGY_H_
