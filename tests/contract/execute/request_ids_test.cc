// What a request id stands for, on both stores: a repetition, another payload, another record,
// another caller.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "shared/engine/execute.h"
#include "tests/contract/execute/bell.h"

namespace pepline {
namespace {

TEST_P(ExecuteTest, ARepeatedCommandGetsItsFirstAnswerAndHasNoSecondEffect) {
  MustDo(Bell::Pull{}, Rpc("a"));
  MustDo(Bell::Pull{}, Rpc("b"));
  const auto again = MustDo(Bell::Pull{}, Rpc("a"));
  EXPECT_TRUE(again.repeated);
  EXPECT_EQ(again.answer, "pulls 1");
  EXPECT_EQ(State().pulls, 2);
  EXPECT_EQ(Outbox().size(), 2u);
}

TEST_P(ExecuteTest, TheSameIdWithAnotherPayloadIsRefused) {
  MustDo(Bell::Pull{}, Rpc("a", "one"));
  auto outcome = Run(Bell::Pull{}, Rpc("a", "two"));
  ASSERT_TRUE(outcome.ok());
  EXPECT_TRUE(std::holds_alternative<CommandIdReused>(*outcome));
  EXPECT_EQ(State().pulls, 1);
}

// Twenty records of one partition.
std::vector<Target> Bells(int partitions) {
  std::vector<Target> bells;
  for (int i = 0; bells.size() < 20; ++i) {
    const std::string id = absl::StrCat("bell-", i);
    if (PartitionOf(id, partitions) == 3) bells.push_back({id, {{"bell", id}}});
  }
  return bells;
}

TEST_P(ExecuteTest, OneIdServesManyRecordsOfOnePartition) {
  const auto pull = [&](const Target& bell) {
    target_ = bell;
    return MustDo(Bell::Pull{}, Rpc("bulk", absl::StrCat("pull ", bell.routing_id)));
  };
  const std::vector<Target> bells = Bells(store_->partitions());
  for (const Target& bell : bells) EXPECT_FALSE(pull(bell).repeated);
  for (const Target& bell : bells) {
    const auto again = pull(bell);
    EXPECT_TRUE(again.repeated);
    EXPECT_EQ(again.answer, "pulls 1");
    EXPECT_EQ(State().pulls, 1);
    // For this record the id is used.
    auto other = Run(Bell::Pull{}, Rpc("bulk", "something else"));
    ASSERT_TRUE(other.ok());
    EXPECT_TRUE(std::holds_alternative<CommandIdReused>(*other));
  }
}

TEST_P(ExecuteTest, OneIdForManyRecordsAtOnceIsCarriedOutOnceForEach) {
  const std::vector<Target> bells = Bells(store_->partitions());
  std::vector<std::thread> threads;
  for (const Target& bell : bells) {
    for (int twin = 0; twin < 2; ++twin) {
      threads.emplace_back([&] {
        Inputs<BellCodec> inputs;
        inputs.facts = [this](const Bell::State&, const RecordStates&) {
          return Bell::Facts{clock_.Now()};
        };
        auto outcome =
            Execute<BellCodec>(*engine_, bell, Bell::Pull{},
                               Rpc("bulk", absl::StrCat("pull ", bell.routing_id)), inputs);
        ASSERT_TRUE(outcome.ok()) << outcome.status();
        EXPECT_TRUE(std::holds_alternative<Done<BellCodec>>(*outcome));
      });
    }
  }
  for (std::thread& thread : threads) thread.join();
  for (const Target& bell : bells) EXPECT_EQ((*Read<BellCodec>(*store_, bell))->pulls, 1);
}

TEST_P(ExecuteTest, TheSameIdOfAnotherCallerIsAnotherCommand) {
  MustDo(Bell::Pull{}, Origin::Request("a", "of one", "", "one"));
  EXPECT_FALSE(MustDo(Bell::Pull{}, Origin::Request("a", "of two", "", "two")).repeated);
  EXPECT_TRUE(MustDo(Bell::Pull{}, Origin::Request("a", "of one", "", "one")).repeated);
  EXPECT_TRUE(MustDo(Bell::Pull{}, Origin::Request("a", "of two", "", "two")).repeated);
  EXPECT_EQ(State().pulls, 2);
}

TEST_P(ExecuteTest, WhatAProgramOfBeforeRemembersIsAnsweredAgainAndNotUsedForAnother) {
  const int partition = PartitionOf(target_.routing_id, store_->partitions());
  Commit commit{.partition = partition};
  commit.seen = {"a", {"f", "pulls 7"}, absl::Hours(1)};
  ASSERT_TRUE(store_->Apply(commit).ok());
  const auto again = MustDo(Bell::Pull{}, Rpc("a", "f"));
  EXPECT_TRUE(again.repeated);
  EXPECT_EQ(again.answer, "pulls 7");
  auto other = Run(Bell::Pull{}, Rpc("a", "g"));
  ASSERT_TRUE(other.ok());
  EXPECT_TRUE(std::holds_alternative<CommandIdReused>(*other));
}

}  // namespace
}  // namespace pepline
