// The smallest rules with a deadline: a timer that says once that its instant came. They show what
// the runtime costs by itself. Threads: values and pure functions.
#ifndef PEPLINE_TESTS_BENCH_TIMER_RULES_H_
#define PEPLINE_TESTS_BENCH_TIMER_RULES_H_

#include <charconv>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "shared/engine/execute.h"

namespace pepline::bench {

struct Timer {
  struct State {
    std::optional<absl::Time> at;  // nullopt: it went off, or was never set
  };
  struct Set {
    absl::Time at;
  };
  struct Wake {};
  using Command = std::variant<Set, Wake>;
  struct WasSet {
    absl::Time at;
  };
  struct WentOff {};
  using Event = std::variant<WasSet, WentOff>;
  struct Facts {
    absl::Time now;
  };

  static Decision<Event> Decide(const State& state, const Command& command, const Facts& facts) {
    if (const auto* set = std::get_if<Set>(&command)) return std::vector<Event>{WasSet{set->at}};
    if (state.at && *state.at <= facts.now) return std::vector<Event>{WentOff{}};
    return std::vector<Event>{};
  }
  static State Evolve(State, const Event& event) {
    const auto* set = std::get_if<WasSet>(&event);
    return set == nullptr ? State{} : State{set->at};
  }
  static std::optional<absl::Time> NextWake(const State& state, const Facts&) { return state.at; }
  static std::vector<IndexEntry> Index(const State&) { return {}; }
};
static_assert(Decider<Timer>);

struct TimerCodec {
  using Rules = Timer;
  static constexpr std::string_view kKind = "timer";
  static absl::StatusOr<Timer::State> Decode(const std::vector<std::optional<std::string>>& parts) {
    Timer::State state;
    std::int64_t micros = 0;
    if (!parts.front() || parts.front()->front() == '-') return state;
    std::from_chars(parts.front()->data(), parts.front()->data() + parts.front()->size(), micros);
    state.at = absl::FromUnixMicros(micros);
    return state;
  }
  static std::vector<std::string> Encode(const Timer::State& state) {
    return {state.at ? std::to_string(absl::ToUnixMicros(*state.at)) : "-"};
  }
  static EncodedEvent EncodeEvent(const Timer::State&, const Timer::Event&,
                                  const common::v1::EventHeader& header) {
    // As large as an event about a deadline.
    return {"pepline.bench.v1.TimerWentOff", header.aggregate_id(), std::string(300, 'x')};
  }
};

}  // namespace pepline::bench

#endif  // PEPLINE_TESTS_BENCH_TIMER_RULES_H_
