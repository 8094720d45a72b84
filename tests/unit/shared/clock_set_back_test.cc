// A clock of the day that is set back is noticed, and one that goes on or jumps ahead is not.
#include "shared/engine/clock_set_back.h"

#include <gtest/gtest.h>

namespace pepline {
namespace {

class ClockStepsTest : public testing::Test {
 protected:
  // So long after the last look by the steady clock, the clock of the day shows that much more.
  absl::Duration Look(absl::Duration steady, absl::Duration day) {
    steady_ += absl::ToChronoNanoseconds(steady);
    day_ += day;
    return steps_.Step(day_, steady_);
  }
  ClockSteps steps_;
  std::chrono::steady_clock::time_point steady_;
  absl::Time day_ = absl::FromUnixSeconds(1'800'000'000);
};

TEST_F(ClockStepsTest, AClockThatGoesOnMakesNoStepAndOneThatJumpsAheadAForwardOne) {
  EXPECT_EQ(Look(absl::ZeroDuration(), absl::ZeroDuration()), absl::ZeroDuration());
  EXPECT_EQ(Look(absl::Seconds(1), absl::Seconds(1)), absl::ZeroDuration());
  EXPECT_EQ(Look(absl::Seconds(1), absl::Seconds(1) + absl::Hours(960)), absl::Hours(960));
  EXPECT_EQ(Look(absl::Seconds(500), absl::Seconds(500)), absl::ZeroDuration());
}

TEST_F(ClockStepsTest, AClockThatIsPutRightAfterItWasAheadWasSetBackByAsMuch) {
  Look(absl::ZeroDuration(), absl::ZeroDuration());
  Look(absl::Seconds(1), absl::Hours(960));
  EXPECT_EQ(Look(absl::Seconds(1), absl::Seconds(1) - absl::Hours(960)), -absl::Hours(960));
  EXPECT_EQ(Look(absl::Seconds(1), absl::Seconds(1)), absl::ZeroDuration());
}

TEST(ClockSetBack, LetsTheProcessLiveWhileTheClockGoesOn) { const ClockSetBack watch(3); }

}  // namespace
}  // namespace pepline
