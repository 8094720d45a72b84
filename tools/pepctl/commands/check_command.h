// `pepctl check`, `digest`, `rebuild`, `restored`, and `dead-letters parked`, `release` and `skip`:
// hand over to the service's own program,
// which holds its rules (shared/process/operations.h), beside pepctl or in PATH, with the settings
// of a process, of the stack that is named, of the environment, or of the stack that `make up`
// started: the first that there is. Errors: exit codes of invocation.h; once the program runs, its
// own. Threads: one at a time.
#ifndef PEPLINE_TOOLS_PEPCTL_COMMANDS_CHECK_COMMAND_H_
#define PEPLINE_TOOLS_PEPCTL_COMMANDS_CHECK_COMMAND_H_

#include <string>

#include "tools/pepctl/invocation.h"

namespace pepline::pepctl {

struct OperationArguments {
  std::string operation;  // "check", "digest", "rebuild", "restored", "parked", "release", "skip"
  std::string service;    // "funding"
  bool repair = false;
  std::string id;       // of what is parked, for "release" and "skip"
  std::string reason;   // for "skip"
  int settings_of = 0;  // process whose PEPLINE_ variables count; 0: none is named
};
// Returns only when the program could not be started.
int HandOver(const OperationArguments& arguments, Invocation& invocation);

}  // namespace pepline::pepctl

#endif  // PEPLINE_TOOLS_PEPCTL_COMMANDS_CHECK_COMMAND_H_
