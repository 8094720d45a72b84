// What stands in the place of all that pepctl runs, so that a fuzz target may run any command line:
// nothing is called, read, written or started. Calls of services are answered with given bytes;
// commands that are more than a call (special_commands.h) do nothing.
// Threads: one at a time.
#ifndef PEPLINE_TESTS_FUZZ_NO_SERVICES_H_
#define PEPLINE_TESTS_FUZZ_NO_SERVICES_H_

#include <string>

namespace pepline::fuzz {

// From now on a call is answered with these bytes, as far as they are its response; the second call
// after this and all later ones with nothing, so that no list is without end.
void AnswerCallsWith(std::string bytes);

}  // namespace pepline::fuzz

#endif  // PEPLINE_TESTS_FUZZ_NO_SERVICES_H_
