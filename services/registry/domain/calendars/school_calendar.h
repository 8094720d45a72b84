// One school's own calendar, laid over its authority's terms: INSET and other days without a
// session, and own terms where it has any.
// Promises: pure (see shared/domain/decider.h). What is published is the whole overlay and replaces
// the one before; an empty one takes it away; the same again says nothing. Only the school's own
// authority changes it; what another one publishes may repeat it. Errors: refusals of
// RefusalReason. Source: docs/domain.md 4.1. Threads: values and pure functions.
#ifndef PEPLINE_SERVICES_REGISTRY_DOMAIN_CALENDARS_SCHOOL_CALENDAR_H_
#define PEPLINE_SERVICES_REGISTRY_DOMAIN_CALENDARS_SCHOOL_CALENDAR_H_

#include <optional>
#include <set>
#include <variant>
#include <vector>

#include "services/registry/domain/moment.h"
#include "services/registry/domain/refusals.h"
#include "shared/domain/calendar.h"
#include "shared/domain/decider.h"
#include "shared/domain/ids.h"

namespace pepline::registry {

struct SchoolCalendarState {
  SchoolUrn school;         // empty: never published
  AuthorityCode authority;  // the school's, when it was published
  std::set<absl::CivilDay> closed_days;
  std::vector<TermPart> terms;  // in the order of their days
  friend bool operator==(const SchoolCalendarState&, const SchoolCalendarState&) = default;
};

struct PublishSchoolCalendar {
  SchoolUrn school;
  AuthorityCode published_by;
  std::set<absl::CivilDay> closed_days;
  std::vector<TermPart> terms;
};
using SchoolCalendarCommand = std::variant<PublishSchoolCalendar, Wake>;

// The contract's event of the same name.
struct SchoolCalendarPublished {
  SchoolUrn school;
  AuthorityCode authority;
  std::set<absl::CivilDay> closed_days;
  std::vector<TermPart> terms;
};
using SchoolCalendarEvent = std::variant<SchoolCalendarPublished>;

struct SchoolCalendarFacts {
  Moment moment;
  std::optional<AuthorityCode> school_authority;  // nullopt: no such school in the register
};

struct SchoolCalendarOverlay {
  using State = SchoolCalendarState;
  using Command = SchoolCalendarCommand;
  using Event = SchoolCalendarEvent;
  using Facts = SchoolCalendarFacts;
  static Decision<Event> Decide(const State& state, const Command& command, const Facts& facts);
  static State Evolve(State state, const Event& event);
  static std::optional<absl::Time> NextWake(const State& state, const Facts& facts);
  static std::vector<IndexEntry> Index(const State& state);
};
static_assert(Decider<SchoolCalendarOverlay>);

}  // namespace pepline::registry

#endif  // PEPLINE_SERVICES_REGISTRY_DOMAIN_CALENDARS_SCHOOL_CALENDAR_H_
