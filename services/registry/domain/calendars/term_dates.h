// The school terms of one authority, as published.
// Promises: pure (see shared/domain/decider.h). What is published replaces the academic years it
// names; other years stay. Parts never overlap and are kept in the order of their days. The same
// terms again say nothing. Does not: know what single schools do (school_calendar.h). Errors:
// refusals of RefusalReason. Source: docs/domain.md 4.2. Threads: values and pure functions.
#ifndef PEPLINE_SERVICES_REGISTRY_DOMAIN_CALENDARS_TERM_DATES_H_
#define PEPLINE_SERVICES_REGISTRY_DOMAIN_CALENDARS_TERM_DATES_H_

#include <optional>
#include <variant>
#include <vector>

#include "services/registry/domain/moment.h"
#include "services/registry/domain/refusals.h"
#include "shared/domain/calendar.h"
#include "shared/domain/decider.h"
#include "shared/domain/ids.h"

namespace pepline::registry {

struct TermDatesState {
  AuthorityCode authority;  // empty: never published
  std::vector<TermPart> terms;
  friend bool operator==(const TermDatesState&, const TermDatesState&) = default;
};

struct PublishTermDates {
  AuthorityCode authority;
  std::vector<TermPart> terms;  // whole academic years, in any order
};
using TermDatesCommand = std::variant<PublishTermDates, Wake>;

// The contract's event of the same name.
struct TermDatesPublished {
  AuthorityCode authority;
  std::vector<TermPart> terms;  // the whole list
};
using TermDatesEvent = std::variant<TermDatesPublished>;

struct TermDateList {
  using State = TermDatesState;
  using Command = TermDatesCommand;
  using Event = TermDatesEvent;
  using Facts = Moment;
  static Decision<Event> Decide(const State& state, const Command& command, const Facts& facts);
  static State Evolve(State state, const Event& event);
  static std::optional<absl::Time> NextWake(const State& state, const Facts& facts);
  static std::vector<IndexEntry> Index(const State& state);
};
static_assert(Decider<TermDateList>);

// In the order of their days.
std::vector<TermPart> InOrder(std::vector<TermPart> terms);

}  // namespace pepline::registry

#endif  // PEPLINE_SERVICES_REGISTRY_DOMAIN_CALENDARS_TERM_DATES_H_
