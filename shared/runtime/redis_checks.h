// What must be true of Redis before a service may trust it: every write on disk before its answer,
// nothing thrown away, room to write, the same time of day.
// Promises: FailedPrecondition when only somebody can mend it (the start stops), Unavailable when
// it may pass (readiness is off meanwhile); the message names the setting and the fix. Where Redis
// does not tell its settings (a hosted one, an access list), INFO is asked instead, and what INFO
// does not know is logged. Threads: pure functions over the connections.
#ifndef PEPLINE_SHARED_RUNTIME_REDIS_CHECKS_H_
#define PEPLINE_SHARED_RUNTIME_REDIS_CHECKS_H_

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "shared/runtime/redis_nodes.h"

namespace pepline {

// Of the node that owns the slot: append-only file, fsync always, no eviction.
absl::Status CheckDurability(RedisNodes& nodes, int slot);

// `reply` is the answer to TIME that was asked for between the two instants of our own clock.
absl::Status CheckClock(const redisReply& reply, absl::Time asked, absl::Time answered);

}  // namespace pepline

#endif  // PEPLINE_SHARED_RUNTIME_REDIS_CHECKS_H_
