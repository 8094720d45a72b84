#include "services/scheduling/domain/deadline.h"

#include <algorithm>

namespace pepline::scheduling {

std::string_view RuleId(Rule rule) {
  switch (rule) {
    case Rule::kInitialStarted:
      return "initial-pep-started-within-10-working-days";
    case Rule::kInitialAvailable:
      return "initial-pep-available-within-20-working-days";
    case Rule::kHeldByTermCutOff:
      return "termly-pep-held-by-term-cut-off";
    case Rule::kHeldWithinFourMonths:
      return "pep-held-within-4-months";
    case Rule::kUpdatedAfterMove:
      return "pep-updated-within-10-working-days-of-move";
    case Rule::kDraftReady:
      return "epep-draft-ready-3-school-days-before-meeting";
    case Rule::kFinalised:
      return "finalise-within-5-school-days";
    case Rule::kSdqScored:
      return "sdq-scored-3-school-days-before-meeting";
  }
  return "";
}

std::optional<Rule> ParseRule(std::string_view rule_id) {
  for (Rule rule : kAllRules) {
    if (RuleId(rule) == rule_id) return rule;
  }
  return std::nullopt;
}

std::optional<absl::Time> ReminderAt(const DeadlineInstants& instants) {
  for (const AlertInstant& level : instants.levels) {
    if (level.level == 0) return level.at;
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
