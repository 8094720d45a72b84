// Few pipelined connections to one Redis that many blocking callers share. A caller that finds a
// connection idle uses it at once, on its own thread; the others wait in one queue, and whoever
// gets free sends all that waits in one go, so that one fsync of Redis serves many (group commit).
// Promises: every call is answered exactly once; Unavailable at once while Redis is away, and for
// calls whose answer was lost with the connection (their outcome is not known then). Whenever a
// connection is made Redis is asked for its durability settings (redis_checks.h); while one of them
// is wrong no call is carried, and the answer names it.
// Does not: judge what Redis says; its error replies are replies like others (redis_refusal.h).
// Reconnects by itself. Threads: Send and Enqueue from any thread; one thread of its own per
// connection.
#ifndef PEPLINE_SHARED_REDIS_REDIS_CONNECTIONS_H_
#define PEPLINE_SHARED_REDIS_REDIS_CONNECTIONS_H_

#include <hiredis/hiredis.h>

#include <deque>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/mutex.h"
#include "shared/observability/metrics.h"
#include "shared/redis/redis_store.h"

namespace pepline {

using RedisArguments = std::vector<std::string>;
struct FreeRedisReply {
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
};
using RedisReply = std::unique_ptr<redisReply, FreeRedisReply>;

struct RedisCall {
  RedisArguments arguments;
  bool asking = false;  // sent behind ASKING, to a node of a cluster that is about to own the slot
  absl::StatusOr<RedisReply> answer = absl::UnknownError("not answered");
  absl::BlockingCounter* waiter = nullptr;  // told when it is answered; null: nobody waits
};

class RedisConnections {
 public:
  // `metrics` may be null.
  RedisConnections(const RedisStoreOptions& options, Metrics* metrics);
  ~RedisConnections();
  RedisConnections(const RedisConnections&) = delete;
  RedisConnections& operator=(const RedisConnections&) = delete;

  // All are answered when it returns.
  void Send(std::vector<RedisCall*> calls);
  // Returns at once; each call's waiter is told.
  void Enqueue(const std::vector<RedisCall*>& calls);
  // FailedPrecondition while calls are refused because of a setting of Redis.
  absl::Status WrongSetting();

 private:
  struct FreeContext {
    void operator()(redisContext* context) const { redisFree(context); }
  };
  using Context = std::unique_ptr<redisContext, FreeContext>;
  // The context is touched by whoever holds the connection, and under the mutex while nobody does.
  struct Connection {
    Context context;
    bool held = false;
  };

  bool SendHere(const std::vector<RedisCall*>& calls);
  void Keep(Connection& own);
  absl::StatusOr<Context> Connect() const;
  // What Redis answers to one command before the connection is used by others.
  absl::StatusOr<RedisReply> Greet(redisContext& context, const RedisArguments& command) const;
  void TurnAway(absl::Status why) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Answers each of the batch. False when the connection is broken.
  bool Exchange(redisContext& context, const std::vector<RedisCall*>& batch) const;
  void GiveBack(Connection& connection, bool alive);
  void Lose(Connection& connection, std::string_view why) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void AnswerQueue() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  static void Answer(RedisCall& call, absl::StatusOr<RedisReply> answer);

  const RedisStoreOptions options_;
  const std::string address_;
  Metrics* const metrics_;
  absl::Mutex mutex_;
  std::vector<std::unique_ptr<Connection>> connections_ ABSL_GUARDED_BY(mutex_);
  std::deque<RedisCall*> queue_ ABSL_GUARDED_BY(mutex_);
  int connected_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Status away_ ABSL_GUARDED_BY(mutex_);  // what callers are told while none is connected
  absl::Status wrong_setting_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace pepline

#endif  // PEPLINE_SHARED_REDIS_REDIS_CONNECTIONS_H_
