// `pepctl check`, `digest`, `rebuild` and `restored`: hand over to the service's own program,
// which holds its rules (shared/runtime/operations.h), beside pepctl or in PATH, with the settings
// of a process, of the stack that is named, of the environment, or of the stack that `make up`
// started: the first that there is. Errors: exit codes of invocation.h; once the program runs, its
// own. Threads: one at a time.
#ifndef PEPLINE_TOOLS_PEPCTL_CHECK_COMMAND_H_
#define PEPLINE_TOOLS_PEPCTL_CHECK_COMMAND_H_

#include <string>

#include "tools/pepctl/invocation.h"

namespace pepline::pepctl {

struct OperationArguments {
  std::string operation;  // "check", "digest", "rebuild" or "restored"
  std::string service;    // "funding"
  bool repair = false;
  int settings_of = 0;  // process whose PEPLINE_ variables count; 0: none is named
};
// Returns only when the program could not be started.
int HandOver(const OperationArguments& arguments, Invocation& invocation);

}  // namespace pepline::pepctl

#endif  // PEPLINE_TOOLS_PEPCTL_CHECK_COMMAND_H_
