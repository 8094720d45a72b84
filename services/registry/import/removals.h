// What an import would take away from what is known: parts of terms, days, rules and cut-offs that
// were on record and that a file which replaces them no longer has, and PEPs that would end or
// move. Promises: words for whoever is to confirm it, with the days; nothing personal. What a file
// says otherwise than before (other days of the same part) is a change and no removal. Does not:
// know what a file meant. Threads: pure functions.
#ifndef PEPLINE_SERVICES_REGISTRY_IMPORT_REMOVALS_H_
#define PEPLINE_SERVICES_REGISTRY_IMPORT_REMOVALS_H_

#include <string>
#include <vector>

#include "services/registry/domain/calendars/bank_holidays.h"
#include "services/registry/domain/calendars/school_calendar.h"
#include "services/registry/domain/calendars/term_dates.h"
#include "services/registry/domain/child.h"
#include "services/registry/domain/policy.h"

namespace pepline::registry {

std::vector<std::string> TakenAway(const BankHolidaysState& before, const BankHolidaysState& after);
std::vector<std::string> TakenAway(const TermDatesState& before, const TermDatesState& after);
std::vector<std::string> TakenAway(const SchoolCalendarState& before,
                                   const SchoolCalendarState& after);
// Of the profile that was in force, or planned, on the day of effect of the one that is new.
std::vector<std::string> TakenAway(const PolicyState& before, const PolicyState& after);

bool NeedsPep(const ChildState& child);  // it is in care, of an age for one
// Whether a child who needs a PEP is not in care any more, or at another school than before:
// its PEP closes or moves.
bool ChangesPep(const ChildState& before, const ChildState& after);
template <class State>
bool ChangesPep(const State& /*before*/, const State& /*after*/) {
  return false;
}

// Rows about schools, staff and children add to what is known, or change it.
template <class State>
std::vector<std::string> TakenAway(const State& /*before*/, const State& /*after*/) {
  return {};
}

}  // namespace pepline::registry

#endif  // PEPLINE_SERVICES_REGISTRY_IMPORT_REMOVALS_H_
