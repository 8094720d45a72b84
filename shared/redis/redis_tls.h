// TLS to Redis, where the hiredis of this build has it (Debian 13 and later; the build on Debian 12
// does without and says so).
// Promises: the server's certificate is checked against the authorities and the name, always; files
// are read at every connect, so that renewed ones are taken up. Errors: Unavailable with the
// setting that has to be corrected. Threads: pure functions over their arguments.
#ifndef PEPLINE_SHARED_REDIS_REDIS_TLS_H_
#define PEPLINE_SHARED_REDIS_REDIS_TLS_H_

#include "absl/status/status.h"
#include "shared/redis/redis_store.h"

struct redisContext;

namespace pepline {

bool RedisTlsIsBuiltIn();
// The handshake on a connection that was just made to options.host, which is also the name asked
// for when options.server_name is empty.
absl::Status StartRedisTls(redisContext& context, const RedisStoreOptions& options);

}  // namespace pepline

#endif  // PEPLINE_SHARED_REDIS_REDIS_TLS_H_
