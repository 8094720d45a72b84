// What follows from the child's age.
//
// Looked-after children are children: care ends at the eighteenth birthday at the latest (Children
// Act 1989 s22(1), s105(1)), which lies in Year 13, the last year with PEPs. Where nobody puts that
// end on record, no other PEP opens and the Virtual School is asked for it. PEPs that are open go
// on until then: no calendar ends what is late.
//
// The change from Year 6 to Year 7, and from Year 11 to Year 12, is planned: nobody updates a PEP
// within ten working days of it, as the PEP of the autumn is made at the new school. It is told
// from other moves by the year group and by its day, from July to the first five school days of the
// autumn. Registry says no date of birth; a child who was born in August and one of 1 September
// look alike here, and are taken for born in August. Source: docs/domain.md 1.2, 6.1; decision 64.
#include <algorithm>

#include "services/scheduling/domain/settle.h"

namespace pepline::scheduling {
namespace {

constexpr int kFirstDaysOfAutumn = 5;  // school days

}  // namespace

int YearGroupIn(int first_year, absl::CivilDay adult_on) {
  // The eighteenth birthday lies in Year 13, which ends with August.
  const bool by_august = adult_on.month() < 9 || (adult_on.month() == 9 && adult_on.day() == 1);
  const auto year_13_ends_in = static_cast<int>(adult_on.year()) + (by_august ? 0 : 1);
  return 13 - (year_13_ends_in - 1 - first_year);
}

bool IsAdultAt(absl::Time at, const PlanFacts& facts) {
  return facts.child && facts.child->adult_on &&
         at >= facts.calendar->StartOf(*facts.child->adult_on);
}

std::optional<absl::Time> AgeEndsAt(const PlanState& state, const PlanFacts& facts) {
  const auto& child = facts.child;
  if (!child || !child->in_care || !child->pep_required || !child->adult_on) return std::nullopt;
  if (state.adult_on == child->adult_on) return std::nullopt;
  return facts.calendar->StartOf(*child->adult_on);
}

void EndAge(Progress& progress, const PlanFacts& facts) {
  const ChildFacts& child = *facts.child;
  progress.Emit(PepAgeEnded{*child.adult_on, {facts.child_id, child.authority, child.school}});
}

bool NeedsNoUpdate(const PlanFacts& facts) {
  const ChildFacts& child = *facts.child;
  const Calendar& calendar = *facts.calendar;
  if (!child.adult_on) return false;
  if (IsAdultAt(facts.now, facts)) return true;
  const absl::CivilDay moved_on = child.moved_on.value_or(calendar.DayOf(child.school_recorded_at));
  const auto begins_in = [&](int year_group) {
    // Each year is the next year group.
    const int year = year_group - YearGroupIn(0, *child.adult_on);
    return moved_on >= absl::CivilDay(year, 7, 1) &&
           calendar.SchoolDaysBetween(absl::CivilDay(year, 8, 31), moved_on) <= kFirstDaysOfAutumn;
  };
  return begins_in(7) || begins_in(12);
}

}  // namespace pepline::scheduling
