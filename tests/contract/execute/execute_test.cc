// The one command path, on both stores: the same cases on the fake and on a real Redis.
// Its toy decider, a bell that rings when it has been pulled three times, is also the smallest
// example of how a service plugs its rules in.
#include "shared/runtime/execute.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/synchronization/mutex.h"
#include "shared/runtime/fake_store.h"
#include "shared/runtime/lists.h"
#include "shared/runtime/redis_store.h"
#include "shared/runtime/trace.h"
#include "tools/stack/processes.h"
#include "tools/stack/redis_server.h"

namespace pepline {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// --- the rules ---

struct Bell {
  struct State {
    int pulls = 0;
    int rings = 0;
    std::optional<absl::Time> rest_until;
    friend bool operator==(const State&, const State&) = default;
  };
  struct Pull {};
  struct Wake {};
  using Command = std::variant<Pull, Wake>;
  struct Pulled {};
  struct Rang {
    absl::Time rest_until;
  };
  struct Rested {};
  using Event = std::variant<Pulled, Rang, Rested>;
  enum class Reason { kResting };
  struct Facts {
    absl::Time now;
  };

  static Decision<Event, Reason> Decide(const State& state, const Command& command,
                                        const Facts& facts) {
    if (std::holds_alternative<Wake>(command)) {
      if (state.rest_until && *state.rest_until <= facts.now) return std::vector<Event>{Rested{}};
      return std::vector<Event>{};
    }
    if (state.rest_until) return Refusal<Reason>{Reason::kResting, "", "wait until it has rested"};
    if ((state.pulls + 1) % 3 == 0) {
      return std::vector<Event>{Pulled{}, Rang{facts.now + absl::Minutes(1)}};
    }
    return std::vector<Event>{Pulled{}};
  }
  static State Evolve(State state, const Event& event) {
    std::visit(Match{[&](const Pulled&) { ++state.pulls; },
                     [&](const Rang& rang) {
                       ++state.rings;
                       state.rest_until = rang.rest_until;
                     },
                     [&](const Rested&) { state.rest_until.reset(); }},
               event);
    return state;
  }
  static std::optional<absl::Time> NextWake(const State& state, const Facts&) {
    return state.rest_until;
  }
  static std::vector<IndexEntry> Index(const State& state) {
    if (state.rest_until) return {{"mood", "resting"}};
    return {{"mood", "ready"}};
  }
};

struct BellCodec {
  using Rules = Bell;
  static constexpr std::string_view kKind = "bell";
  static absl::StatusOr<Bell::State> Decode(const std::vector<std::optional<std::string>>& parts) {
    Bell::State state;
    if (!parts[0]) return state;
    const std::vector<std::string> fields = absl::StrSplit(*parts[0], ' ');
    std::int64_t rest = 0;
    if (fields.size() != 3 || !absl::SimpleAtoi(fields[0], &state.pulls) ||
        !absl::SimpleAtoi(fields[1], &state.rings) || !absl::SimpleAtoi(fields[2], &rest)) {
      return absl::DataLossError("not a bell");
    }
    if (rest != 0) state.rest_until = absl::FromUnixMicros(rest);
    return state;
  }
  static std::vector<std::string> Encode(const Bell::State& state) {
    return {absl::StrCat(state.pulls, " ", state.rings, " ",
                         state.rest_until ? absl::ToUnixMicros(*state.rest_until) : 0)};
  }
  static EncodedEvent EncodeEvent(const Bell::State&, const Bell::Event& event,
                                  const common::v1::EventHeader& header) {
    const char* names[] = {"Pulled", "Rang", "Rested"};
    return {absl::StrCat("test.", names[event.index()]), "bell-key", header.event_id()};
  }
};

// --- the two stores ---

class ExecuteTest : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    if (GetParam()) {
      auto server = RedisServer::Start(folder_.path());
      ASSERT_TRUE(server.ok()) << server.status();
      redis_ = *std::move(server);
      auto store = RedisStore::Create({.port = redis_->port(), .service = "test"}, nullptr);
      ASSERT_TRUE(WaitUntil([&] { return store->CheckLayout().ok(); }, absl::Seconds(10)));
      store_ = std::move(store);
    } else {
      store_ = std::make_unique<FakeStore>();
    }
    spine_.emplace(Spine{*store_, clock_, metrics_, "pepline.test.events.v1", "/pepline/test",
                         [this](absl::Time at) {
                           absl::MutexLock lock(&mutex_);
                           alarm_ = at;
                         },
                         [](int) {}});
  }

  absl::StatusOr<Outcome<BellCodec>> Run(const Bell::Command& command, const Origin& origin,
                                         bool allowed = true) {
    Hooks<BellCodec> hooks;
    hooks.facts = [this](const Bell::State&) { return Bell::Facts{clock_.Now()}; };
    hooks.allowed = [allowed](const Bell::State&) { return allowed; };
    hooks.answer = [](const Bell::State& state, const std::vector<Bell::Event>&) {
      return absl::StrCat("pulls ", state.pulls);
    };
    return Execute<BellCodec>(*spine_, target_, command, origin, hooks);
  }
  Done<BellCodec> MustDo(const Bell::Command& command, const Origin& origin) {
    auto outcome = Run(command, origin);
    EXPECT_TRUE(outcome.ok()) << outcome.status();
    if (!outcome.ok() || !std::holds_alternative<Done<BellCodec>>(*outcome)) {
      ADD_FAILURE() << "the command was not carried out";
      return {};
    }
    return std::get<Done<BellCodec>>(*outcome);
  }
  Bell::State State() { return **Read<BellCodec>(*store_, target_); }
  std::vector<OutboxEntry> Outbox() {
    return *store_->ReadOutbox(PartitionOf(target_.routing_id, store_->partitions()), 100, "");
  }
  static Origin Rpc(std::string id, std::string fingerprint = "f") {
    return Origin::Request(std::move(id), std::move(fingerprint), "");
  }
  static Origin FromEvent(std::string aggregate, std::uint64_t version) {
    common::v1::EventHeader header;
    header.set_aggregate_id(std::move(aggregate));
    header.set_aggregate_version(version);
    return Origin::Event(header);
  }

  // Of the alarm that stands.
  Origin Answering() { return Origin::Alarm(*store_->EarliestAlarm()); }

  TemporaryFolder folder_;
  std::unique_ptr<RedisServer> redis_;
  std::unique_ptr<Store> store_;
  FakeClock clock_{absl::FromUnixSeconds(1'750'000'000)};
  Metrics metrics_;
  Target target_{"bell-1", {{"bell", "bell-1"}}};
  std::optional<absl::Time> Alarm() {
    absl::MutexLock lock(&mutex_);
    return alarm_;
  }
  absl::Mutex mutex_;
  std::optional<absl::Time> alarm_ ABSL_GUARDED_BY(mutex_);
  std::optional<Spine> spine_;
};

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

TEST_P(ExecuteTest, ARepeatedCommandGetsItsFirstAnswerAndHasNoSecondEffect) {
  MustDo(Bell::Pull{}, Rpc("a"));
  MustDo(Bell::Pull{}, Rpc("b"));
  const auto again = MustDo(Bell::Pull{}, Rpc("a"));
  EXPECT_TRUE(again.repeated);
  EXPECT_EQ(again.answer, "pulls 1");
  EXPECT_EQ(State().pulls, 2);
  EXPECT_THAT(Outbox(), SizeIs(2));
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
        Hooks<BellCodec> hooks;
        hooks.facts = [this](const Bell::State&) { return Bell::Facts{clock_.Now()}; };
        auto outcome =
            Execute<BellCodec>(*spine_, bell, Bell::Pull{},
                               Rpc("bulk", absl::StrCat("pull ", bell.routing_id)), hooks);
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

TEST_P(ExecuteTest, ARefusalWritesNothingAndTheSameIdMayBeTriedAgain) {
  for (const char* id : {"a", "b", "c"}) MustDo(Bell::Pull{}, Rpc(id));
  const auto before = Outbox().size();
  auto refused = Run(Bell::Pull{}, Rpc("d"));
  ASSERT_TRUE(refused.ok());
  ASSERT_TRUE(std::holds_alternative<Refusal<Bell::Reason>>(*refused));
  EXPECT_THAT(Outbox(), SizeIs(before));
  clock_.Advance(absl::Minutes(2));
  MustDo(Bell::Wake{}, Answering());
  EXPECT_FALSE(MustDo(Bell::Pull{}, Rpc("d")).repeated);
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
  ASSERT_TRUE(std::holds_alternative<Refusal<Bell::Reason>>(*refused));
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
  Hooks<BellCodec> hooks;
  hooks.facts = [this](const Bell::State&) {
    const Bell::Facts facts{clock_.Now()};
    clock_.Advance(absl::Minutes(1));  // the rest that these facts lead to ends meanwhile
    return facts;
  };
  ASSERT_TRUE(Execute<BellCodec>(*spine_, target_, Bell::Pull{}, Rpc("c"), hooks).ok());
  EXPECT_EQ(*store_->EarliestAlarm(), clock_.Now());
  EXPECT_EQ(Alarm(), clock_.Now()) << "and the waker is told";
  EXPECT_EQ(metrics_.Value("pepline_wake_law_violations_total", {{"aggregate", "bell"}}), 0);
}

TEST_P(ExecuteTest, ACommandWithOldFactsDoesNotPutOffTheAlarmThatAChangedFactSet) {
  for (const char* id : {"a", "b"}) MustDo(Bell::Pull{}, Rpc(id));
  const int partition = PartitionOf(target_.routing_id, store_->partitions());
  Hooks<BellCodec> hooks;
  hooks.facts = [&](const Bell::State&) {
    const Bell::Facts facts{clock_.Now()};
    Commit changed{.partition = partition};
    changed.alarms.push_back({.key = target_.keys[0], .at = clock_.Now(), .anew = true});
    EXPECT_TRUE(store_->Apply(changed).ok());
    return facts;
  };
  ASSERT_TRUE(Execute<BellCodec>(*spine_, target_, Bell::Pull{}, Rpc("c"), hooks).ok());
  EXPECT_TRUE(State().rest_until.has_value()) << "the command itself was carried out";
  EXPECT_EQ(*store_->EarliestAlarm(), clock_.Now());
  // The alarm itself, which knows the new fact, is replaced; unless a fact changes once more.
  MustDo(Bell::Wake{}, Answering());
  EXPECT_EQ(*store_->EarliestAlarm(), clock_.Now() + absl::Minutes(1));
  clock_.Advance(absl::Minutes(1));
  ASSERT_TRUE(Execute<BellCodec>(*spine_, target_, Bell::Wake{}, Answering(), hooks).ok());
  EXPECT_EQ(*store_->EarliestAlarm(), clock_.Now() - absl::Microseconds(1));
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
  spine_->max_attempts = 10'000;
  std::vector<std::thread> threads;
  std::atomic<int> done = 0;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) {
        Hooks<BellCodec> hooks;
        hooks.facts = [this](const Bell::State&) { return Bell::Facts{clock_.Now()}; };
        const Origin origin = Rpc(absl::StrCat(t, "-", i));
        for (;;) {
          auto outcome = Execute<BellCodec>(*spine_, target_, Bell::Pull{}, origin, hooks);
          ASSERT_TRUE(outcome.ok()) << outcome.status();
          if (std::holds_alternative<Done<BellCodec>>(*outcome)) break;
          clock_.Advance(absl::Minutes(2));  // it rests: let it wake
          ASSERT_TRUE(
              Execute<BellCodec>(*spine_, target_, Bell::Wake{}, Origin::Alarm(std::nullopt), hooks)
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
  FakeStore store;
  FakeClock clock(absl::FromUnixSeconds(1'750'000'000));
  Metrics metrics;
  Spine spine{store, clock, metrics, "t", "/pepline/test", {}, {}};
  Target target{"bell-1", {{"bell", "bell-1"}}};
  Hooks<BellCodec> hooks;
  hooks.facts = [&](const Bell::State&) { return Bell::Facts{clock.Now()}; };
  hooks.answer = [](const Bell::State& state, const std::vector<Bell::Event>&) {
    return absl::StrCat("pulls ", state.pulls);
  };
  const Origin origin = Origin::Request("a", "f", "");
  store.lose_answers = true;
  EXPECT_TRUE(
      absl::IsUnavailable(Execute<BellCodec>(spine, target, Bell::Pull{}, origin, hooks).status()));
  store.lose_answers = false;
  auto outcome = Execute<BellCodec>(spine, target, Bell::Pull{}, origin, hooks);
  ASSERT_TRUE(outcome.ok());
  EXPECT_TRUE(std::get<Done<BellCodec>>(*outcome).repeated);
  EXPECT_EQ(std::get<Done<BellCodec>>(*outcome).answer, "pulls 1");
  EXPECT_THAT(*store.ReadOutbox(PartitionOf("bell-1", 16), 10, ""), SizeIs(1));
}

TEST(ExecuteOnABrokenStore, AStoreThatIsAwayAnswersUnavailableAtOnce) {
  FakeStore store;
  store.away = true;
  FakeClock clock(absl::FromUnixSeconds(1'750'000'000));
  Metrics metrics;
  Spine spine{store, clock, metrics, "t", "/pepline/test", {}, {}};
  Hooks<BellCodec> hooks;
  hooks.facts = [&](const Bell::State&) { return Bell::Facts{clock.Now()}; };
  EXPECT_TRUE(absl::IsUnavailable(Execute<BellCodec>(spine, {"b", {{"bell", "b"}}}, Bell::Pull{},
                                                     Origin::Request("a", "f", ""), hooks)
                                      .status()));
}

}  // namespace
}  // namespace pepline
