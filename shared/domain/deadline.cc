#include "shared/domain/deadline.h"

#include <algorithm>

namespace pepline {

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

std::optional<DeadlineInstant> NextInstantOf(const Deadline& deadline) {
  if (deadline.status != DeadlineStatus::kRunning) return std::nullopt;
  const absl::Time missed_from = MissedFrom(deadline.instants.due_at);
  const auto reminder_at = ReminderAt(deadline.instants);
  if (!deadline.reminded && reminder_at && *reminder_at <= missed_from) {
    return DeadlineInstant{*reminder_at, true};
  }
  return DeadlineInstant{missed_from, false};
}

DeadlineInstants CountTo(absl::CivilDay last_day, const DeadlineTerms& terms,
                         const Calendar& calendar) {
  DeadlineInstants instants;
  instants.due_at = calendar.EndOf(last_day);
  instants.calendar_known = terms.day_kind != DayKind::kSchoolDays || !calendar.estimated(last_day);
  instants.levels = InstantsOf(terms.levels, last_day, calendar);
  return instants;
}

DeadlineInstants CountFrom(absl::CivilDay anchor, const DeadlineTerms& terms,
                           const Calendar& calendar) {
  DeadlineInstants instants =
      CountTo(AddDays(calendar, anchor, terms.length, terms.day_kind), terms, calendar);
  // The days that were counted all have to be known, not the first and the last alone.
  if (terms.day_kind == DayKind::kSchoolDays &&
      calendar.EstimatedBetween(anchor, calendar.DayOf(instants.due_at))) {
    instants.calendar_known = false;
  }
  return instants;
}

}  // namespace pepline
