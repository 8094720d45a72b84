// Few pipelined connections to one Redis that many blocking callers share: each connection takes
// everything that waits, sends it in one go and reads the answers, so that one fsync of Redis
// serves many commands (group commit).
// Promises: every call is answered exactly once; Unavailable at once while Redis is away, and for
// calls whose answer was lost with the connection (their outcome is not known then).
// Reconnects by itself. Threads: Call and CallAll from any thread; one thread of its own per
// connection.
#ifndef PEPLINE_SHARED_RUNTIME_REDIS_CONNECTIONS_H_
#define PEPLINE_SHARED_RUNTIME_REDIS_CONNECTIONS_H_

#include <hiredis/hiredis.h>

#include <deque>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/mutex.h"
#include "shared/runtime/metrics.h"
#include "shared/runtime/redis_store.h"

namespace pepline {

using RedisArguments = std::vector<std::string>;
struct FreeRedisReply {
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
};
using RedisReply = std::unique_ptr<redisReply, FreeRedisReply>;

class RedisConnections {
 public:
  // `scripts` are loaded on every new connection, so that EVALSHA finds them. `metrics` may be
  // null.
  RedisConnections(const RedisStoreOptions& options, std::vector<std::string> scripts,
                   Metrics* metrics);
  ~RedisConnections();
  RedisConnections(const RedisConnections&) = delete;
  RedisConnections& operator=(const RedisConnections&) = delete;

  // Redis's own errors come back as Unavailable (it is loading, read only, full, ...), except
  // NOSCRIPT: NotFound.
  absl::StatusOr<RedisReply> Call(RedisArguments arguments);
  // All at once, answers in the same order; the first error wins.
  absl::StatusOr<std::vector<RedisReply>> CallAll(std::vector<RedisArguments> calls);

 private:
  struct Pending {
    RedisArguments arguments;
    absl::StatusOr<RedisReply> answer = absl::UnknownError("not answered");
    absl::BlockingCounter* waiter = nullptr;
  };
  struct FreeContext {
    void operator()(redisContext* context) const { redisFree(context); }
  };
  using Context = std::unique_ptr<redisContext, FreeContext>;

  absl::Status Submit(std::vector<Pending>& calls);
  void Run();
  absl::StatusOr<Context> Connect() const;
  // Answers each of the batch. False when the connection is broken.
  bool Exchange(redisContext& context, const std::vector<Pending*>& batch) const;
  static void Answer(Pending& call, absl::StatusOr<RedisReply> answer);

  const RedisStoreOptions options_;
  const std::vector<std::string> scripts_;
  Metrics* const metrics_;
  absl::Mutex mutex_;
  std::deque<Pending*> queue_ ABSL_GUARDED_BY(mutex_);
  int connected_ ABSL_GUARDED_BY(mutex_) = 0;
  std::string why_away_ ABSL_GUARDED_BY(mutex_) = "no connection yet";
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace pepline

#endif  // PEPLINE_SHARED_RUNTIME_REDIS_CONNECTIONS_H_
