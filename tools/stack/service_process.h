// One service of Pepline as a child process: the program pepline-<service> with its environment.
// Promises: the gRPC and metrics addresses stay the same over Kill and Restart, so clients keep
// them; standard output and error go to <folder>/<service>.log; stops with its object.
// Threads: one at a time.
#ifndef PEPLINE_TOOLS_STACK_SERVICE_PROCESS_H_
#define PEPLINE_TOOLS_STACK_SERVICE_PROCESS_H_

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/stack/processes.h"

namespace pepline {

struct ServiceProcessOptions {
  std::string service;  // "scheduling"
  std::string folder;   // of log and ports file; made when missing
  // Everything but the addresses and the ports file.
  std::map<std::string, std::string> environment;
  std::string program_folder;  // of pepline-<service>; empty: where FindProgram finds it
  bool outlive_parent = false;
};

class ServiceProcess {
 public:
  // The process runs when this returns; WaitReady tells when it serves.
  static absl::StatusOr<std::unique_ptr<ServiceProcess>> Start(ServiceProcessOptions options);

  const std::string& service() const { return options_.service; }
  std::string grpc_address() const;
  std::string metrics_address() const;
  std::string log_file() const;

  bool Ready() const;  // /readyz says so
  // Unavailable with what /readyz says last, or Internal when it has ended.
  absl::Status WaitReady(absl::Duration bound);
  absl::StatusOr<std::string> Metrics() const;  // the text of /metrics

  pid_t pid() const { return process_->pid(); }
  bool Running() { return process_->Running(); }
  std::optional<int> ExitCode() { return process_->ExitCode(); }
  void Kill() { process_->Kill(); }                    // SIGKILL
  int Stop(absl::Duration bound = absl::Seconds(15));  // SIGTERM; the exit code
  void Abandon() { process_->Abandon(); }
  // Starts it again with the same environment and addresses (kills it when it still runs).
  absl::Status Restart();
  // For the next Restart, as below.
  void SetProgramFolder(const std::string& folder) { options_.program_folder = folder; }
  void SetEnvironment(const std::string& name, const std::string& value);

 private:
  explicit ServiceProcess(ServiceProcessOptions options);
  ServiceProcessOptions options_;
  int grpc_port_;
  int metrics_port_;
  std::unique_ptr<ChildProcess> process_;
};

}  // namespace pepline

#endif  // PEPLINE_TOOLS_STACK_SERVICE_PROCESS_H_
