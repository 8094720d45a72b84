// pepline-stack: starts, stops and shows a whole Pepline on this machine (`make up`, `make down`).
// `up` keeps everything as children of one process, whose end takes all of them with it; --detach
// puts that process into the background. What ends is started again, and said loudly on the
// terminal and in <folder>/stack.log. <folder>/stack.json says what is where.
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "tools/stack/keeper.h"
#include "tools/stack/running_clock.h"
#include "tools/stack/stack.h"
#include "tools/stack/stack_status.h"
#include "tools/stack/stop_signal.h"

namespace pepline {
namespace {

constexpr int kDone = 0;
constexpr int kNotReady = 1;
constexpr int kWrongUse = 2;
constexpr int kFailed = 3;
constexpr int kNotUp = 4;
constexpr absl::Duration kStartBound = absl::Minutes(3);
constexpr absl::Duration kBetweenLooks = absl::Milliseconds(200);
constexpr absl::Duration kStopBound = absl::Seconds(60);

struct Arguments {
  std::string folder = ".run";
  std::string broker = "dev";
  std::string kafka_jars;
  std::string clock_start;
  std::vector<std::string> services;
  std::vector<std::string> settings;  // "[SERVICE:]PEPLINE_NAME=VALUE"
  bool tls = false;
  bool detach = false;
};

int Fail(const absl::Status& status) {
  std::cerr << "pepline-stack: " << status.message() << "\n";
  return kFailed;
}

std::string DescriptionFile(const Arguments& arguments) {
  return absl::StrCat(arguments.folder, "/stack.json");
}

std::string LogFile(const Arguments& arguments) {
  return absl::StrCat(arguments.folder, "/stack.log");
}

// Is the process there, and one of ours? A number may have been given to another since.
bool IsStack(pid_t pid) { return absl::StartsWith(ProgramOf(pid), "pepline-stack"); }

// What stack.json says while the stack is up; null when none is.
nlohmann::json FindStack(const Arguments& arguments) {
  const auto text = ReadFile(DescriptionFile(arguments));
  if (!text.ok()) return nullptr;
  nlohmann::json stack = nlohmann::json::parse(*text, nullptr, false);
  if (!stack.is_object() || !stack.contains("pid") || !stack["pid"].is_number_integer()) {
    return nullptr;
  }
  return IsStack(stack["pid"].get<pid_t>()) ? stack : nlohmann::json(nullptr);
}

void Print(const nlohmann::json& stack) {
  const std::string bootstrap = stack["broker"].value("bootstrap_servers", "");
  const std::string folder = stack.value("folder", "");
  std::cout << absl::StreamFormat("Pepline is up in %s (process %d).\n\n", folder,
                                  stack["pid"].get<int>());
  for (const auto& [name, service] : stack["services"].items()) {
    std::cout << absl::StreamFormat("  %-14s gRPC %-17s http://%s/metrics\n", name,
                                    service.value("grpc", ""), service.value("metrics", ""));
  }
  std::cout << "\n  Kafka          " << bootstrap
            << (stack["broker"].value("kind", "") == "dev"
                    ? "   (development broker: in memory, forgets everything when it stops)"
                    : "   (Apache Kafka)")
            << "\n  events         kcat -b " << bootstrap
            << " -t pepline.scheduling.events.v1 -f '%T %k %h\\n'"
            << "\n  mails          " << stack.value("mail_folder", "") << "/new"
            << "\n  command line   " << ProgramFolder() << "/pepctl --stack " << folder << " --help"
            << "\n  stop it        pepline-stack down --folder " << folder
            << "  (or `make down`)\n";
}

// To the terminal and to the stack's log, which are one when the stack is in the background.
void Shout(const Arguments& arguments, const std::string& line) {
  std::cerr << line << std::flush;
  const std::string log = LogFile(arguments);
  struct stat terminal {
  }, file{};
  const bool one = fstat(STDERR_FILENO, &terminal) == 0 && stat(log.c_str(), &file) == 0 &&
                   terminal.st_dev == file.st_dev && terminal.st_ino == file.st_ino;
  if (!one) std::ofstream(log, std::ios::app) << line;
}

// Settings beside those that the stack gives anyhow: of the service named, else of all that start.
absl::Status AddSettings(const std::vector<std::string>& settings, StackOptions& options) {
  for (const std::string& setting : settings) {
    const std::vector<std::string> pair = absl::StrSplit(setting, absl::MaxSplits('=', 1));
    const std::vector<std::string> place = absl::StrSplit(pair.front(), absl::MaxSplits(':', 1));
    if (pair.size() != 2 || !absl::StartsWith(place.back(), "PEPLINE_")) {
      return absl::InvalidArgumentError(
          absl::StrCat("--set ", pair.front(),
                       ": give NAME=VALUE or SERVICE:NAME=VALUE, as in "
                       "PEPLINE_OTLP_ENDPOINT=http://127.0.0.1:4318"));
    }
    bool found = false;
    for (const std::string& service : options.services) {
      if (place.size() == 2 && place.front() != service) continue;
      options.environment[service][place.back()] = pair.back();
      found = true;
    }
    if (!found) {
      return absl::InvalidArgumentError(
          absl::StrCat("--set ", pair.front(), ": no ", place.front(), " is started"));
    }
  }
  return absl::OkStatus();
}

int KeepUp(const Arguments& arguments) {
  const StopSignal stop;
  StackOptions options{.folder = arguments.folder, .kafka_jars = arguments.kafka_jars};
  if (arguments.broker == "kafka") options.broker = StackOptions::Broker::kKafka;
  if (!arguments.services.empty()) options.services = arguments.services;
  if (!arguments.clock_start.empty()) {
    absl::Time start;
    std::string problem;
    if (!absl::ParseTime(absl::RFC3339_full, arguments.clock_start, &start, &problem)) {
      return Fail(absl::InvalidArgumentError(
          absl::StrCat("--clock-start: ", problem, "; give it like 2025-09-01T06:00:00+01:00")));
    }
    options.simulated_start = start;
  }
  if (absl::Status added = AddSettings(arguments.settings, options); !added.ok()) {
    return Fail(added);
  }
  options.tls = arguments.tls;
  options.ready_bound = kStartBound;
  std::error_code none;  // of an earlier stack
  std::filesystem::remove(absl::StrCat(arguments.folder, "/keeping.json"), none);
  auto stack = Stack::Start(std::move(options));
  if (!stack.ok()) return Fail(stack.status());
  Print(nlohmann::json::parse((*stack)->Describe()));
  std::cout << "\nCtrl-C stops it.\n" << std::flush;
  std::optional<RunningClock> running;
  if ((*stack)->clock() != nullptr) running.emplace(*(*stack)->clock());
  Keeper keeper(**stack, {}, [&](const std::string& line) { Shout(arguments, line); });
  do keeper.Look();
  while (!stop.Wait(kBetweenLooks));
  std::cout << "Stopping...\n" << std::flush;
  (*stack)->Stop();
  return kDone;
}

int Detach(const Arguments& arguments) {
  std::error_code error;
  std::filesystem::create_directories(arguments.folder, error);
  if (error) {
    return Fail(absl::InternalError(absl::StrCat("cannot make the folder ", arguments.folder)));
  }
  std::filesystem::remove(DescriptionFile(arguments), error);
  const std::string log = LogFile(arguments);
  std::filesystem::remove(log, error);
  std::vector<std::string> command = {"pepline-stack",  "up",       "--folder",
                                      arguments.folder, "--broker", arguments.broker};
  if (!arguments.kafka_jars.empty()) {
    command.insert(command.end(), {"--kafka-jars", arguments.kafka_jars});
  }
  if (!arguments.clock_start.empty()) {
    command.insert(command.end(), {"--clock-start", arguments.clock_start});
  }
  if (arguments.tls) command.push_back("--tls");
  for (const std::string& service : arguments.services) {
    command.insert(command.end(), {"--service", service});
  }
  for (const std::string& setting : arguments.settings) {
    command.insert(command.end(), {"--set", setting});
  }
  auto keeper = ChildProcess::Start(
      {.command = std::move(command), .output_file = log, .outlive_parent = true});
  if (!keeper.ok()) return Fail(keeper.status());
  const auto up = [&] { return std::filesystem::exists(DescriptionFile(arguments)); };
  WaitUntil([&] { return up() || !(*keeper)->Running(); }, kStartBound);
  if (!up()) {
    (*keeper)->Stop();
    return Fail(absl::UnavailableError(absl::StrCat("the stack did not start. Its log, ", log,
                                                    ", says:\n", ReadFile(log).value_or(""))));
  }
  (*keeper)->Abandon();
  Print(FindStack(arguments));
  return kDone;
}

int Up(const Arguments& arguments) {
  if (const nlohmann::json stack = FindStack(arguments); !stack.is_null()) {
    Print(stack);
    std::cout << "\nIt was up already; nothing was changed.\n";
    return kDone;
  }
  return arguments.detach ? Detach(arguments) : KeepUp(arguments);
}

// The processes of the stack by their numbers.
std::vector<pid_t> ProcessesOf(const nlohmann::json& stack) {
  std::vector<pid_t> pids = {stack["pid"].get<pid_t>()};
  for (const char* part : {"redis", "broker", "smtp"}) pids.push_back(stack[part].value("pid", 0));
  for (const auto& [name, service] : stack["services"].items()) {
    pids.push_back(service.value("pid", 0));
  }
  return pids;
}

int Down(const Arguments& arguments) {
  const nlohmann::json stack = FindStack(arguments);
  if (stack.is_null()) {
    std::cout << "Nothing is up in " << arguments.folder << ".\n";
    return kDone;
  }
  const pid_t keeper = stack["pid"].get<pid_t>();
  const auto gone = [&] { return !IsStack(keeper); };
  kill(keeper, SIGTERM);
  if (!WaitUntil(gone, kStopBound)) {
    // Its children go with it (PR_SET_PDEATHSIG).
    kill(keeper, SIGKILL);
    WaitUntil(gone, absl::Seconds(5));
  }
  std::vector<pid_t> left;
  const auto none_left = [&] {
    left = ProcessesOf(stack);
    std::erase_if(left, [](pid_t pid) { return ProgramOf(pid).empty(); });
    return left.empty();
  };
  if (!WaitUntil(none_left, absl::Seconds(5))) {
    return Fail(absl::InternalError(
        absl::StrCat("process ", left.front(), " of the stack does not end; end it by hand")));
  }
  std::error_code error;
  std::filesystem::remove(DescriptionFile(arguments), error);
  std::cout << "Stopped what was up in " << arguments.folder << ". Data and mails stay there.\n";
  return kDone;
}

int Status(const Arguments& arguments) {
  const nlohmann::json stack = FindStack(arguments);
  if (stack.is_null()) {
    std::cout << "Nothing is up in " << arguments.folder << "; `make up` starts it.\n";
    return kNotUp;
  }
  const std::vector<PartStatus> parts = LookAtParts(stack);
  std::cout << StatusTable(parts);
  return AllReady(parts) ? kDone : kNotReady;
}

int Main(int argc, char** argv) {
  Arguments arguments;
  CLI::App app("Starts, stops and shows a whole Pepline on this machine.", "pepline-stack");
  app.footer(
      "Exit codes: 0 done, 1 not all parts are ready, 2 wrong use, 3 failed, 4 nothing is up.");
  app.require_subcommand(1);
  const auto with_folder = [&](CLI::App* command) {
    command->add_option("--folder", arguments.folder, "where data, logs, mails and stack.json are")
        ->capture_default_str();
    return command;
  };
  CLI::App* up = with_folder(app.add_subcommand("up", "start everything and keep it up"));
  up->add_flag("--detach", arguments.detach, "in the background; returns when all is ready");
  up->add_option("--broker", arguments.broker, "dev (in memory) or kafka (a real Apache Kafka)")
      ->check(CLI::IsMember({"dev", "kafka"}))
      ->capture_default_str();
  up->add_option("--kafka-jars", arguments.kafka_jars, "where `make kafka` put it");
  up->add_option("--clock-start", arguments.clock_start,
                 "run on a simulated clock that starts there, for training (RFC 3339)");
  up->add_flag("--tls", arguments.tls, "gRPC by mutual TLS, with certificates made for this stack");
  up->add_option("--service", arguments.services, "only this service; may be repeated");
  up->add_option("--set", arguments.settings,
                 "a setting of all services, or of one: [SERVICE:]PEPLINE_NAME=VALUE; may be "
                 "repeated. Variables of the environment are not handed on");
  CLI::App* down = with_folder(app.add_subcommand("down", "stop everything"));
  CLI::App* status =
      with_folder(app.add_subcommand("status", "every part: is it up and ready, and where?"));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& problem) {  // also how --help ends
    return app.exit(problem) == 0 ? kDone : kWrongUse;
  }
  if (up->parsed()) return Up(arguments);
  if (down->parsed()) return Down(arguments);
  return status->parsed() ? Status(arguments) : kFailed;
}

}  // namespace
}  // namespace pepline

int main(int argc, char** argv) { return pepline::Main(argc, argv); }
