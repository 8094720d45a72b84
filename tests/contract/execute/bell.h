// What the tests of the one command path stand on: a toy decider, a bell that rings when it has
// been pulled three times and is also the smallest example of how a service plugs its rules in, and
// a fixture that runs it on both stores, the fake (false) and a real Redis (true). Threads: one at
// a time, but Execute.
#ifndef PEPLINE_TESTS_CONTRACT_EXECUTE_BELL_H_
#define PEPLINE_TESTS_CONTRACT_EXECUTE_BELL_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/synchronization/mutex.h"
#include "shared/engine/execute.h"
#include "shared/redis/redis_store.h"
#include "shared/store/memory_store.h"
#include "tools/stack/processes.h"
#include "tools/stack/servers/redis_server.h"

namespace pepline {

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
  static constexpr RefusalReason kResting{"RESTING", RefusalKind::kState};
  struct Facts {
    absl::Time now;
  };

  static Decision<Event> Decide(const State& state, const Command& command, const Facts& facts) {
    if (std::holds_alternative<Wake>(command)) {
      if (state.rest_until && *state.rest_until <= facts.now) return std::vector<Event>{Rested{}};
      return std::vector<Event>{};
    }
    if (state.rest_until) return Refuse(kResting, "", "wait until it has rested");
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
  // Each time that it rings has a record of its own.
  static std::vector<std::pair<RecordKey, std::string>> EncodeBeside(const Bell::State& state) {
    if (!state.rest_until) return {};
    return {{{"ring", absl::StrCat("bell-1.", state.rings)}, absl::StrCat(state.pulls)}};
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
      store_ = std::make_unique<MemoryStore>();
    }
    engine_.emplace(Engine{*store_, clock_, metrics_, "pepline.test.events.v1", "/pepline/test",
                           [this](absl::Time at) {
                             absl::MutexLock lock(&mutex_);
                             alarm_ = at;
                           },
                           [](int) {}});
  }

  absl::StatusOr<Outcome<BellCodec>> Run(const Bell::Command& command, const Origin& origin,
                                         bool allowed = true) {
    Inputs<BellCodec> inputs;
    inputs.facts = [this](const Bell::State&, const RecordStates&) {
      return Bell::Facts{clock_.Now()};
    };
    inputs.allowed = [allowed](const Bell::State&, const RecordStates&) { return allowed; };
    inputs.answer = [](const Bell::State& state, const std::vector<Bell::Event>&) {
      return absl::StrCat("pulls ", state.pulls);
    };
    return Execute<BellCodec>(*engine_, target_, command, origin, inputs);
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
  std::optional<Engine> engine_;
};

}  // namespace pepline

#endif  // PEPLINE_TESTS_CONTRACT_EXECUTE_BELL_H_
