// The shape of every rule in Pepline: a decider is four pure functions over plain structs.
// Promises: no clock, no I/O, no logging; the same input gives the same answer on every machine.
// Every (state, command) pair answers: events, an empty list ("nothing to do"), or a named refusal.
// Law: after a wake at `now` is decided and evolved, NextWake is later than `now` or absent.
// Threads: values only; safe from any thread.
#ifndef PEPLINE_SHARED_DOMAIN_DECIDER_H_
#define PEPLINE_SHARED_DOMAIN_DECIDER_H_

#include <compare>
#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/time/time.h"

namespace pepline {

// What forbids, which decides the status that a refusal leaves gRPC with (docs/errors.md).
enum class RefusalKind { kBadValue, kState, kNotFound, kAlreadyThere };

// Why the rules say no: a stable word in upper case ("NOT_HELD"). Constants, each beside the rules
// that give it.
struct RefusalReason {
  std::string_view name;
  RefusalKind kind;
  friend auto operator<=>(const RefusalReason&, const RefusalReason&) = default;
};

// The rules say no. `field` is the path of the offending field in the command ("answers[3]"), empty
// where the state and not a value forbids; `advice` says what to do next and never holds personal
// data.
struct Refusal {
  RefusalReason reason;
  std::string field;
  std::string advice;
  friend bool operator==(const Refusal&, const Refusal&) = default;
};

inline Refusal Refuse(RefusalReason reason, std::string field, std::string advice) {
  return {reason, std::move(field), std::move(advice)};
}

using MaybeRefusal = std::optional<Refusal>;

template <class Event>
using Decision = std::variant<std::vector<Event>, Refusal>;

// One entry of a look-up list: "the plans of school 123456" is {name: "school", value: "123456"}.
// The member is always the aggregate's own id.
struct IndexEntry {
  std::string name;
  std::string value;
  friend auto operator<=>(const IndexEntry&, const IndexEntry&) = default;
};

// Overload set for std::visit: every alternative must have its arm, or it does not compile.
template <class... Arms>
struct Match : Arms... {
  using Arms::operator()...;
};
template <class... Arms>
Match(Arms...) -> Match<Arms...>;

// A decision in the making: each event changes the state at once, so that what comes next is
// decided on what is already true.
template <class Rules>
struct Progress {
  typename Rules::State state;
  std::vector<typename Rules::Event> events = {};

  void Emit(typename Rules::Event event) {
    state = Rules::Evolve(std::move(state), event);
    events.push_back(std::move(event));
  }
};

// A decider is a type with these members. `Facts` is what a rule may know besides its state:
// now (an instant), the policy profile, calendars.
template <class D>
concept Decider = requires(const typename D::State& state, const typename D::Command& command,
                           const typename D::Event& event, const typename D::Facts& facts) {
  { D::Decide(state, command, facts) } -> std::same_as<Decision<typename D::Event>>;
  { D::Evolve(state, event) } -> std::same_as<typename D::State>;
  { D::NextWake(state, facts) } -> std::same_as<std::optional<absl::Time>>;
  { D::Index(state) } -> std::same_as<std::vector<IndexEntry>>;
};

}  // namespace pepline

#endif  // PEPLINE_SHARED_DOMAIN_DECIDER_H_
