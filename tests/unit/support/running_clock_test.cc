// A simulated clock that runs on by itself.
#include "tools/stack/running_clock.h"

#include <gtest/gtest.h>

#include "tools/stack/environment.h"
#include "tools/stack/processes.h"

namespace pepline {
namespace {

TEST(RunningClock, RunsOnFromWhereverTheClockIsSet) {
  const TemporaryFolder folder;
  const std::string file = folder.path() + "/clock";
  const absl::Time start = absl::FromUnixSeconds(1'760'000'000);
  ASSERT_TRUE(SimulatedClock::Create(file, start).ok());
  const auto clock = SimulatedClock::Open(file);
  ASSERT_TRUE(clock.ok()) << clock.status();
  const RunningClock running(**clock);
  const auto runs_past = [&](absl::Time at) {
    return WaitUntil([&] { return (*clock)->Now() > at; }, absl::Seconds(10));
  };
  EXPECT_TRUE(runs_past(start));
  EXPECT_LT((*clock)->Now(), start + absl::Minutes(1));
  const absl::Time later = start + absl::Hours(48);
  ASSERT_TRUE((*clock)->Set(later).ok());
  EXPECT_TRUE(runs_past(later));
}

}  // namespace
}  // namespace pepline
