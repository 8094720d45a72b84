// A decider played by hand (shared/domain/decider.h): commands in, events recorded, a clock that
// the test moves, alarms that fire at their instants as the waker would. Checks on the way that
// NextWake keeps its law and that every refusal says what to do next. Threads: one.
#ifndef PEPLINE_TESTS_SUPPORT_DECIDER_RUNNER_H_
#define PEPLINE_TESTS_SUPPORT_DECIDER_RUNNER_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "shared/domain/decider.h"

namespace pepline {

template <class Rules>
class DeciderRunner {
 public:
  using State = typename Rules::State;
  using Command = typename Rules::Command;
  using Event = typename Rules::Event;

  // The refusal; nullopt where the command was carried out.
  std::optional<Refusal> Do(const Command& command) {
    auto decision = Rules::Decide(state, command, facts);
    if (const auto* no = std::get_if<Refusal>(&decision)) {
      EXPECT_FALSE(no->advice.empty()) << "a refusal must say what to do next";
      return *no;
    }
    latest = std::get<0>(decision);
    for (const Event& event : latest) {
      state = Rules::Evolve(std::move(state), event);
      log.push_back({Now(), event});
    }
    if (const auto next = Rules::NextWake(state, facts)) {
      EXPECT_GT(*next, Now()) << "the NextWake law";
    }
    return std::nullopt;
  }
  void Done(const Command& command) {
    const auto no = Do(command);
    EXPECT_FALSE(no.has_value()) << no->advice;
  }
  // Carried out, and nothing had to be said.
  void Idle(const Command& command) {
    Done(command);
    EXPECT_TRUE(latest.empty());
  }
  // The reason; `field` is what the refusal must name, "" where the state forbids.
  RefusalReason Refused(const Command& command,
                        std::optional<std::string_view> field = std::nullopt) {
    const auto no = Do(command);
    EXPECT_TRUE(no.has_value()) << "was not refused";
    if (!no) return RefusalReason{};
    if (field) {
      EXPECT_EQ(no->field, *field);
    }
    return no->reason;
  }

  // Every alarm up to then fires at its own instant, late where nobody was there to fire it.
  void PlayUntil(absl::Time then, const Command& wake) {
    auto next = Rules::NextWake(state, facts);
    while (next && *next <= then) {
      Now() = std::max(Now(), *next);
      Done(wake);
      next = Rules::NextWake(state, facts);
      if (next && *next <= Now()) break;  // the law is broken, as was said; this would never end
    }
    Now() = then;
  }

  template <class E>
  std::vector<E> All() const {
    std::vector<E> found;
    for (const auto& [at, event] : log) {
      if (const auto* one = std::get_if<E>(&event)) found.push_back(*one);
    }
    return found;
  }
  // What the events make of the state that the play began with.
  State Folded(State folded = {}) const {
    for (const auto& [at, event] : log) folded = Rules::Evolve(std::move(folded), event);
    return folded;
  }

  // Some facts hold the instant in a moment.
  absl::Time& Now() {
    if constexpr (requires { facts.moment.now; }) {
      return facts.moment.now;
    } else {
      return facts.now;
    }
  }

  State state{};
  typename Rules::Facts facts{};
  std::vector<Event> latest;  // of the last command
  std::vector<std::pair<absl::Time, Event>> log;
};

}  // namespace pepline

#endif  // PEPLINE_TESTS_SUPPORT_DECIDER_RUNNER_H_
