#include "shared/store/shares.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace pepline {
namespace {

constexpr int kPartitions = 16;

class SharesTest : public testing::Test {
 protected:
  // What each replica learns from the store.
  void LearnAll(const std::vector<Shares*>& replicas) {
    std::vector<std::string> names;
    for (const Shares* replica : replicas) names.push_back(replica->replica());
    std::sort(names.begin(), names.end());
    for (Shares* replica : replicas) replica->Learn(names);
  }
  static int Owned(const Shares& replica) {
    int count = 0;
    for (int partition = 0; partition < kPartitions; ++partition) count += replica.Ours(partition);
    return count;
  }

  absl::Time now_ = absl::FromUnixSeconds(1'760'000'000);
  const std::function<absl::Time()> clock_ = [this] { return now_; };
  Shares first_{clock_}, second_{clock_}, third_{clock_};
};

TEST_F(SharesTest, EverythingIsOursBeforeAnyNews) {
  EXPECT_EQ(Owned(first_), kPartitions);
  EXPECT_FALSE(first_.Alone());
}

TEST_F(SharesTest, EverythingIsOursWhileNobodyElseLives) {
  LearnAll({&first_});
  EXPECT_EQ(Owned(first_), kPartitions);
  EXPECT_TRUE(first_.Alone());
}

TEST_F(SharesTest, EveryPartitionBelongsToExactlyOneOfTheLivingInEqualShares) {
  LearnAll({&first_, &second_});
  EXPECT_FALSE(first_.Alone());
  EXPECT_EQ(Owned(first_), kPartitions / 2);
  LearnAll({&first_, &second_, &third_});
  for (int partition = 0; partition < kPartitions; ++partition) {
    EXPECT_EQ(first_.Ours(partition) + second_.Ours(partition) + third_.Ours(partition), 1);
  }
  for (const Shares* replica : {&first_, &second_, &third_}) {
    EXPECT_THAT(Owned(*replica), testing::AnyOf(5, 6));
  }
}

TEST_F(SharesTest, WithoutNewsForAWhileEverythingIsOursBeforeOthersTakeItOver) {
  LearnAll({&first_, &second_});
  now_ += Shares::kNewsLast - absl::Milliseconds(1);
  EXPECT_EQ(Owned(first_), kPartitions / 2);
  now_ += absl::Milliseconds(1);
  EXPECT_EQ(Owned(first_), kPartitions);
  EXPECT_FALSE(first_.Alone()) << "nobody knows";
  EXPECT_LT(Shares::kNewsLast, Shares::kLivesOn);
}

}  // namespace
}  // namespace pepline
