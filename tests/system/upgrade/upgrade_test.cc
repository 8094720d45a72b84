// An upgrade while the schools work: two processes of every service, restarted one by one, first by
// SIGTERM, then by SIGKILL. Every command gets its answer by being sent again with the same request
// id, and the checker finds every promise kept.
// PEPLINE_OLD_BIN names a folder with the services' programs of an older version: all begin with
// these, and the restarts by SIGTERM bring the new ones, in an order that PEPLINE_UPGRADE_SEED
// shuffles, so that old and new run side by side in between.
#include <gmock/gmock.h>

#include <algorithm>
#include <cstdlib>
#include <random>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "tests/system/replicas/two_replicas_fixture.h"

namespace pepline {
namespace {

constexpr absl::Duration kTermLasts = absl::Seconds(25);
constexpr absl::Duration kReadyBound = absl::Seconds(60);

std::string Variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

class UpgradeTest : public TwoReplicasTest {
 protected:
  StackOptions Options() override {
    StackOptions options = TwoReplicasTest::Options();
    options.program_folder = Variable("PEPLINE_OLD_BIN");
    return options;
  }
  // All processes of all services, shuffled.
  std::vector<std::string> Order() {
    std::vector<std::string> order;
    for (const std::string& service : stack_->Services()) {
      order.push_back(service);
      order.push_back(absl::StrCat(service, "-2"));
    }
    unsigned seed = 2026;
    if (!absl::SimpleAtoi(Variable("PEPLINE_UPGRADE_SEED"), &seed)) seed = 2026;
    std::shuffle(order.begin(), order.end(), std::mt19937(seed));
    return order;
  }
  void StartAgain(ServiceProcess& process) {
    process.SetProgramFolder("");
    const absl::Status started = process.Restart();
    ASSERT_TRUE(started.ok()) << started;
    const absl::Status ready = process.WaitReady(kReadyBound);
    ASSERT_TRUE(ready.ok()) << ready;
  }
};

TEST_F(UpgradeTest, LosesNothingAndAnswersEveryCommandThatIsSentAgain) {
  SchoolsWorkWhile(kTermLasts, [&] {
    for (const std::string& name : Order()) {
      ServiceProcess& process = stack_->service(name);
      EXPECT_EQ(process.Stop(), 0) << name << " must stop in order";
      ASSERT_NO_FATAL_FAILURE(StartAgain(process));
    }
    for (const std::string& name : Order()) {
      ServiceProcess& process = stack_->service(name);
      process.Kill();
      ASSERT_NO_FATAL_FAILURE(StartAgain(process));
    }
  });
}

}  // namespace
}  // namespace pepline
