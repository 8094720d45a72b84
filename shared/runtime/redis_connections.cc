#include "shared/runtime/redis_connections.h"

#include <sys/socket.h>

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "shared/runtime/log.h"

namespace pepline {
namespace {

constexpr std::size_t kLargestBatch = 256;
constexpr absl::Duration kReconnectPause = absl::Milliseconds(50);

absl::Status Away(std::string_view why) {
  return absl::UnavailableError(absl::StrCat("Redis is away: ", std::string(why)));
}

absl::StatusOr<RedisReply> Check(RedisReply reply) {
  if (reply->type != REDIS_REPLY_ERROR) return reply;
  const std::string text(reply->str, reply->len);
  if (absl::StartsWith(text, "NOSCRIPT")) return absl::NotFoundError(text);
  return Away(text);
}

bool ClosedByPeer(const redisContext& context) {
  char byte;
  return recv(context.fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

}  // namespace

RedisConnections::RedisConnections(const RedisStoreOptions& options,
                                   std::vector<std::string> scripts, Metrics* metrics)
    : options_(options), scripts_(std::move(scripts)), metrics_(metrics) {
  for (int i = 0; i < options_.connections; ++i) threads_.emplace_back([this] { Run(); });
}

RedisConnections::~RedisConnections() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  for (std::thread& thread : threads_) thread.join();
}

absl::Status RedisConnections::Submit(std::vector<Pending>& calls) {
  absl::BlockingCounter waiter(static_cast<int>(calls.size()));
  {
    absl::MutexLock lock(&mutex_);
    if (connected_ == 0 || stopping_) return Away(why_away_);
    for (Pending& call : calls) {
      call.waiter = &waiter;
      queue_.push_back(&call);
    }
  }
  waiter.Wait();
  return absl::OkStatus();
}

absl::StatusOr<RedisReply> RedisConnections::Call(RedisArguments arguments) {
  std::vector<Pending> calls(1);
  calls[0].arguments = std::move(arguments);
  if (absl::Status status = Submit(calls); !status.ok()) return status;
  return std::move(calls[0].answer);
}

absl::StatusOr<std::vector<RedisReply>> RedisConnections::CallAll(
    std::vector<RedisArguments> calls) {
  std::vector<Pending> pending(calls.size());
  for (std::size_t i = 0; i < calls.size(); ++i) pending[i].arguments = std::move(calls[i]);
  if (absl::Status status = Submit(pending); !status.ok()) return status;
  std::vector<RedisReply> replies;
  for (Pending& call : pending) {
    if (!call.answer.ok()) return call.answer.status();
    replies.push_back(*std::move(call.answer));
  }
  return replies;
}

absl::StatusOr<RedisConnections::Context> RedisConnections::Connect() const {
  const timeval timeout = absl::ToTimeval(options_.call_timeout);
  Context context(redisConnectWithTimeout(options_.host.c_str(), options_.port, timeout));
  if (context == nullptr || context->err != 0) {
    return Away(context == nullptr ? "out of memory" : context->errstr);
  }
  redisSetTimeout(context.get(), timeout);
  redisEnableKeepAlive(context.get());
  std::vector<RedisArguments> greeting;
  if (!options_.password.empty()) greeting.push_back({"AUTH", options_.password});
  // PING fails while Redis reads its file back.
  greeting.push_back({"PING"});
  for (const std::string& script : scripts_) greeting.push_back({"SCRIPT", "LOAD", script});
  for (RedisArguments& arguments : greeting) {
    absl::BlockingCounter waiter(1);
    Pending call;
    call.arguments = std::move(arguments);
    call.waiter = &waiter;
    if (!Exchange(*context, {&call}) || !call.answer.ok()) return call.answer.status();
  }
  return context;
}

void RedisConnections::Answer(Pending& call, absl::StatusOr<RedisReply> answer) {
  call.answer = std::move(answer);
  // The caller may go, and the call with it, as soon as it is counted.
  call.waiter->DecrementCount();
}

bool RedisConnections::Exchange(redisContext& context, const std::vector<Pending*>& batch) const {
  for (const Pending* call : batch) {
    std::vector<const char*> texts;
    std::vector<std::size_t> lengths;
    for (const std::string& argument : call->arguments) {
      texts.push_back(argument.data());
      lengths.push_back(argument.size());
    }
    redisAppendCommandArgv(&context, static_cast<int>(texts.size()), texts.data(), lengths.data());
  }
  for (std::size_t i = 0; i < batch.size(); ++i) {
    void* reply = nullptr;
    if (redisGetReply(&context, &reply) != REDIS_OK) {
      const absl::Status lost = Away(context.errstr);
      for (; i < batch.size(); ++i) Answer(*batch[i], lost);
      return false;
    }
    Answer(*batch[i], Check(RedisReply(static_cast<redisReply*>(reply))));
  }
  return true;
}

void RedisConnections::Run() {
  Context context;
  bool was_connected = false;
  const auto lose = [&](std::string_view why) {
    const bool had = context != nullptr;
    context.reset();
    absl::MutexLock lock(&mutex_);
    if (had) --connected_;
    why_away_ = std::string(why);
    if (connected_ > 0) return;
    for (Pending* call : queue_) Answer(*call, Away(why_away_));
    queue_.clear();
  };
  while (true) {
    if (context == nullptr) {
      auto connected = Connect();
      absl::MutexLock lock(&mutex_);
      if (stopping_) break;
      if (!connected.ok()) {
        why_away_ = std::string(connected.status().message());
        if (connected_ == 0) {
          for (Pending* call : queue_) Answer(*call, connected.status());
          queue_.clear();
        }
        const auto stop = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return stopping_; };
        mutex_.AwaitWithTimeout(absl::Condition(&stop), kReconnectPause);
        continue;
      }
      context = *std::move(connected);
      ++connected_;
      if (was_connected && metrics_ != nullptr) metrics_->Count("pepline_store_reconnects_total");
      was_connected = true;
    }
    std::vector<Pending*> batch;
    {
      absl::MutexLock lock(&mutex_);
      const auto work = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
        return stopping_ || !queue_.empty();
      };
      // An idle connection looks about now and then whether its peer is still there.
      mutex_.AwaitWithTimeout(absl::Condition(&work), absl::Milliseconds(200));
      if (stopping_) break;
      if (!ClosedByPeer(*context)) {
        const std::size_t size = std::min(queue_.size(), kLargestBatch);
        batch.assign(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(size));
        queue_.erase(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(size));
      }
    }
    if (batch.empty()) {
      if (ClosedByPeer(*context)) lose("it closed the connection");
      continue;
    }
    if (metrics_ != nullptr) {
      metrics_->Observe("pepline_store_batch_commands", {}, static_cast<double>(batch.size()));
    }
    if (!Exchange(*context, batch)) lose(context->errstr);
  }
  absl::MutexLock lock(&mutex_);
  if (context != nullptr) --connected_;
  why_away_ = "stopping";
  for (Pending* call : queue_) Answer(*call, Away(why_away_));
  queue_.clear();
}

}  // namespace pepline
