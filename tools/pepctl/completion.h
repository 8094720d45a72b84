// Scripts that complete pepctl's commands, options and words in a shell, made from its own tree.
// Promises: complete without asking a service; the zsh script stands on bash's. Threads: pure
// functions.
#ifndef PEPLINE_TOOLS_PEPCTL_COMPLETION_H_
#define PEPLINE_TOOLS_PEPCTL_COMPLETION_H_

#include <string>

namespace pepline::pepctl {

class CommandTree;

std::string BashCompletion(const CommandTree& tree);
std::string ZshCompletion(const CommandTree& tree);

}  // namespace pepline::pepctl

#endif  // PEPLINE_TOOLS_PEPCTL_COMPLETION_H_
