// A private redis-server with every write on disk before its answer (appendfsync always).
// Promises: the same port and data over Kill and Restart. Stops with its object.
// Threads: one at a time.
#ifndef PEPLINE_TOOLS_STACK_SERVERS_REDIS_SERVER_H_
#define PEPLINE_TOOLS_STACK_SERVERS_REDIS_SERVER_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/stack/processes.h"

namespace pepline {

// Does a redis-server at 127.0.0.1:port answer within a second, with its data read?
bool RedisAnswers(int port);

class RedisServer {
 public:
  // Keeps its data in `folder` (made when missing) and answers when this returns.
  // `port` 0: one from the kernel. `settings` are further arguments of redis-server and stronger
  // than ours, such as {"--tls-port", "7001"}.
  static absl::StatusOr<std::unique_ptr<RedisServer>> Start(const std::string& folder, int port = 0,
                                                            bool outlive_parent = false,
                                                            std::vector<std::string> settings = {});
  int port() const { return port_; }
  pid_t pid() const { return process_->pid(); }
  bool Running() { return process_->Running(); }
  std::optional<int> ExitCode() { return process_->ExitCode(); }
  std::string log_file() const { return folder_ + "/redis.log"; }
  void Kill() { process_->Kill(); }  // SIGKILL
  void Stop() { process_->Stop(); }  // SIGTERM
  void Abandon() { process_->Abandon(); }
  // For the next Restart or Launch.
  void SetSettings(std::vector<std::string> settings) { settings_ = std::move(settings); }
  absl::Status Restart();  // same port, same data; waits until it answers
  absl::Status Launch();   // the same without waiting

 private:
  RedisServer(std::string folder, int port, bool outlive_parent, std::vector<std::string> settings)
      : folder_(std::move(folder)),
        port_(port),
        outlive_parent_(outlive_parent),
        settings_(std::move(settings)) {}
  absl::Status AwaitAnswer();

  std::string folder_;
  int port_;
  bool outlive_parent_;
  std::vector<std::string> settings_;
  std::unique_ptr<ChildProcess> process_;
};

}  // namespace pepline

#endif  // PEPLINE_TOOLS_STACK_SERVERS_REDIS_SERVER_H_
