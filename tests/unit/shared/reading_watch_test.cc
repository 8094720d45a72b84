// When a Kafka client counts as one that stands.
#include "shared/kafka/reading_watch.h"

#include <gtest/gtest.h>

namespace pepline {
namespace {

const KafkaPlace kPlace{"t", 3};
const absl::Time kStart = absl::FromUnixSeconds(1'760'000'000);
constexpr absl::Duration kMayStand = ReadingWatch::kMayStand;

class ReadingWatchTest : public testing::Test {
 protected:
  void SetUp() override { watch_.SetAssigned({kPlace}, kStart); }
  bool Stands(absl::Duration after, absl::Duration behind_since = absl::ZeroDuration()) {
    return watch_.Stands(kPlace, kStart + behind_since, kStart + after);
  }
  ReadingWatch watch_;
};

TEST_F(ReadingWatchTest, OneThatReadsNothingThoughThereIsMoreStandsAfterAWhile) {
  EXPECT_FALSE(Stands(kMayStand - absl::Milliseconds(1)));
  EXPECT_TRUE(Stands(kMayStand));
}

TEST_F(ReadingWatchTest, TheWhileBeginsWhenThereIsMore) {
  EXPECT_FALSE(watch_.Stands(kPlace, absl::InfiniteFuture(), kStart + absl::Hours(1)));
  EXPECT_FALSE(Stands(absl::Hours(1) + kMayStand / 2, absl::Hours(1)));
  EXPECT_TRUE(Stands(absl::Hours(1) + kMayStand, absl::Hours(1)));
}

TEST_F(ReadingWatchTest, OneThatReadsIsFarBehindAndDoesNotStand) {
  watch_.Read(kPlace, kStart + absl::Minutes(5));
  EXPECT_FALSE(Stands(absl::Minutes(5) + kMayStand / 2));
}

TEST_F(ReadingWatchTest, WhatIsAtWorkNeedNotBeRead) {
  watch_.Rest(kPlace, kStart + absl::Minutes(5));
  EXPECT_FALSE(Stands(absl::Minutes(5) + kMayStand / 2));
  EXPECT_TRUE(Stands(absl::Minutes(5) + kMayStand));
}

TEST_F(ReadingWatchTest, WhatIsAnotherReplicasIsNotWaitedFor) {
  watch_.SetAssigned({}, kStart + absl::Seconds(1));
  EXPECT_FALSE(Stands(absl::Hours(1)));
}

TEST_F(ReadingWatchTest, APartitionThatNoNewClientReadsIsTriedAtGrowingPausesUntilItIsRead) {
  absl::Duration at = absl::ZeroDuration();
  for (absl::Duration pause = kMayStand; pause < ReadingWatch::kLongest; pause *= 2) {
    watch_.SetAssigned({kPlace}, kStart + at);  // to the new client
    EXPECT_FALSE(Stands(at + pause - absl::Seconds(1)));
    at += pause;
    EXPECT_TRUE(Stands(at));
  }
  EXPECT_FALSE(Stands(at + ReadingWatch::kLongest - absl::Seconds(1)));
  at += ReadingWatch::kLongest;
  EXPECT_TRUE(Stands(at));
  watch_.Read(kPlace, kStart + at);
  EXPECT_TRUE(Stands(at + kMayStand));
}

}  // namespace
}  // namespace pepline
