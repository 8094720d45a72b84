// What `pepline-stack status` tells of each part of a stack: its process, whether it is ready, why
// not, since when it is down, and its ports. Looks from the outside, by stack.json, keeping.json,
// the processes and what they answer. Errors: a part that does not answer is not ready, and says
// so. Threads: functions and values only; blocks for two seconds a part at most.
#ifndef PEPLINE_TOOLS_STACK_STACK_STATUS_H_
#define PEPLINE_TOOLS_STACK_STACK_STATUS_H_

#include <sys/types.h>

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace pepline {

struct PartStatus {
  std::string name;
  pid_t pid = 0;  // 0: no process
  bool ready = false;
  std::string state;  // "ready", "not ready: ...", "down since ...: ..."
  std::string ports;
};

// `stack` is what stack.json holds.
std::vector<PartStatus> LookAtParts(const nlohmann::json& stack);
bool AllReady(const std::vector<PartStatus>& parts);
// One line a part, under a line of headings.
std::string StatusTable(const std::vector<PartStatus>& parts);

// The program that the process runs; empty when it has ended, also when nobody has taken note of
// its end yet.
std::string ProgramOf(pid_t pid);

}  // namespace pepline

#endif  // PEPLINE_TOOLS_STACK_STACK_STATUS_H_
