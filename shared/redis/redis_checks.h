// What must be true of Redis before a service may trust it: every write on disk before its answer,
// nothing thrown away, room to write, the same time of day.
// Promises: FailedPrecondition when only somebody can mend it (the start stops; later no connection
// is made), Unavailable when it may pass (readiness is off meanwhile); the message names the
// setting and the fix. Where Redis does not tell its settings (a hosted one, an access list), INFO
// is asked instead. Threads: pure functions over the connections.
#ifndef PEPLINE_SHARED_REDIS_REDIS_CHECKS_H_
#define PEPLINE_SHARED_REDIS_REDIS_CHECKS_H_

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "shared/redis/redis_connections.h"

namespace pepline {

// Carries one command to one Redis.
using AskRedis = std::function<absl::StatusOr<RedisReply>(const RedisArguments& command)>;
// Append-only file, fsync always, no eviction. What not even INFO knows is given to `untold`, as
// "appendfsync=always".
absl::Status CheckDurability(const AskRedis& ask,
                             const std::function<void(const std::string& demand)>& untold);

// How far our clock is ahead of that of Redis; negative: behind. `reply` is the answer to TIME that
// was asked for between the two instants of our own clock, so 0 where they may well agree.
absl::StatusOr<absl::Duration> ClockAhead(const redisReply& reply, absl::Time asked,
                                          absl::Time answered);
// OK when it is so little that it does not matter (kClocksMayDiffer).
absl::Status CheckClock(absl::Duration ahead);

}  // namespace pepline

#endif  // PEPLINE_SHARED_REDIS_REDIS_CHECKS_H_
