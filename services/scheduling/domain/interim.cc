// A child who enters care in a long holiday: no school is there to start the initial PEP with, so
// an interim one stands in, and the initial PEP has to be available some school days after the
// school reopens. It is put off and never pulled forward, and only by an interim PEP that was
// opened before the initial PEP was late: what was missed stays missed. Source: docs/domain.md 1.2
// (Gateshead); decision 49.
#include <utility>

#include "services/scheduling/domain/settle.h"

namespace pepline::scheduling {

void PutOffByInterim(DeadlineInstants& instants, const RuleTerms& terms, int days_after_reopening,
                     const Cycle& cycle, const PlanFacts& facts) {
  if (!cycle.interim_at || *cycle.interim_at >= MissedFrom(instants.due_at)) return;
  const Calendar& calendar = *facts.calendar;
  const absl::CivilDay opened_on = calendar.DayOf(*cycle.interim_at);
  // Opened on the last day before a holiday, it waits for the first day after that.
  const absl::CivilDay reopens_on = calendar.AddSchoolDays(opened_on, 1);
  const absl::CivilDay last_day = calendar.AddSchoolDays(reopens_on, days_after_reopening);
  if (calendar.EndOf(last_day) <= instants.due_at) return;
  instants = CountTo(last_day, terms, calendar);
  instants.calendar_known = !calendar.EstimatedBetween(opened_on, last_day);
  instants.after_interim = true;
}

}  // namespace pepline::scheduling
