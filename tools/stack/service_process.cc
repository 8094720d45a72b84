#include "tools/stack/service_process.h"

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "tools/stack/http_get.h"

namespace pepline {

ServiceProcess::ServiceProcess(ServiceProcessOptions options)
    : options_(std::move(options)), grpc_port_(FreePort()), metrics_port_(FreePort()) {}

absl::StatusOr<std::unique_ptr<ServiceProcess>> ServiceProcess::Start(
    ServiceProcessOptions options) {
  std::error_code error;
  std::filesystem::create_directories(options.folder, error);
  if (error) return absl::InternalError(absl::StrCat("cannot make the folder ", options.folder));
  auto service = std::unique_ptr<ServiceProcess>(new ServiceProcess(std::move(options)));
  if (absl::Status status = service->Restart(); !status.ok()) return status;
  return service;
}

std::string ServiceProcess::grpc_address() const { return absl::StrCat("127.0.0.1:", grpc_port_); }

std::string ServiceProcess::metrics_address() const {
  return absl::StrCat("127.0.0.1:", metrics_port_);
}

std::string ServiceProcess::log_file() const {
  return absl::StrCat(options_.folder, "/", options_.service, ".log");
}

absl::Status ServiceProcess::Restart() {
  if (process_ != nullptr) process_->Kill();
  std::map<std::string, std::string> environment = options_.environment;
  environment["PEPLINE_GRPC_ADDRESS"] = grpc_address();
  environment["PEPLINE_METRICS_ADDRESS"] = metrics_address();
  environment["PEPLINE_PORTS_FILE"] =
      absl::StrCat(options_.folder, "/", options_.service, ".ports");
  const std::string program = absl::StrCat("pepline-", options_.service);
  const std::string& folder = options_.program_folder;
  auto process =
      ChildProcess::Start({.command = {folder.empty() ? program : folder + "/" + program},
                           .environment = std::move(environment),
                           .clean_environment = true,
                           .output_file = log_file(),
                           .folder = {},
                           .outlive_parent = options_.outlive_parent});
  if (!process.ok()) return process.status();
  process_ = *std::move(process);
  return absl::OkStatus();
}

bool ServiceProcess::Ready() const {
  const auto answer = HttpGet(metrics_port_, "/readyz");
  return answer.ok() && answer->status == 200;
}

absl::Status ServiceProcess::WaitReady(absl::Duration bound) {
  bool ready = false;
  WaitUntil(
      [&] {
        ready = Ready();
        return ready || !Running();
      },
      bound);
  if (ready && Running()) return absl::OkStatus();
  if (const auto code = process_->ExitCode()) {
    return absl::InternalError(absl::StrCat("pepline-", options_.service, " has ended with code ",
                                            *code, "; the end of ", log_file(), ":\n",
                                            LastLines(log_file())));
  }
  const auto answer = HttpGet(metrics_port_, "/readyz");
  return absl::UnavailableError(absl::StrCat(
      "pepline-", options_.service, " is not ready: ",
      answer.ok() ? answer->body : std::string("nothing answers /readyz"), "; see ", log_file()));
}

absl::StatusOr<std::string> ServiceProcess::Metrics() const {
  auto answer = HttpGet(metrics_port_, "/metrics");
  if (!answer.ok()) return answer.status();
  if (answer->status != 200) {
    return absl::UnavailableError(absl::StrCat("/metrics answers ", answer->status));
  }
  return std::move(answer->body);
}

int ServiceProcess::Stop(absl::Duration bound) { return process_->Stop(bound); }

void ServiceProcess::SetEnvironment(const std::string& name, const std::string& value) {
  options_.environment[name] = value;
}

}  // namespace pepline
