// pepctl: the command line of Pepline. See README.md.
#include <grpc/support/log.h>

#include <iostream>
#include <string>
#include <vector>

#include "tools/pepctl/command_line.h"

int main(int argc, char** argv) {
  // What gRPC would write here stands in the status of the call too, and is told from there.
  gpr_set_log_function([](gpr_log_func_args*) {});
  return pepline::pepctl::RunCommandLine(std::vector<std::string>(argv + 1, argv + argc), std::cout,
                                         std::cerr);
}
