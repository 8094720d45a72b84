#include "tools/pepctl/check_command.h"

#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tools/stack/processes.h"

namespace pepline::pepctl {
namespace {

// Ours becomes that of the process.
absl::Status TakeSettings(int process) {
  auto environment = ReadFile(absl::StrCat("/proc/", process, "/environ"));
  if (!environment.ok()) {
    return absl::NotFoundError(absl::StrCat("the settings of process ", process,
                                            " cannot be read; give the id of a running service "
                                            "of this user, or set its PEPLINE_ variables here"));
  }
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
  if (invocation.globals.dry_run && (arguments.repair || arguments.operation == "rebuild")) {
    invocation.err << "Nothing was changed (--dry-run); `pepctl check` only looks.\n";
    return kDone;
  }
  auto program = FindProgram(absl::StrCat("pepline-", arguments.service));
  if (!program.ok()) return Fail(invocation, program.status());
  if (arguments.settings_of != 0) {
    if (absl::Status taken = TakeSettings(arguments.settings_of); !taken.ok()) {
      return Fail(invocation, taken);
    }
  }
  // pepctl's own choice of a stack is no setting of a service.
  unsetenv("PEPLINE_STACK");
  std::vector<std::string> words{*program, absl::StrCat("--", arguments.operation)};
  if (arguments.repair) words.push_back("--repair");
  std::vector<char*> command;
  for (std::string& word : words) command.push_back(word.data());
  command.push_back(nullptr);
  invocation.out.flush();
  execv(program->c_str(), command.data());
  return Fail(invocation, absl::UnavailableError(absl::StrCat(
                              *program, " could not be started: ", std::strerror(errno))));
}

}  // namespace pepline::pepctl
