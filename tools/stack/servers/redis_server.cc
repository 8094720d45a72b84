#include "tools/stack/servers/redis_server.h"

#include <hiredis/hiredis.h>

#include <filesystem>

#include "absl/strings/str_cat.h"

namespace pepline {
bool RedisAnswers(int port) {
  redisContext* context = redisConnectWithTimeout("127.0.0.1", port, timeval{1, 0});
  bool answered = false;
  if (context != nullptr && context->err == 0) {
    redisSetTimeout(context, timeval{1, 0});
    auto* reply = static_cast<redisReply*>(redisCommand(context, "PING"));
    // While it reads its file back it answers with an error (LOADING).
    answered = reply != nullptr && reply->type == REDIS_REPLY_STATUS;
    freeReplyObject(reply);
  }
  if (context != nullptr) redisFree(context);
  return answered;
}

absl::StatusOr<std::unique_ptr<RedisServer>> RedisServer::Start(const std::string& folder, int port,
                                                                bool outlive_parent,
                                                                std::vector<std::string> settings) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return absl::InternalError(absl::StrCat("cannot make the folder ", folder));
  absl::Status status;
  // Somebody may take a port between the kernel's answer and its use.
  for (int attempt = 0; attempt < 5; ++attempt) {
    auto server = std::unique_ptr<RedisServer>(
        new RedisServer(folder, port != 0 ? port : FreePort(), outlive_parent, settings));
    status = server->Restart();
    if (status.ok()) return server;
  }
  return status;
}

absl::Status RedisServer::Launch() {
  std::vector<std::string> command = {"redis-server",
                                      "--port",
                                      std::to_string(port_),
                                      "--bind",
                                      "127.0.0.1",
                                      "--dir",
                                      folder_,
                                      "--appendonly",
                                      "yes",
                                      "--appendfsync",
                                      "always",
                                      "--aof-load-truncated",
                                      "yes",
                                      "--maxmemory-policy",
                                      "noeviction",
                                      "--save",
                                      "",
                                      "--daemonize",
                                      "no"};
  command.insert(command.end(), settings_.begin(), settings_.end());
  auto process = ChildProcess::Start({.command = std::move(command),
                                      .environment = {},
                                      .output_file = absl::StrCat(folder_, "/redis.log"),
                                      .folder = {},
                                      .outlive_parent = outlive_parent_});
  if (!process.ok()) return process.status();
  process_ = *std::move(process);
  return absl::OkStatus();
}

absl::Status RedisServer::AwaitAnswer() {
  WaitUntil([this] { return !process_->Running() || RedisAnswers(port_); }, absl::Seconds(30));
  if (process_->Running() && RedisAnswers(port_)) return absl::OkStatus();
  return absl::UnavailableError(
      absl::StrCat("redis-server does not answer; see ", folder_, "/redis.log"));
}

absl::Status RedisServer::Restart() {
  if (absl::Status status = Launch(); !status.ok()) return status;
  return AwaitAnswer();
}

}  // namespace pepline
