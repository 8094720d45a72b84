// pepctl: the command line of Pepline. See README.md.
#include <iostream>
#include <string>
#include <vector>

#include "tools/pepctl/command_line.h"

int main(int argc, char** argv) {
  return pepline::pepctl::RunCommandLine(std::vector<std::string>(argv + 1, argv + argc), std::cout,
                                         std::cerr);
}
