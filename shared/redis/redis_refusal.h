// What the error answers of Redis mean for us: each becomes a status whose message says what to do,
// and names the setting where one helps.
// Promises: Unavailable, as nothing was written, except NOSCRIPT: NotFound. The message holds no
// key and no value, only Redis's own words. Threads: pure functions.
#ifndef PEPLINE_SHARED_REDIS_REDIS_REFUSAL_H_
#define PEPLINE_SHARED_REDIS_REDIS_REFUSAL_H_

#include <string_view>

#include "absl/status/status.h"

namespace pepline {

// `text` is the error as Redis sent it, such as "WRONGPASS invalid username-password pair".
absl::Status RedisRefusal(std::string_view text);
// Redis cannot be reached at all; `address` is host:port.
absl::Status RedisAway(std::string_view address, std::string_view why);

}  // namespace pepline

#endif  // PEPLINE_SHARED_REDIS_REDIS_REFUSAL_H_
