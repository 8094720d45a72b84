// The targets of services.cc without libFuzzer and sanitizers: their seeds, and some inputs made of
// them, the same each time. What a fuzz build finds is more; this says in every build that the
// targets still fit the services, and that no RPC or consumed event has a simple way to break one.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>

#include "shared/domain/all_services.h"
#include "tests/fuzz/target.h"

namespace pepline::fuzz {
namespace {

constexpr int kMadeInputs = 2'000;

class ServicesTest : public testing::TestWithParam<std::string> {};

TEST_P(ServicesTest, AnswersWhateverComes) {
  std::minstd_rand random(2025);
  const std::vector<Target> targets = Targets();
  const auto target = std::ranges::find(targets, GetParam(), &Target::name);
  ASSERT_NE(target, targets.end());
  std::vector<std::string> inputs = target->seeds();
  for (const std::string& seed : inputs) target->run(seed);
  for (int i = 0; i < kMadeInputs; ++i) {
    const std::string made = target->mutate(inputs[random() % inputs.size()], target->longest,
                                            static_cast<unsigned>(random()));
    target->run(made);
    inputs.push_back(made);
  }
}

INSTANTIATE_TEST_SUITE_P(Each, ServicesTest, testing::ValuesIn(AllServices()),
                         [](const auto& service) { return service.param; });

}  // namespace

void Fail(std::string_view broken) {
  std::cerr << "BROKEN: " << broken << "\n";
  std::abort();
}

std::string Mutated(std::string_view bytes, std::size_t longest) {
  static std::minstd_rand random(2025);
  std::string made(bytes.substr(0, longest));
  const std::size_t at = made.empty() ? 0 : random() % made.size();
  switch (random() % 3) {
    case 0:
      if (made.size() < longest) made.insert(at, 1, static_cast<char>(random()));
      break;
    case 1:
      made.erase(at, random() % 4);
      break;
    default:
      if (!made.empty()) made[at] = static_cast<char>(random());
  }
  return made;
}

const std::string& Folder() {
  static const std::string* const folder = [] {
    std::string made = std::filesystem::temp_directory_path() / "services-test-XXXXXX";
    Expect(mkdtemp(made.data()) != nullptr, "a temporary folder is made");
    std::atexit([] { std::filesystem::remove_all(Folder()); });
    return new std::string(made);
  }();
  return *folder;
}

}  // namespace pepline::fuzz
