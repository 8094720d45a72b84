// A Kafka client that breaks again and again is made anew less and less often.
#include "shared/kafka/growing_pause.h"

#include <gtest/gtest.h>

#include <vector>

namespace pepline {
namespace {

const absl::Time kStart = absl::FromUnixSeconds(1'760'000'000);

TEST(GrowingPauseTest, TheFirstTimeNobodyWaits) {
  GrowingPause pause;
  EXPECT_EQ(pause.AfterBreak(kStart), absl::ZeroDuration());
}

TEST(GrowingPauseTest, WhatBreaksAgainSoonWaitsLongerEachTimeUpToAMinute) {
  GrowingPause pause;
  absl::Time now = kStart;
  std::vector<int> waited;
  for (int i = 0; i < 9; ++i) {
    const absl::Duration one = pause.AfterBreak(now);
    waited.push_back(static_cast<int>(absl::ToInt64Seconds(one)));
    now += one + absl::Seconds(1);
  }
  EXPECT_EQ(waited, (std::vector<int>{0, 1, 2, 4, 8, 16, 32, 60, 60}));
}

TEST(GrowingPauseTest, WhatHasHeldIsWellAgain) {
  GrowingPause pause;
  pause.AfterBreak(kStart);
  EXPECT_EQ(pause.AfterBreak(kStart + absl::Seconds(90)), GrowingPause::kShortest);
  EXPECT_EQ(pause.AfterBreak(kStart + absl::Minutes(5)), absl::ZeroDuration());
}

}  // namespace
}  // namespace pepline
