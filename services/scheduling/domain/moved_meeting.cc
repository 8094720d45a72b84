// What was missed for a meeting stays missed when the meeting is moved or called off: the draft,
// the SDQ and the child's views were to be there before that day. Whoever is late ends no lateness
// by another date. It ends with the work, late, or by whoever may waive it. Source:
// docs/domain.md 6.9; decision 45. A meeting that is moved or called off once more, within ten
// school days of the time before or of its day, is told to the Virtual School (docs/domain.md 6.3).
#include "services/scheduling/domain/rules.h"
#include "services/scheduling/domain/settle.h"

namespace pepline::scheduling {
namespace {

// nullopt where there is no such miss.
std::optional<absl::Time> MissedFor(const RuleRow& row, const Cycle& cycle) {
  const auto deadline = cycle.deadlines.find(row.rule);
  const bool missed =
      deadline != cycle.deadlines.end() && deadline->second.status == DeadlineStatus::kMissed;
  return missed ? deadline->second.missed_for : std::nullopt;
}

}  // namespace

std::optional<DeadlineInstants> MissOfMovedMeeting(const RuleRow& row, const RuleTerms& terms,
                                                   const Cycle& cycle, const PlanFacts& facts) {
  const auto meeting_at = MissedFor(row, cycle);
  if (!meeting_at) return std::nullopt;
  const Calendar& calendar = *facts.calendar;
  DeadlineInstants instants = CountFrom(calendar.DayOf(*meeting_at), terms, calendar);
  if (facts.now < MissedFrom(instants.due_at)) return std::nullopt;
  return instants;
}

bool KeepsMissOfMovedMeeting(const RuleRow& row, const Cycle& cycle, const PlanFacts& facts) {
  if (!MissedFor(row, cycle)) return false;
  if (!facts.policy || !facts.bank_holidays_known) return true;
  const RuleTerms* terms = TermsOf(row, cycle, facts);
  return terms != nullptr && MissOfMovedMeeting(row, *terms, cycle, facts).has_value();
}

bool IsPutOffAgain(const Cycle& cycle, const PlanFacts& facts) {
  constexpr int kSoon = 10;  // school days
  if (cycle.meeting_changes.empty()) return false;
  const Calendar& calendar = *facts.calendar;
  const absl::CivilDay today = calendar.DayOf(facts.now);
  const absl::CivilDay before = calendar.DayOf(cycle.meeting_changes.back().changed_at);
  return calendar.SchoolDaysBetween(before, today) <= kSoon ||
         calendar.SchoolDaysBetween(today, calendar.DayOf(*cycle.meeting_at)) <= kSoon;
}

void RememberMisses(Cycle& cycle, absl::Time old_meeting_at) {
  for (const RuleRow& row : RuleRows()) {
    if (!row.of_meeting_day) continue;
    const auto found = cycle.deadlines.find(row.rule);
    if (found == cycle.deadlines.end() || found->second.missed_for) continue;
    if (found->second.status != DeadlineStatus::kMissed) continue;
    found->second.missed_for = old_meeting_at;
  }
}

}  // namespace pepline::scheduling
