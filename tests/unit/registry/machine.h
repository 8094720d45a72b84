// One machine of registry played by hand: a clock that is moved, every event recorded, alarms that
// fire at their instants as the waker would. Checks on the way that NextWake keeps its law and that
// what Decide saw is what Evolve makes of the events. Threads: one.
#ifndef PEPLINE_TESTS_UNIT_REGISTRY_MACHINE_H_
#define PEPLINE_TESTS_UNIT_REGISTRY_MACHINE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/registry/domain/moment.h"
#include "services/registry/domain/reason.h"
#include "shared/domain/calendar.h"

namespace pepline::registry {

inline absl::TimeZone London() {
  absl::TimeZone zone;
  EXPECT_TRUE(absl::LoadTimeZone("Europe/London", &zone));
  return zone;
}
inline absl::CivilDay Day(std::string_view text) {
  auto day = ParseDate(text);
  EXPECT_TRUE(day.has_value()) << text;
  return day.value_or(absl::CivilDay());
}
// "2025-10-20 14:00" on the clock of London.
inline absl::Time At(std::string_view text) {
  absl::Time at;
  std::string error;
  EXPECT_TRUE(absl::ParseTime("%Y-%m-%d %H:%M", absl::string_view(text.data(), text.size()),
                              London(), &at, &error))
      << text << error;
  return at;
}

inline Moment& MomentOf(Moment& facts) { return facts; }
template <class Facts>
Moment& MomentOf(Facts& facts) {
  return facts.moment;
}

template <class Rules>
class Machine {
 public:
  explicit Machine(std::string_view now = "2025-09-01 09:00") {
    MomentOf(facts) = {At(now), London()};
  }

  std::optional<RegistryRefusal> Do(const typename Rules::Command& command) {
    auto decision = Rules::Decide(state, command, facts);
    if (auto* no = std::get_if<RegistryRefusal>(&decision)) {
      EXPECT_FALSE(no->advice.empty()) << "a refusal must say what to do next";
      return *no;
    }
    latest = std::get<0>(decision);
    for (const auto& event : latest) {
      state = Rules::Evolve(std::move(state), event);
      log.push_back(event);
    }
    if (auto next = Rules::NextWake(state, facts)) {
      EXPECT_GT(*next, MomentOf(facts).now) << "the NextWake law";
    }
    return std::nullopt;
  }
  void Done(const typename Rules::Command& command) {
    auto no = Do(command);
    EXPECT_FALSE(no.has_value()) << no->advice;
  }
  // Carried out, and nothing had to be said.
  void Idle(const typename Rules::Command& command) {
    Done(command);
    EXPECT_TRUE(latest.empty());
  }
  RegistryReason Refused(const typename Rules::Command& command) {
    auto no = Do(command);
    EXPECT_TRUE(no.has_value()) << "was not refused";
    return no ? no->reason : RegistryReason{};
  }

  // Every alarm up to then fires at its own instant.
  void Until(std::string_view then) {
    const absl::Time end = At(then);
    absl::Time& now = MomentOf(facts).now;
    for (auto next = Rules::NextWake(state, facts); next && *next <= end;
         next = Rules::NextWake(state, facts)) {
      now = std::max(now, *next);
      Done(Wake{});
      if (testing::Test::HasFailure()) break;  // a broken law would never end
    }
    now = end;
  }

  template <class Event>
  std::vector<Event> All() const {
    std::vector<Event> found;
    for (const auto& event : log) {
      if (const auto* one = std::get_if<Event>(&event)) found.push_back(*one);
    }
    return found;
  }
  // What its events make of nothing.
  typename Rules::State Folded() const {
    typename Rules::State folded;
    for (const auto& event : log) folded = Rules::Evolve(std::move(folded), event);
    return folded;
  }

  typename Rules::Facts facts{};
  typename Rules::State state{};
  std::vector<typename Rules::Event> latest;  // of the last command
  std::vector<typename Rules::Event> log;
};

}  // namespace pepline::registry

#endif  // PEPLINE_TESTS_UNIT_REGISTRY_MACHINE_H_
