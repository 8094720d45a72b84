#include "shared/redis/redis_connections.h"

#include <sys/socket.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "shared/redis/redis_checks.h"
#include "shared/redis/redis_refusal.h"
#include "shared/redis/redis_tls.h"

namespace pepline {
namespace {

constexpr std::size_t kLargestBatch = 256;
constexpr absl::Duration kReconnectPause = absl::Milliseconds(50);
// How often an idle connection looks whether its peer is still there.
constexpr absl::Duration kLook = absl::Milliseconds(200);

bool ClosedByPeer(const redisContext& context) {
  char byte;
  return recv(context.fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

void Append(redisContext& context, const RedisArguments& arguments) {
  std::vector<const char*> texts;
  std::vector<std::size_t> lengths;
  texts.reserve(arguments.size());
  lengths.reserve(arguments.size());
  for (const std::string& argument : arguments) {
    texts.push_back(argument.data());
    lengths.push_back(argument.size());
  }
  redisAppendCommandArgv(&context, static_cast<int>(texts.size()), texts.data(), lengths.data());
}

// Null when the connection is broken.
RedisReply NextReply(redisContext& context) {
  void* reply = nullptr;
  if (redisGetReply(&context, &reply) != REDIS_OK) return nullptr;
  return RedisReply(static_cast<redisReply*>(reply));
}

}  // namespace

RedisConnections::RedisConnections(const RedisStoreOptions& options, Metrics* metrics)
    : options_(options),
      address_(absl::StrCat(options.host, ":", options.port)),
      metrics_(metrics),
      away_(RedisAway(address_, "no connection yet")) {
  absl::MutexLock lock(&mutex_);
  for (int i = 0; i < options_.connections; ++i) {
    connections_.push_back(std::make_unique<Connection>());
    threads_.emplace_back([this, own = connections_.back().get()] { Keep(*own); });
  }
}

RedisConnections::~RedisConnections() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
    away_ = RedisAway(address_, "stopping");
    AnswerQueue();
  }
  for (std::thread& thread : threads_) thread.join();
}

void RedisConnections::Send(std::vector<RedisCall*> calls) {
  if (calls.empty() || SendHere(calls)) return;
  absl::BlockingCounter waiter(static_cast<int>(calls.size()));
  for (RedisCall* call : calls) call->waiter = &waiter;
  Enqueue(calls);
  waiter.Wait();
}

void RedisConnections::Enqueue(const std::vector<RedisCall*>& calls) {
  absl::MutexLock lock(&mutex_);
  if (connected_ == 0 || stopping_ || !wrong_setting_.ok()) {
    for (RedisCall* call : calls) Answer(*call, away_);
    return;
  }
  queue_.insert(queue_.end(), calls.begin(), calls.end());
}

// On the caller's own thread, which saves two changes of thread; only where nobody is before it.
bool RedisConnections::SendHere(const std::vector<RedisCall*>& calls) {
  if (calls.size() > kLargestBatch) return false;
  Connection* idle = nullptr;
  {
    absl::MutexLock lock(&mutex_);
    if (stopping_ || !queue_.empty() || !wrong_setting_.ok()) return false;
    for (const auto& connection : connections_) {
      if (connection->context == nullptr || connection->held) continue;
      if (ClosedByPeer(*connection->context)) {
        Lose(*connection, "it closed the connection");
        continue;
      }
      idle = connection.get();
      idle->held = true;
      break;
    }
  }
  if (idle == nullptr) return false;
  for (RedisCall* call : calls) call->waiter = nullptr;
  GiveBack(*idle, Exchange(*idle->context, calls));
  return true;
}

void RedisConnections::GiveBack(Connection& connection, bool alive) {
  absl::MutexLock lock(&mutex_);
  connection.held = false;
  if (!alive) Lose(connection, connection.context->errstr);
}

void RedisConnections::Lose(Connection& connection, std::string_view why) {
  away_ = RedisAway(address_, why);
  connection.context.reset();
  if (--connected_ == 0) AnswerQueue();
}

absl::Status RedisConnections::WrongSetting() {
  absl::MutexLock lock(&mutex_);
  return wrong_setting_;
}

// No connection could be made. Where Redis lacks a setting, those that are there count no more.
void RedisConnections::TurnAway(absl::Status why) {
  const bool wrong = absl::IsFailedPrecondition(why);
  if (!wrong && connected_ > 0) return;
  away_ = absl::UnavailableError(why.message());
  wrong_setting_ = wrong ? std::move(why) : absl::OkStatus();
  AnswerQueue();
}

void RedisConnections::AnswerQueue() {
  for (RedisCall* call : queue_) Answer(*call, away_);
  queue_.clear();
}

absl::StatusOr<RedisConnections::Context> RedisConnections::Connect() const {
  const timeval timeout = absl::ToTimeval(options_.call_timeout);
  Context context(redisConnectWithTimeout(options_.host.c_str(), options_.port, timeout));
  if (context == nullptr || context->err != 0) {
    return RedisAway(address_, context == nullptr ? "out of memory" : context->errstr);
  }
  redisSetTimeout(context.get(), timeout);
  redisEnableKeepAlive(context.get());
  if (options_.tls_on) {
    if (absl::Status status = StartRedisTls(*context, options_); !status.ok()) return status;
  }
  std::vector<RedisArguments> greeting;
  if (!options_.user.empty()) {
    greeting.push_back({"AUTH", options_.user, options_.password});
  } else if (!options_.password.empty()) {
    greeting.push_back({"AUTH", options_.password});
  }
  // PING fails while Redis reads its file back.
  greeting.push_back({"PING"});
  for (const RedisArguments& arguments : greeting) {
    const auto reply = Greet(*context, arguments);
    if (!reply.ok()) return reply.status();
    if ((*reply)->type == REDIS_REPLY_ERROR) return RedisRefusal({(*reply)->str, (*reply)->len});
  }
  // What was a good Redis at the start may be another node by now, or have another configuration.
  const absl::Status durable = CheckDurability(
      [&](const RedisArguments& command) { return Greet(*context, command); }, [](const auto&) {});
  if (context->err != 0) return RedisAway(address_, context->errstr);
  if (durable.ok()) return context;
  return absl::FailedPreconditionError(
      absl::StrCat(std::string(durable.message()), " (", address_, ")"));
}

absl::StatusOr<RedisReply> RedisConnections::Greet(redisContext& context,
                                                   const RedisArguments& command) const {
  Append(context, command);
  RedisReply reply = NextReply(context);
  if (reply != nullptr) return reply;
  // A server that misses our certificate says so only now, after the handshake.
  return RedisAway(address_, options_.tls_on ? absl::StrCat(context.errstr,
                                                            "; does it refuse the certificate of "
                                                            "PEPLINE_REDIS_TLS_CERTIFICATE_FILE?")
                                             : std::string(context.errstr));
}

void RedisConnections::Answer(RedisCall& call, absl::StatusOr<RedisReply> answer) {
  absl::BlockingCounter* const waiter = call.waiter;
  call.answer = std::move(answer);
  // The caller may go, and the call with it, as soon as it is counted.
  if (waiter != nullptr) waiter->DecrementCount();
}

bool RedisConnections::Exchange(redisContext& context, const std::vector<RedisCall*>& batch) const {
  if (metrics_ != nullptr) {
    metrics_->Observe("pepline_store_batch_commands", {}, static_cast<double>(batch.size()));
  }
  for (const RedisCall* call : batch) {
    if (call->asking) Append(context, {"ASKING"});
    Append(context, call->arguments);
  }
  for (std::size_t i = 0; i < batch.size(); ++i) {
    RedisReply reply = batch[i]->asking ? NextReply(context) : nullptr;
    const bool broken = batch[i]->asking && reply == nullptr;
    if (!broken) reply = NextReply(context);
    if (reply == nullptr) {
      const absl::Status lost = RedisAway(address_, context.errstr);
      for (; i < batch.size(); ++i) Answer(*batch[i], lost);
      return false;
    }
    Answer(*batch[i], std::move(reply));
  }
  return true;
}

void RedisConnections::Keep(Connection& own) {
  bool was_connected = false;
  absl::MutexLock lock(&mutex_);
  const auto stop = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return stopping_; };
  const auto work = [this, &own]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return stopping_ || own.context == nullptr || (!own.held && !queue_.empty());
  };
  while (!stopping_) {
    if (own.context == nullptr) {
      mutex_.Unlock();
      auto connected = Connect();
      mutex_.Lock();
      if (stopping_) break;
      if (!connected.ok()) {
        TurnAway(connected.status());
        mutex_.AwaitWithTimeout(absl::Condition(&stop), kReconnectPause);
        continue;
      }
      own.context = *std::move(connected);
      wrong_setting_ = absl::OkStatus();
      ++connected_;
      if (was_connected && metrics_ != nullptr) metrics_->Count("pepline_store_reconnects_total");
      was_connected = true;
    }
    mutex_.AwaitWithTimeout(absl::Condition(&work), kLook);
    if (stopping_ || own.held || own.context == nullptr) continue;
    if (ClosedByPeer(*own.context)) {
      Lose(own, "it closed the connection");
      continue;
    }
    if (queue_.empty()) continue;
    const auto end =
        queue_.begin() + static_cast<std::ptrdiff_t>(std::min(queue_.size(), kLargestBatch));
    const std::vector<RedisCall*> batch(queue_.begin(), end);
    queue_.erase(queue_.begin(), end);
    own.held = true;
    mutex_.Unlock();
    GiveBack(own, Exchange(*own.context, batch));
    mutex_.Lock();
  }
  const auto free = [&own] { return !own.held; };
  mutex_.Await(absl::Condition(&free));
}

}  // namespace pepline
