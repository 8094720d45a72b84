// The program pepctl beside a service under test: writes the stack.json that `make up` would write
// for this one service, runs pepctl and tells how it ended.
// Promises: Run returns when the program has ended, within a minute. Threads: one at a time.
#ifndef PEPLINE_TESTS_COMPONENT_PEPCTL_PEPCTL_PROGRAM_H_
#define PEPLINE_TESTS_COMPONENT_PEPCTL_PEPCTL_PROGRAM_H_

#include <string>
#include <vector>

#include "tests/component/support/service_under_test.h"

namespace pepline::pepctl {

struct Answer {
  int code = -1;
  std::string text;  // standard output and error
};

class PepctlProgram {
 public:
  // `service`, of the name, must outlive it.
  PepctlProgram(ServiceUnderTest& service, const std::string& name);

  // With --stack.
  Answer operator()(std::vector<std::string> arguments);
  // Without a stack.
  Answer Plain(std::vector<std::string> arguments);
  // Any program.
  Answer Run(std::vector<std::string> command);

 private:
  ServiceUnderTest& service_;
  int runs_ = 0;
};

}  // namespace pepline::pepctl

#endif  // PEPLINE_TESTS_COMPONENT_PEPCTL_PEPCTL_PROGRAM_H_
