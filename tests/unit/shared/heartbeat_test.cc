// A loop that stops is seen by whoever asks, although it says nothing any more.
#include "shared/observability/heartbeat.h"

#include <gmock/gmock.h>

#include "shared/observability/metrics.h"

namespace pepline {
namespace {

using namespace std::chrono_literals;

class HeartbeatTest : public testing::Test {
 protected:
  SteadyTime now_ = SteadyTime() + 1h;
  Heartbeats heartbeats_{[this] { return now_; }};
};

TEST_F(HeartbeatTest, ALoopThatComesRoundMoves) {
  const auto loop = heartbeats_.Begin("consumer");
  for (int i = 0; i < 10; ++i) {
    now_ += 15s;
    loop->Turned();
    EXPECT_TRUE(heartbeats_.Moving().ok());
  }
}

TEST_F(HeartbeatTest, ALoopThatStandsStillIsNamedWithHowLong) {
  const auto relay = heartbeats_.Begin("relay");
  const auto consumer = heartbeats_.Begin("consumer");
  now_ += 15s;
  relay->Turned();
  now_ += 10s;
  EXPECT_THAT(heartbeats_.Moving().message(),
              testing::StrEq("the consumer loop has not come round for 25 s"));
}

TEST_F(HeartbeatTest, ALoopThatNeverCameRoundIsSeenToo) {
  const auto loop = heartbeats_.Begin("waker");
  now_ += 21s;
  EXPECT_FALSE(heartbeats_.Moving().ok());
}

TEST_F(HeartbeatTest, ALoopThatEndedOnPurposeIsNotMissed) {
  heartbeats_.Begin("waker").reset();
  now_ += 1h;
  EXPECT_TRUE(heartbeats_.Moving().ok());
  EXPECT_TRUE(heartbeats_.Ages().empty());
}

TEST_F(HeartbeatTest, ALoopThatIsNotEssentialIsSeenAndLeavesTheServiceReady) {
  const auto loop = heartbeats_.Begin("gauges", {.limit = absl::Minutes(1), .essential = false});
  now_ += 2min;
  EXPECT_TRUE(heartbeats_.Moving().ok());
  EXPECT_TRUE(heartbeats_.Ages().front().Stands());
}

TEST_F(HeartbeatTest, WhatWaitsGrowsOldAlthoughTheLoopSaysNothingMore) {
  const auto loop = heartbeats_.Begin("relay");
  loop->SetOldest(now_);
  now_ += 40s;
  EXPECT_EQ(heartbeats_.Ages().front().oldest_waiting, absl::Seconds(40));
  loop->SetOldest(std::nullopt);
  EXPECT_EQ(heartbeats_.Ages().front().oldest_waiting, absl::ZeroDuration());
}

TEST_F(HeartbeatTest, OfTwoLoopsOfOneNameTheWorseCounts) {
  const auto first = heartbeats_.Begin("deliverer");
  const auto second = heartbeats_.Begin("deliverer");
  second->SetOldest(now_);
  now_ += 30s;
  second->Turned();
  const auto ages = heartbeats_.Ages();
  ASSERT_EQ(ages.size(), 1u);
  EXPECT_EQ(ages.front().since_turn, absl::Seconds(30));
  EXPECT_EQ(ages.front().oldest_waiting, absl::Seconds(30));
}

TEST_F(HeartbeatTest, LinesSayWhatEachLoopDoes) {
  const auto first = heartbeats_.Begin("consumer");
  const auto second = heartbeats_.Begin("relay");
  second->SetOldest(now_ - 5s);
  now_ += 1s;
  EXPECT_EQ(LoopLines(heartbeats_.Ages()),
            "consumer: came round 1.0 s ago, nothing waits\n"
            "relay: came round 1.0 s ago, the oldest that waits has waited 6.0 s\n");
}

TEST_F(HeartbeatTest, TheHeadOfAQueueIsTheOldestForAsLongAsItStandsThere) {
  HeadOfQueue queue;
  queue.See("", now_);
  EXPECT_FALSE(queue.since().has_value());
  queue.See("a", now_);
  queue.See("a", now_ + 10s);
  EXPECT_EQ(queue.since(), now_);
  queue.See("b", now_ + 20s);
  EXPECT_EQ(queue.since(), now_ + 20s);
  queue.See("", now_ + 30s);
  EXPECT_FALSE(queue.since().has_value());
  queue.See("b", now_ + 40s);
  EXPECT_EQ(queue.since(), now_ + 40s) << "it came again";
}

TEST(HeartbeatMetrics, ShowEveryLoop) {
  Metrics metrics;
  const auto loop = metrics.heartbeats().Begin("relay");
  loop->SetOldest(std::chrono::steady_clock::now() - 1h);
  metrics.UpdateLoops();
  EXPECT_GE(metrics.Value("pepline_loop_oldest_waiting_seconds", {{"loop", "relay"}}), 3600);
  EXPECT_GE(metrics.Value("pepline_loop_heartbeat_age_seconds", {{"loop", "relay"}}), 0);
}

}  // namespace
}  // namespace pepline
