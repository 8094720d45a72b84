// A run of faults can be had again by its seed, and no kind is left out.
#include "tests/system/faults/fault_schedule.h"

#include <gmock/gmock.h>

#include <set>

namespace pepline {
namespace {

constexpr int kKinds = 14;

FaultDeck Deck(unsigned seed, bool has_kafka = true) {
  return FaultDeck(seed, {"scheduling", "scheduling-2", "registry"}, has_kafka);
}

std::vector<std::string> Draw(FaultDeck deck, int count) {
  std::vector<std::string> drawn;
  for (int i = 0; i < count; ++i) drawn.push_back(Describe(deck.Draw()));
  return drawn;
}

TEST(FaultDeck, TheSameSeedGivesTheSameFaultsAndAnotherSeedOthers) {
  EXPECT_EQ(Draw(Deck(7), 200), Draw(Deck(7), 200));
  EXPECT_NE(Draw(Deck(7), 200), Draw(Deck(8), 200));
}

TEST(FaultDeck, EveryKindComesBeforeAnyComesAgain) {
  FaultDeck deck = Deck(7);
  for (int round = 0; round < 3; ++round) {
    std::set<FaultKind> kinds;
    for (int i = 0; i < kKinds; ++i) kinds.insert(deck.Draw().kind);
    EXPECT_EQ(kinds.size(), static_cast<std::size_t>(kKinds));
  }
}

TEST(FaultDeck, WithoutARealKafkaNothingHappensToIt) {
  for (const std::string& fault : Draw(Deck(7, false), 200)) {
    EXPECT_THAT(fault, testing::Not(testing::HasSubstr("broker")));
    EXPECT_THAT(fault, testing::Not(testing::HasSubstr("cut from Kafka")));
  }
}

TEST(FaultDeck, SomeFaultsOutlastEveryTimeOut) {
  FaultDeck deck = Deck(7);
  absl::Duration longest;
  for (int i = 0; i < 1000; ++i) longest = std::max(longest, deck.Draw().lasts);
  EXPECT_GT(longest, absl::Seconds(40));
}

TEST(FaultDeck, FaultsOfOneTargetFollowEachOtherAndOthersOverlap) {
  const Fault redis{.kind = FaultKind::kStop, .target = "redis", .lasts = absl::Seconds(10)};
  const Fault kafka{.kind = FaultKind::kStop, .target = "kafka", .lasts = absl::Seconds(10)};
  EXPECT_EQ(HowLong({redis, redis}, absl::Seconds(1), 3), absl::Seconds(20));
  EXPECT_EQ(HowLong({redis, kafka}, absl::Seconds(1), 3), absl::Seconds(11));
  EXPECT_EQ(HowLong({redis, kafka}, absl::Seconds(1), 1), absl::Seconds(20));
}

}  // namespace
}  // namespace pepline
