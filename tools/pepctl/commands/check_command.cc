#include "tools/pepctl/commands/check_command.h"

#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tools/client/stack_file.h"
#include "tools/stack/processes.h"

namespace pepline::pepctl {
namespace {

constexpr char kStackVariable[] = "PEPLINE_STACK";  // pepctl's own choice, no service's setting

// The names of the services' settings that the environment holds.
std::vector<std::string> OwnSettings() {
  std::vector<std::string> names;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text(*entry);
    const std::string name = text.substr(0, text.find('='));
    if (absl::StartsWith(name, "PEPLINE_") && name != kStackVariable) names.push_back(name);
  }
  return names;
}

// The file with the settings that count, in the form of /proc/<pid>/environ; empty: those of the
// environment do.
absl::StatusOr<std::string> SettingsFile(const OperationArguments& arguments,
                                         const Globals& globals) {
  if (arguments.settings_of != 0) return absl::StrCat("/proc/", arguments.settings_of, "/environ");
  if (!globals.stack_given && !OwnSettings().empty()) return "";
  const auto stack = client::ReadStackFile(globals.stack);
  if (!stack.ok() && !globals.stack_given) return "";
  if (!stack.ok()) return stack.status();
  const auto file = stack->settings.find(arguments.service);
  if (file != stack->settings.end()) return file->second;
  return absl::NotFoundError(absl::StrCat(
      "the stack in ", globals.stack, " does not say the settings of ", arguments.service,
      "; give the id of its process (--settings-of), or set its PEPLINE_ variables"));
}

// Ours are those of the file, and no others.
absl::Status TakeSettings(const std::string& file) {
  auto environment = ReadFile(file);
  if (!environment.ok()) {
    return absl::NotFoundError(absl::StrCat("the settings in ", file,
                                            " cannot be read; give the id of a running service "
                                            "of this user, or set its PEPLINE_ variables here"));
  }
  for (const std::string& name : OwnSettings()) unsetenv(name.c_str());
  const std::vector<std::string> pairs = absl::StrSplit(*environment, '\0');
  for (const std::string& pair : pairs) {
    const auto equals = pair.find('=');
    if (!absl::StartsWith(pair, "PEPLINE_") || equals == std::string::npos) continue;
    setenv(pair.substr(0, equals).c_str(), pair.substr(equals + 1).c_str(), /*overwrite=*/1);
  }
  return absl::OkStatus();
}

}  // namespace

int HandOver(const OperationArguments& arguments, Invocation& invocation) {
  const bool changes = arguments.repair || arguments.operation == "rebuild" ||
                       arguments.operation == "restored" || !arguments.id.empty();
  if (invocation.globals.dry_run && changes) {
    invocation.err
        << "Nothing was changed (--dry-run); `pepctl check` and `dead-letters parked` only look.\n";
    return kDone;
  }
  auto program = FindProgram(absl::StrCat("pepline-", arguments.service));
  if (!program.ok()) return Fail(invocation, program.status());
  const auto settings = SettingsFile(arguments, invocation.globals);
  if (!settings.ok()) return Fail(invocation, settings.status());
  if (!settings->empty()) {
    if (absl::Status taken = TakeSettings(*settings); !taken.ok()) return Fail(invocation, taken);
  }
  unsetenv(kStackVariable);
  std::vector<std::string> words{*program, absl::StrCat("--", arguments.operation)};
  if (arguments.repair) words.push_back("--repair");
  for (const std::string& more : {arguments.id, arguments.reason}) {
    if (!more.empty()) words.push_back(more);
  }
  std::vector<char*> command;
  for (std::string& word : words) command.push_back(word.data());
  command.push_back(nullptr);
  invocation.out.flush();
  execv(program->c_str(), command.data());
  return Fail(invocation, absl::UnavailableError(absl::StrCat(
                              *program, " could not be started: ", std::strerror(errno))));
}

}  // namespace pepline::pepctl
