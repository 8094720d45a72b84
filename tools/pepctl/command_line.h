// The command line of pepctl: its commands as a tree, made of the rows of rpc_command.h and of the
// special commands; reads arguments, runs one command, says what is wrong with the rest.
// Promises: every option and word has help; an unknown one is answered with the nearest known one.
// Threads: one at a time.
#ifndef PEPLINE_TOOLS_PEPCTL_COMMAND_LINE_H_
#define PEPLINE_TOOLS_PEPCTL_COMMAND_LINE_H_

#include <ostream>
#include <string>
#include <vector>

namespace pepline::pepctl {

// `arguments` without the program's name. Returns an exit code of invocation.h.
int RunCommandLine(const std::vector<std::string>& arguments, std::ostream& out, std::ostream& err);

}  // namespace pepline::pepctl

#endif  // PEPLINE_TOOLS_PEPCTL_COMMAND_LINE_H_
