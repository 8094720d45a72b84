#include "tests/fuzz/steps.h"

#include <algorithm>
#include <random>
#include <utility>

#include "tests/fuzz/messages.h"
#include "tests/fuzz/target.h"

namespace pepline::fuzz {
namespace {

constexpr std::size_t kHead = 4;  // kind, who, and the length of the bytes in two bytes

}  // namespace

std::vector<Step> ReadSteps(std::string_view input) {
  std::vector<Step> steps;
  const auto byte = [&input](std::size_t i) { return static_cast<unsigned char>(input[i]); };
  while (input.size() >= kHead && steps.size() < kMostSteps) {
    const std::size_t length =
        std::min<std::size_t>(std::size_t{byte(2)} << 8 | byte(3), input.size() - kHead);
    steps.push_back({byte(0), byte(1), std::string(input.substr(kHead, length))});
    input.remove_prefix(kHead + length);
  }
  return steps;
}

std::string WriteSteps(const std::vector<Step>& steps) {
  std::string text;
  for (const Step& step : steps) {
    const std::size_t length = std::min<std::size_t>(step.bytes.size(), 0xffff);
    text += static_cast<char>(step.kind);
    text += static_cast<char>(step.who);
    text += static_cast<char>(length >> 8);
    text += static_cast<char>(length & 0xff);
    text += step.bytes.substr(0, length);
  }
  return text;
}

std::string MutatedSteps(
    std::string_view input, std::size_t longest, unsigned seed,
    const std::function<const google::protobuf::Message*(unsigned char kind)>& message_of) {
  std::minstd_rand random(seed);
  std::vector<Step> steps = ReadSteps(input);
  if (steps.empty()) return Mutated(input, longest);
  const auto any = [&] {
    return steps.begin() + static_cast<std::ptrdiff_t>(random() % steps.size());
  };
  Step& step = *any();
  switch (random() % 10) {
    case 0:
      step.kind = static_cast<unsigned char>(random());
      break;
    case 1:
      step.who = static_cast<unsigned char>(random());
      break;
    case 2:
      steps.insert(any(), Step(step));
      break;
    case 3:
      steps.erase(any());
      break;
    case 4:
      std::swap(*any(), *any());
      break;
    default: {
      const google::protobuf::Message* message = message_of(step.kind);
      const std::size_t room = std::min<std::size_t>(longest, 4096);
      step.bytes = message == nullptr ? Mutated(step.bytes, room)
                                      : MutatedMessage(*message, step.bytes, room, random());
    }
  }
  std::string made = WriteSteps(steps);
  return made.size() <= longest ? made : Mutated(input, longest);
}

}  // namespace pepline::fuzz
