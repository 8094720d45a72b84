#include "services/scheduling/domain/deadline.h"

#include <algorithm>

namespace pepline::scheduling {

std::optional<absl::Time> ReminderAt(const DeadlineInstants& instants) {
  for (const AlertInstant& level : instants.levels) {
    if (IsReminder(level.level)) return level.at;
  }
  return std::nullopt;
}

absl::Time LastLevelAt(const DeadlineInstants& instants) {
  absl::Time last = instants.due_at;
  for (const AlertInstant& level : instants.levels) last = std::max(last, level.at);
  return last;
}

DeadlineInstants CountTo(absl::CivilDay last_day, const RuleTerms& row, const Calendar& calendar) {
  DeadlineInstants instants;
  instants.due_at = calendar.EndOf(last_day);
  instants.calendar_known = row.day_kind != DayKind::kSchoolDays || !calendar.estimated(last_day);
  instants.levels = InstantsOf(row.levels, last_day, calendar);
  return instants;
}

DeadlineInstants CountFrom(absl::CivilDay anchor, const RuleTerms& row, const Calendar& calendar) {
  DeadlineInstants instants =
      CountTo(AddDays(calendar, anchor, row.length, row.day_kind), row, calendar);
  // The days that were counted all have to be known, not the first and the last alone.
  if (row.day_kind == DayKind::kSchoolDays &&
      calendar.EstimatedBetween(anchor, calendar.DayOf(instants.due_at))) {
    instants.calendar_known = false;
  }
  return instants;
}

}  // namespace pepline::scheduling
