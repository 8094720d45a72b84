// What every system test stands on: the whole stack as processes, on a real Apache Kafka wherever
// java and the fetched jars are, and the checker that looks at it from the outside.
// Promises: a fall-back to the development broker is said loudly on standard output. Threads: one
// at a time.
#ifndef PEPLINE_TESTS_SYSTEM_SUPPORT_SYSTEM_STACK_H_
#define PEPLINE_TESTS_SYSTEM_SUPPORT_SYSTEM_STACK_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tools/stack/stack.h"

namespace pepline {

// On a real Kafka wherever there is one, whatever the options say of the broker.
absl::StatusOr<std::unique_ptr<Stack>> StartSystemStack(StackOptions options);
// `otlp_endpoint`: where all services send their traces; empty: nowhere.
absl::StatusOr<std::unique_ptr<Stack>> StartSystemStack(const std::string& folder,
                                                        absl::Time simulated_start,
                                                        const std::string& otlp_endpoint = "");

struct Ended {
  int code = -1;  // the exit code; -1 when it could not be run or did not end in two minutes
  std::string output;
};
// Runs a program of the build, or of PATH, to its end, and shows what it wrote.
Ended RunProgram(const std::vector<std::string>& command);
int RunToEnd(const std::vector<std::string>& command);  // the exit code alone

// Runs pepline-checker against the stack as it is at rest now; `commands` is the file of the
// commands that were sent.
int RunChecker(Stack& stack, const std::string& commands,
               const std::vector<std::string>& more_arguments = {});

}  // namespace pepline

#endif  // PEPLINE_TESTS_SYSTEM_SUPPORT_SYSTEM_STACK_H_
