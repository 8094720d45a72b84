// An input that is several things done one after the other: each step has a kind (which RPC, which
// topic), says who does it, and holds the bytes of a message. Any bytes are steps.
// Threads: pure functions.
#ifndef PEPLINE_TESTS_FUZZ_STEPS_H_
#define PEPLINE_TESTS_FUZZ_STEPS_H_

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "google/protobuf/message.h"

namespace pepline::fuzz {

struct Step {
  unsigned char kind = 0;
  unsigned char who = 0;
  std::string bytes;
};

inline constexpr std::size_t kMostSteps = 16;

std::vector<Step> ReadSteps(std::string_view input);  // at most kMostSteps
std::string WriteSteps(const std::vector<Step>& steps);

// Other steps: one of them changed as a message of its kind (null: as plain bytes), given another
// kind, done twice, left out, or put elsewhere.
std::string MutatedSteps(
    std::string_view input, std::size_t longest, unsigned random,
    const std::function<const google::protobuf::Message*(unsigned char kind)>& message_of);

}  // namespace pepline::fuzz

#endif  // PEPLINE_TESTS_FUZZ_STEPS_H_
