// By when the next meeting has to be held, counted from the last one.
//
// Four months after a meeting of the summer term lie in August, when nobody can hold one: by the
// calendar alone every such child would be late in the first minute of September. So the deadline
// has two bounds. It lies on the last school day, inside a term, that is not after the four months,
// since the four months are a ceiling. And it is never earlier than some school days into the term
// that follows the one of the last meeting (profile), so that there is a term to meet in. Source:
// docs/domain.md 6.9 (D4); decision 56.
#include <algorithm>

#include "services/scheduling/domain/settle.h"

namespace pepline::scheduling {
namespace {

// The last school day inside a term that is not after `day`; where nobody has said what lies there,
// the last weekday.
absl::CivilDay LastSchoolDayBy(absl::CivilDay day, const Calendar& calendar) {
  absl::CivilDay last = calendar.AddSchoolDays(day + 1, -1);
  // Where only another calendar names the terms, their holidays have days that count as school
  // days.
  while (const auto term = calendar.TermBeforeHoliday(last)) {
    last = calendar.AddSchoolDays(term->last_day + 1, -1);
  }
  return last;
}

}  // namespace

DeadlineInstants CountIntoNextTerm(absl::CivilDay held_on, const RuleTerms& row,
                                   const Calendar& calendar) {
  absl::CivilDay last_day =
      LastSchoolDayBy(AddDays(calendar, held_on, row.length, row.day_kind), calendar);
  absl::CivilDay counted_from = last_day;
  const auto held_in = calendar.TermOn(held_on);
  const auto next = calendar.TermToCome(held_in ? held_in->last_day : held_on);
  if (next) {
    last_day = std::max(last_day, AddDays(calendar, next->first_day, row.school_days_into_term,
                                          DayKind::kSchoolDays));
    counted_from = std::min(next->first_day, last_day);
  }
  DeadlineInstants instants = CountTo(last_day, row, calendar);
  instants.calendar_known =
      !calendar.EstimatedBetween(counted_from, last_day) && !(next && next->stands_in);
  return instants;
}

}  // namespace pepline::scheduling
