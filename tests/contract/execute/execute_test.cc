// The one command path, on both stores: the same cases on the fake and on a real Redis.
#include "shared/engine/execute.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "shared/engine/paging.h"
#include "shared/observability/trace.h"
#include "tests/contract/execute/bell.h"

namespace pepline {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

INSTANTIATE_TEST_SUITE_P(Stores, ExecuteTest, testing::Values(false, true),
                         [](const auto& param) { return param.param ? "Redis" : "Fake"; });

TEST_P(ExecuteTest, ACommandChangesStateAndSaysItsEventsWithCloudEventsHeaders) {
  EXPECT_EQ(MustDo(Bell::Pull{}, Rpc("a")).answer, "pulls 1");
  EXPECT_EQ(State().pulls, 1);
  const auto outbox = Outbox();
  ASSERT_THAT(outbox, SizeIs(1));
  const OutboxRecord& record = outbox[0].record;
  EXPECT_EQ(record.topic, "pepline.test.events.v1");
  EXPECT_EQ(record.key, "bell-key");
  using Header = std::pair<std::string, std::string>;
  EXPECT_THAT(
      record.headers,
      ElementsAre(Header("ce_specversion", "1.0"), Header("ce_id", "test/bell/bell-1:1"),
                  Header("ce_source", "/pepline/test"), Header("ce_type", "test.Pulled"),
                  Header("ce_subject", "test/bell/bell-1"),
                  Header("ce_time", "2025-06-15T15:06:40Z"), Header("ce_partitionkey", "bell-key"),
                  Header("content-type", "application/protobuf")));
}

TEST_P(ExecuteTest, AnEventFollowsFromWhatItsThreadDoesAndTheRecordKeepsTheTrace) {
  EXPECT_EQ(*TraceOf(*store_, target_), "");
  std::string first;
  {
    const Span call(SpanKind::kServer, "call", "");
    first = call.traceparent();
    MustDo(Bell::Pull{}, Rpc("a"));
  }
  EXPECT_EQ(Outbox().back().record.headers.back(), std::pair(std::string("traceparent"), first));
  EXPECT_EQ(*TraceOf(*store_, target_), first);
  {
    const Span later(SpanKind::kInternal, "what follows", first);
    MustDo(Bell::Pull{}, Rpc("b"));
  }
  EXPECT_EQ(*TraceOf(*store_, target_), first) << "the first event of the trace is its root here";
  const Span other(SpanKind::kServer, "another call", "");
  MustDo(Bell::Pull{}, Rpc("c"));
  EXPECT_EQ(*TraceOf(*store_, target_), other.traceparent());
}

TEST_P(ExecuteTest, VersionsCountTheEventsOfAnAggregateWithoutGaps) {
  for (const char* id : {"a", "b", "c"}) MustDo(Bell::Pull{}, Rpc(id));
  std::vector<std::string> ids;
  for (const auto& entry : Outbox()) ids.push_back(entry.record.value);
  EXPECT_THAT(ids, ElementsAre("test/bell/bell-1:1", "test/bell/bell-1:2", "test/bell/bell-1:3",
                               "test/bell/bell-1:4"));
}

TEST_P(ExecuteTest, ARefusalWritesNothingAndTheSameIdMayBeTriedAgain) {
  for (const char* id : {"a", "b", "c"}) MustDo(Bell::Pull{}, Rpc(id));
  const auto before = Outbox().size();
  auto refused = Run(Bell::Pull{}, Rpc("d"));
  ASSERT_TRUE(refused.ok());
  ASSERT_TRUE(std::holds_alternative<Refusal>(*refused));
  EXPECT_THAT(Outbox(), SizeIs(before));
  clock_.Advance(absl::Minutes(2));
  MustDo(Bell::Wake{}, Answering());
  EXPECT_FALSE(MustDo(Bell::Pull{}, Rpc("d")).repeated);
}

TEST_P(ExecuteTest, WhatLeavesTheAggregateBeginsARecordOfItsOwn) {
  for (const char* id : {"a", "b", "c"}) MustDo(Bell::Pull{}, Rpc(id));
  const int partition = PartitionOf(target_.routing_id, store_->partitions());
  EXPECT_EQ(*LoadState(*store_, target_.routing_id, {"ring", "bell-1.1"}), "3");
  EXPECT_FALSE(store_->Load(partition, {{"ring", "bell-1.2"}}, "")->records[0]);
}

TEST_P(ExecuteTest, ARecordThatIsToBeginAndIsThereIsBrokenStateAndNobodyIsAskedToTryAgain) {
  for (const char* id : {"a", "b"}) MustDo(Bell::Pull{}, Rpc(id));
  Commit commit{.partition = PartitionOf(target_.routing_id, store_->partitions())};
  commit.writes.push_back({{"ring", "bell-1.1"}, 0, "of another time"});
  ASSERT_TRUE(store_->Apply(commit).ok());
  EXPECT_TRUE(absl::IsDataLoss(Run(Bell::Pull{}, Rpc("c")).status()));
  EXPECT_EQ(State().pulls, 2);
}

TEST_P(ExecuteTest, ARecordThatOthersChangeAtEveryAttemptIsToBeTriedAgain) {
  MustDo(Bell::Pull{}, Rpc("a"));
  const int partition = PartitionOf(target_.routing_id, store_->partitions());
  int attempts = 0;
  Inputs<BellCodec> inputs;
  inputs.facts = [&](const Bell::State&, const RecordStates&) {
    ++attempts;
    const auto record = *store_->Load(partition, target_.keys, "")->records[0];
    Commit commit{.partition = partition};
    commit.writes.push_back({target_.keys[0], record.revision, record.bytes});
    EXPECT_TRUE(store_->Apply(commit).ok());
    return Bell::Facts{clock_.Now()};
  };
  const auto outcome = Execute<BellCodec>(*engine_, target_, Bell::Pull{}, Rpc("b"), inputs);
  EXPECT_TRUE(absl::IsAborted(outcome.status())) << outcome.status();
  EXPECT_EQ(attempts, engine_->max_attempts);
}

TEST_P(ExecuteTest, AnActorWithoutAccessLearnsAndChangesNothing) {
  MustDo(Bell::Pull{}, Rpc("a"));
  for (const char* id : {"b", "a"}) {  // a new command, and somebody else's repeated one
    auto outcome = Run(Bell::Pull{}, Rpc(id), false);
    ASSERT_TRUE(outcome.ok());
    EXPECT_TRUE(std::holds_alternative<Denied>(*outcome));
  }
  EXPECT_EQ(State().pulls, 1);
}

TEST_P(ExecuteTest, AnEventAlreadyReceivedHasNoSecondEffect) {
  MustDo(Bell::Pull{}, FromEvent("registry/child/c", 4));
  EXPECT_TRUE(MustDo(Bell::Pull{}, FromEvent("registry/child/c", 4)).repeated);
  EXPECT_TRUE(MustDo(Bell::Pull{}, FromEvent("registry/child/c", 3)).repeated);
  EXPECT_FALSE(MustDo(Bell::Pull{}, FromEvent("funding/child/c", 4)).repeated);
  EXPECT_EQ(State().pulls, 2);
}

TEST_P(ExecuteTest, ARefusedEventIsReceivedAndItsRepetitionHasNoEffectWhateverTheStateIsThen) {
  for (int i = 0; i < 3; ++i) MustDo(Bell::Pull{}, Rpc(absl::StrCat("c", i)));
  const auto refused = Run(Bell::Pull{}, FromEvent("registry/child/c", 1));
  ASSERT_TRUE(refused.ok()) << refused.status();
  ASSERT_TRUE(std::holds_alternative<Refusal>(*refused));
  clock_.Advance(absl::Minutes(2));
  MustDo(Bell::Wake{}, Answering());
  EXPECT_TRUE(MustDo(Bell::Pull{}, FromEvent("registry/child/c", 1)).repeated);
  EXPECT_EQ(State().pulls, 3);
  EXPECT_FALSE(MustDo(Bell::Pull{}, FromEvent("registry/child/c", 2)).repeated);
  EXPECT_EQ(State().pulls, 4);
}

TEST_P(ExecuteTest, AnEventWithoutEffectIsMarkedAllTheSame) {
  MustDo(Bell::Wake{}, FromEvent("registry/child/c", 1));
  EXPECT_TRUE(MustDo(Bell::Pull{}, FromEvent("registry/child/c", 1)).repeated);
  EXPECT_THAT(Outbox(), IsEmpty());
}

TEST_P(ExecuteTest, TheAlarmIsReplacedAtEveryCommitAndGoneWhenNothingIsDue) {
  const int partition = PartitionOf(target_.routing_id, store_->partitions());
  for (const char* id : {"a", "b", "c"}) MustDo(Bell::Pull{}, Rpc(id));
  EXPECT_EQ(Alarm(), clock_.Now() + absl::Minutes(1));
  EXPECT_THAT(*store_->DueAlarms(partition, clock_.Now(), 10), IsEmpty());
  clock_.Advance(absl::Minutes(1));
  EXPECT_THAT(*store_->DueAlarms(partition, clock_.Now(), 10), SizeIs(1));
  MustDo(Bell::Wake{}, Answering());
  EXPECT_THAT(*store_->DueAlarms(partition, clock_.Now(), 10), IsEmpty());
  EXPECT_TRUE(MustDo(Bell::Wake{}, Answering()).events.empty());
}

TEST_P(ExecuteTest, WhatBecomesDueBetweenTwoLooksAtTheClockIsDueNowAndBreaksNoLaw) {
  for (const char* id : {"a", "b"}) MustDo(Bell::Pull{}, Rpc(id));
  Inputs<BellCodec> inputs;
  inputs.facts = [this](const Bell::State&, const RecordStates&) {
    const Bell::Facts facts{clock_.Now()};
    clock_.Advance(absl::Minutes(1));  // the rest that these facts lead to ends meanwhile
    return facts;
  };
  ASSERT_TRUE(Execute<BellCodec>(*engine_, target_, Bell::Pull{}, Rpc("c"), inputs).ok());
  EXPECT_EQ(*store_->EarliestAlarm(), clock_.Now());
  EXPECT_EQ(Alarm(), clock_.Now()) << "and the waker is told";
  EXPECT_EQ(metrics_.Value("pepline_wake_law_violations_total"), 0);
}

// What is made again from the events has only this instant to count days by.
TEST_P(ExecuteTest, AnEventOccurredAtTheInstantThatTheRulesWereToldAlsoWhereTheCommitComesLater) {
  const absl::Time midnight = absl::FromUnixSeconds(1'750'032'000);
  clock_.Set(midnight - absl::Microseconds(1));
  Inputs<BellCodec> inputs;
  inputs.facts = [this](const Bell::State&, const RecordStates&) {
    const Bell::Facts facts{clock_.Now()};
    clock_.Advance(absl::Seconds(1));
    return facts;
  };
  ASSERT_TRUE(Execute<BellCodec>(*engine_, target_, Bell::Pull{}, Rpc("a"), inputs).ok());
  ASSERT_THAT(Outbox(), SizeIs(1));
  EXPECT_THAT(Outbox().front().record.headers,
              Contains(Pair("ce_time", "2025-06-15T23:59:59.999999Z")));
}

TEST_P(ExecuteTest, ACommandWithOldFactsDoesNotPutOffTheAlarmThatAChangedFactSet) {
  for (const char* id : {"a", "b"}) MustDo(Bell::Pull{}, Rpc(id));
  const int partition = PartitionOf(target_.routing_id, store_->partitions());
  Inputs<BellCodec> inputs;
  inputs.facts = [&](const Bell::State&, const RecordStates&) {
    const Bell::Facts facts{clock_.Now()};
    Commit changed{.partition = partition};
    changed.alarms.push_back({.key = target_.keys[0], .at = clock_.Now(), .anew = true});
    EXPECT_TRUE(store_->Apply(changed).ok());
    return facts;
  };
  ASSERT_TRUE(Execute<BellCodec>(*engine_, target_, Bell::Pull{}, Rpc("c"), inputs).ok());
  EXPECT_TRUE(State().rest_until.has_value()) << "the command itself was carried out";
  EXPECT_EQ(*store_->EarliestAlarm(), clock_.Now());
  // The alarm itself, which knows the new fact, is replaced; unless a fact changes once more.
  MustDo(Bell::Wake{}, Answering());
  EXPECT_EQ(*store_->EarliestAlarm(), clock_.Now() + absl::Minutes(1));
  clock_.Advance(absl::Minutes(1));
  ASSERT_TRUE(Execute<BellCodec>(*engine_, target_, Bell::Wake{}, Answering(), inputs).ok());
  EXPECT_EQ(*store_->EarliestAlarm(), clock_.Now() - absl::Microseconds(1));
}

TEST_P(ExecuteTest, ACommandIsTriedAgainWhereWhatItDecidesOnIsChangedMeanwhile) {
  const Target other{"bell-1", {{"bell", "bell-2"}}};
  Inputs<BellCodec> of_other;
  of_other.facts = [this](const Bell::State&, const RecordStates&) {
    return Bell::Facts{clock_.Now()};
  };
  Target holding = target_;
  holding.also = {{"bell", "bell-3"}};
  holding.held = other.keys;
  std::vector<bool> seen;  // whether the other was there
  Inputs<BellCodec> inputs;
  inputs.facts = [&](const Bell::State&, const RecordStates& also) {
    EXPECT_EQ(also.size(), 2u);
    seen.push_back(also.back().has_value());
    if (seen.size() == 1) {
      EXPECT_TRUE(Execute<BellCodec>(*engine_, other, Bell::Pull{}, Rpc("b"), of_other).ok());
    }
    return Bell::Facts{clock_.Now()};
  };
  ASSERT_TRUE(Execute<BellCodec>(*engine_, holding, Bell::Pull{}, Rpc("a"), inputs).ok());
  EXPECT_THAT(seen, ElementsAre(false, true));
  EXPECT_EQ(State().pulls, 1) << "and nothing was committed before";
}

TEST_P(ExecuteTest, TheIndexFollowsTheState) {
  auto members = [&](const std::string& mood) {
    return ListAcross(*store_, {{"mood", mood}}, 10, "")->members;
  };
  MustDo(Bell::Pull{}, Rpc("a"));
  EXPECT_THAT(members("ready"), ElementsAre("bell-1"));
  MustDo(Bell::Pull{}, Rpc("b"));
  MustDo(Bell::Pull{}, Rpc("c"));
  EXPECT_THAT(members("ready"), IsEmpty());
  EXPECT_THAT(members("resting"), ElementsAre("bell-1"));
}

TEST_P(ExecuteTest, ManyWritersAtOnceLoseNothing) {
  constexpr int kThreads = 8;
  constexpr int kEach = 20;
  engine_->max_attempts = 10'000;
  std::vector<std::thread> threads;
  std::atomic<int> done = 0;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) {
        Inputs<BellCodec> inputs;
        inputs.facts = [this](const Bell::State&, const RecordStates&) {
          return Bell::Facts{clock_.Now()};
        };
        const Origin origin = Rpc(absl::StrCat(t, "-", i));
        for (;;) {
          auto outcome = Execute<BellCodec>(*engine_, target_, Bell::Pull{}, origin, inputs);
          ASSERT_TRUE(outcome.ok()) << outcome.status();
          if (std::holds_alternative<Done<BellCodec>>(*outcome)) break;
          clock_.Advance(absl::Minutes(2));  // it rests: let it wake
          ASSERT_TRUE(Execute<BellCodec>(*engine_, target_, Bell::Wake{},
                                         Origin::Alarm(std::nullopt), inputs)
                          .ok());
        }
        ++done;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(done, kThreads * kEach);
  EXPECT_EQ(State().pulls, kThreads * kEach);
  EXPECT_EQ(State().rings, kThreads * kEach / 3);
}

TEST(ExecuteOnABrokenStore, ALostAnswerIsMadeGoodByRepeatingTheCommand) {
  MemoryStore store;
  FakeClock clock(absl::FromUnixSeconds(1'750'000'000));
  Metrics metrics;
  Engine engine{store, clock, metrics, "t", "/pepline/test", {}, {}};
  Target target{"bell-1", {{"bell", "bell-1"}}};
  Inputs<BellCodec> inputs;
  inputs.facts = [&](const Bell::State&, const RecordStates&) { return Bell::Facts{clock.Now()}; };
  inputs.answer = [](const Bell::State& state, const std::vector<Bell::Event>&) {
    return absl::StrCat("pulls ", state.pulls);
  };
  const Origin origin = Origin::Request("a", "f", "");
  store.lose_answers = true;
  EXPECT_TRUE(absl::IsUnavailable(
      Execute<BellCodec>(engine, target, Bell::Pull{}, origin, inputs).status()));
  store.lose_answers = false;
  auto outcome = Execute<BellCodec>(engine, target, Bell::Pull{}, origin, inputs);
  ASSERT_TRUE(outcome.ok());
  EXPECT_TRUE(std::get<Done<BellCodec>>(*outcome).repeated);
  EXPECT_EQ(std::get<Done<BellCodec>>(*outcome).answer, "pulls 1");
  EXPECT_THAT(*store.ReadOutbox(PartitionOf("bell-1", 16), 10, ""), SizeIs(1));
}

TEST(ExecuteOnABrokenStore, AStoreThatIsAwayAnswersUnavailableAtOnce) {
  MemoryStore store;
  store.away = true;
  FakeClock clock(absl::FromUnixSeconds(1'750'000'000));
  Metrics metrics;
  Engine engine{store, clock, metrics, "t", "/pepline/test", {}, {}};
  Inputs<BellCodec> inputs;
  inputs.facts = [&](const Bell::State&, const RecordStates&) { return Bell::Facts{clock.Now()}; };
  EXPECT_TRUE(absl::IsUnavailable(Execute<BellCodec>(engine, {"b", {{"bell", "b"}}}, Bell::Pull{},
                                                     Origin::Request("a", "f", ""), inputs)
                                      .status()));
}

}  // namespace
}  // namespace pepline
