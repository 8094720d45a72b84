#include "tests/system/support/system_stack.h"

#include <iostream>

#include "absl/strings/str_cat.h"
#include "tools/stack/environment.h"
#include "tools/stack/processes.h"

namespace pepline {

absl::StatusOr<std::unique_ptr<Stack>> StartSystemStack(const std::string& folder,
                                                        absl::Time simulated_start,
                                                        const std::string& otlp_endpoint) {
  StackOptions options{.folder = folder, .simulated_start = simulated_start};
  options.tls = true;  // as in production
  if (!otlp_endpoint.empty()) {
    for (const std::string& service : options.services) {
      options.environment[service]["PEPLINE_OTLP_ENDPOINT"] = otlp_endpoint;
    }
  }
  return StartSystemStack(std::move(options));
}

absl::StatusOr<std::unique_ptr<Stack>> StartSystemStack(StackOptions options) {
  const absl::Status kafka = KafkaServer::Available(absl::StrCat(SourceFolder(), "/.cache/kafka"));
  if (kafka.ok()) {
    options.broker = StackOptions::Broker::kKafka;
  } else {
    std::cout << "*** NOT on a real Kafka, but on the development broker: "
              << std::string(kafka.message()) << " ***\n"
              << std::flush;
  }
  return Stack::Start(std::move(options));
}

Ended RunProgram(const std::vector<std::string>& command) {
  const TemporaryFolder folder;
  const std::string output = absl::StrCat(folder.path(), "/output");
  auto process = ChildProcess::Start({.command = command, .output_file = output});
  if (!process.ok()) {
    std::cout << std::string(process.status().message()) << "\n";
    return {};
  }
  const bool ended = WaitUntil([&] { return !(*process)->Running(); }, absl::Minutes(2));
  const std::string text = ReadFile(output).value_or("");
  std::cout << text << std::flush;
  return {ended ? (*process)->ExitCode().value_or(-1) : -1, text};
}

int RunToEnd(const std::vector<std::string>& command) { return RunProgram(command).code; }

int RunChecker(Stack& stack, const std::string& commands,
               const std::vector<std::string>& more_arguments) {
  std::vector<std::string> command = {
      "pepline-checker",   "--bootstrap", stack.bootstrap(),
      "--commands",        commands,      "--mails",
      stack.mail_folder(), "--until",     std::to_string(absl::ToUnixMicros(stack.clock()->Now()))};
  command.insert(command.end(), more_arguments.begin(), more_arguments.end());
  return RunToEnd(command);
}

}  // namespace pepline
