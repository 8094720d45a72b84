// The development broker (tools/devbroker) as a child process: in memory, volatile.
// Threads: one at a time.
#ifndef PEPLINE_TOOLS_STACK_SERVERS_DEV_BROKER_H_
#define PEPLINE_TOOLS_STACK_SERVERS_DEV_BROKER_H_

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "tools/stack/processes.h"

namespace pepline {

class DevBroker {
 public:
  // Serves when this returns. `topics_file` is deploy/topics.yaml or one like it.
  static absl::StatusOr<std::unique_ptr<DevBroker>> Start(const std::string& folder,
                                                          const std::string& topics_file,
                                                          bool outlive_parent = false);
  const std::string& bootstrap() const { return bootstrap_; }
  pid_t pid() const { return process_->pid(); }
  bool Running() { return process_->Running(); }
  std::optional<int> ExitCode() { return process_->ExitCode(); }
  const std::string& log_file() const { return log_; }
  void Kill() { process_->Kill(); }
  void Abandon() { process_->Abandon(); }

 private:
  std::string bootstrap_;
  std::string log_;
  std::unique_ptr<ChildProcess> process_;
};

}  // namespace pepline

#endif  // PEPLINE_TOOLS_STACK_SERVERS_DEV_BROKER_H_
