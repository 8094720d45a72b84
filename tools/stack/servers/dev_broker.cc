#include "tools/stack/servers/dev_broker.h"

#include <filesystem>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace pepline {

absl::StatusOr<std::unique_ptr<DevBroker>> DevBroker::Start(const std::string& folder,
                                                            const std::string& topics_file,
                                                            bool outlive_parent) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  const std::string address_file = absl::StrCat(folder, "/address");
  std::filesystem::remove(address_file, error);
  const std::string log = absl::StrCat(folder, "/devbroker.log");
  auto process = ChildProcess::Start(
      {.command = {"pepline-devbroker", "--topics", topics_file, "--address-file", address_file},
       .output_file = log,
       .outlive_parent = outlive_parent});
  if (!process.ok()) return process.status();
  auto broker = std::make_unique<DevBroker>();
  broker->process_ = *std::move(process);
  broker->log_ = log;
  const auto written = [&] { return std::filesystem::exists(address_file); };
  WaitUntil([&] { return written() || !broker->process_->Running(); }, absl::Seconds(20));
  if (!written()) {
    return absl::UnavailableError(absl::StrCat("the development broker did not start; see ", log));
  }
  broker->bootstrap_ = std::string(absl::StripAsciiWhitespace(*ReadFile(address_file)));
  return broker;
}

}  // namespace pepline
