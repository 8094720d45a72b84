// Who may see and change what, asked at random: so many checks of (role, reach, authority, school,
// child before and after a move, RPC, list, filter, token, page) against a model that was written
// from the documents alone (model.h). A few thousand here; `make reach CHECKS=1000000` for more.
// The seed is printed, and the same one asks the same.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/time/clock.h"
#include "tests/component/reach/checks.h"

namespace pepline::reach {
namespace {

constexpr std::int64_t kChecks = 12'000;
// A town grows with what is carried out; the next one is another.
constexpr std::int64_t kChecksOfATown = 10'000;
constexpr int kMostFailures = 10;

std::int64_t Setting(const char* name, std::int64_t otherwise) {
  const char* text = std::getenv(name);
  std::int64_t value = otherwise;
  if (text != nullptr && *text != '\0') {
    EXPECT_TRUE(absl::SimpleAtoi(text, &value)) << name;
  }
  return value;
}

// The audit trail's lines, of which every check leaves some, go nowhere.
class NoLog {
 public:
  NoLog() : real_(dup(STDERR_FILENO)) {
    const int nowhere = open("/dev/null", O_WRONLY);
    dup2(nowhere, STDERR_FILENO);
    close(nowhere);
  }
  ~NoLog() {
    dup2(real_, STDERR_FILENO);
    close(real_);
  }

 private:
  const int real_;
};

int Failures() {
  const auto* result = testing::UnitTest::GetInstance()->current_test_info()->result();
  int failures = 0;
  for (int i = 0; i < result->total_part_count(); ++i) {
    failures += result->GetTestPartResult(i).failed() ? 1 : 0;
  }
  return failures;
}

void Print(const Tallies& tallies) {
  std::printf("%-40s %8s %8s %8s %8s %8s %8s\n", "RPC", "done", "refused", "hidden", "role",
              "token", "page");
  for (const auto& [rpc, tally] : tallies) {
    std::printf("%-40s %8ld %8ld %8ld %8ld %8ld %8ld\n", rpc.c_str(), tally.carried_out,
                tally.refused, tally.hidden, tally.role_may_not, tally.unauthenticated,
                tally.bad_page_tokens);
  }
}

TEST(Reach, IsWhatTheDocumentsSay) {
  const std::int64_t wanted = Setting("PEPLINE_CHECKS", kChecks);
  const std::int64_t seed = Setting("PEPLINE_SEED", 2025);
  std::printf("%ld checks, seed %ld\n", wanted, seed);
  std::fflush(stdout);
  const NoLog no_log;
  Tokens tokens;
  Tallies tallies;
  const absl::Time start = absl::Now();
  std::int64_t done = 0;
  for (std::int64_t town_number = 0; done < wanted; ++town_number) {
    Dice dice(static_cast<std::uint64_t>(seed * 1'000'003 + town_number));
    Town town(tokens, dice);
    Checks checks(town, tokens, dice, tallies);
    const std::int64_t until = std::min(wanted, done + kChecksOfATown);
    while (done < until) {
      const testing::ScopedTrace where(
          __FILE__, __LINE__, "check " + std::to_string(done) + " of seed " + std::to_string(seed));
      done += checks.Next();
      if (Failures() >= kMostFailures) break;
    }
    if (Failures() >= kMostFailures) break;
  }
  const double seconds = absl::ToDoubleSeconds(absl::Now() - start);
  Print(tallies);
  std::printf("%ld checks in %.1f s, %.0f a second; seed %ld\n", done, seconds, done / seconds,
              seed);
}

}  // namespace
}  // namespace pepline::reach
