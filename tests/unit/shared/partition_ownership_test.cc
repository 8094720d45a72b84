#include "shared/store/partition_ownership.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace pepline {
namespace {

constexpr int kPartitions = 16;

class PartitionOwnershipTest : public testing::Test {
 protected:
  // What each replica learns from the store.
  void LearnAll(const std::vector<PartitionOwnership*>& replicas) {
    std::vector<std::string> names;
    for (const PartitionOwnership* replica : replicas) names.push_back(replica->replica());
    std::sort(names.begin(), names.end());
    for (PartitionOwnership* replica : replicas) replica->Learn(names);
  }
  static int Owned(const PartitionOwnership& replica) {
    int count = 0;
    for (int partition = 0; partition < kPartitions; ++partition) count += replica.Owns(partition);
    return count;
  }

  absl::Time now_ = absl::FromUnixSeconds(1'760'000'000);
  const std::function<absl::Time()> clock_ = [this] { return now_; };
  PartitionOwnership first_{clock_}, second_{clock_}, third_{clock_};
};

TEST_F(PartitionOwnershipTest, EverythingIsOursBeforeAnyNews) {
  EXPECT_EQ(Owned(first_), kPartitions);
  EXPECT_FALSE(first_.IsOnlyReplica());
}

TEST_F(PartitionOwnershipTest, EverythingIsOursWhileNobodyElseLives) {
  LearnAll({&first_});
  EXPECT_EQ(Owned(first_), kPartitions);
  EXPECT_TRUE(first_.IsOnlyReplica());
}

TEST_F(PartitionOwnershipTest, EveryPartitionBelongsToExactlyOneOfTheLivingInEqualShares) {
  LearnAll({&first_, &second_});
  EXPECT_FALSE(first_.IsOnlyReplica());
  EXPECT_EQ(Owned(first_), kPartitions / 2);
  LearnAll({&first_, &second_, &third_});
  for (int partition = 0; partition < kPartitions; ++partition) {
    EXPECT_EQ(first_.Owns(partition) + second_.Owns(partition) + third_.Owns(partition), 1);
  }
  for (const PartitionOwnership* replica : {&first_, &second_, &third_}) {
    EXPECT_THAT(Owned(*replica), testing::AnyOf(5, 6));
  }
}

TEST_F(PartitionOwnershipTest, WithoutNewsForAWhileEverythingIsOursBeforeOthersTakeItOver) {
  LearnAll({&first_, &second_});
  now_ += PartitionOwnership::kNewsLast - absl::Milliseconds(1);
  EXPECT_EQ(Owned(first_), kPartitions / 2);
  now_ += absl::Milliseconds(1);
  EXPECT_EQ(Owned(first_), kPartitions);
  EXPECT_FALSE(first_.IsOnlyReplica()) << "nobody knows";
  EXPECT_LT(PartitionOwnership::kNewsLast, PartitionOwnership::kLivesOn);
}

}  // namespace
}  // namespace pepline
