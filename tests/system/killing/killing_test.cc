// An autumn term in which somebody kills a random process of the stack with SIGKILL about every
// second: services, Redis, the broker, the mail server. At the end the checker, a program of its
// own that reads the topics and the mails from the outside, finds every promise kept.
// PEPLINE_KILLS says how many kills (60 when it is not set; `make torment` has a thousand faults).
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <map>
#include <random>

#include "absl/strings/numbers.h"
#include "absl/synchronization/notification.h"
#include "tests/system/killing/term_fixture.h"

namespace pepline {
namespace {

constexpr absl::Duration kBetweenKills = absl::Milliseconds(1000);
constexpr int kUsualKills = 60;
constexpr int kWorkers = 6;

int KillsWanted() {
  const char* wanted = std::getenv("PEPLINE_KILLS");
  int kills = kUsualKills;
  if (wanted != nullptr && !absl::SimpleAtoi(wanted, &kills)) kills = kUsualKills;
  return kills;
}

// Who is killed next. The broker seldom: it takes some seconds to come back, and it is to be up
// most of the time, or nothing else would be tested.
std::string Victim(std::mt19937& random, bool has_kafka) {
  static const std::vector<std::pair<std::string, int>> kShares = {
      {"registry", 12},      {"scheduling", 20}, {"assessments", 14}, {"funding", 8},
      {"notifications", 20}, {"redis", 16},      {"smtp", 6},         {"kafka", 4}};
  int all = 0;
  for (const auto& [name, share] : kShares) all += has_kafka || name != "kafka" ? share : 0;
  int drawn = std::uniform_int_distribution<>(0, all - 1)(random);
  for (const auto& [name, share] : kShares) {
    if (!has_kafka && name == "kafka") continue;
    if (drawn < share) return name;
    drawn -= share;
  }
  return "scheduling";
}

class KillingTest : public TermTest {
 protected:
  // A mail can lose its record, or come again, where it is sent, kept or recorded.
  std::vector<std::string> CheckerArguments() override {
    const int interruptions = killed_["notifications"] + killed_["redis"] + killed_["smtp"];
    return {"--everybody-reachable", "--interruptions", std::to_string(interruptions)};
  }
  std::map<std::string, int> killed_;
};

TEST_F(KillingTest, NothingIsLostDoubledEarlyOrMissingWhateverIsKilled) {
  ASSERT_NO_FATAL_FAILURE(ImportEverything());
  ASSERT_NO_FATAL_FAILURE(AwaitRest());
  const std::vector<std::string> children = ChildIds();
  ASSERT_GE(children.size(), 100u);

  const int wanted = KillsWanted();
  const std::vector<std::string> names = stack_->Names();
  const bool has_kafka = std::find(names.begin(), names.end(), "kafka") != names.end();
  SchoolWork work(*caller_, *stack_->clock(), children, kWorkers);
  work.Start();
  std::mt19937 random(2025);
  WhileTheTermPasses(kBetweenKills * wanted, [&] {
    absl::Notification never;
    for (int kills = 0; kills < wanted; ++kills) {
      const std::string victim = Victim(random, has_kafka);
      absl::Status back = stack_->Kill(victim);
      back.Update(stack_->Restart(victim));
      EXPECT_TRUE(back.ok()) << victim << ": " << back;
      ++killed_[victim];
      never.WaitForNotificationWithTimeout(kBetweenKills);
    }
    const absl::Status ready = stack_->WaitReady(absl::Seconds(120));
    EXPECT_TRUE(ready.ok()) << ready;
    work.Stop();
  });
  std::cout << "Killed and started again:";
  for (const auto& [name, times] : killed_) std::cout << "  " << name << " " << times;
  std::cout << "\n" << std::flush;
  ExpectPromisesKept({&work});
}

}  // namespace
}  // namespace pepline
