#include "services/scheduling/domain/settle.h"

#include <algorithm>
#include <utility>

namespace pepline::scheduling {
namespace {

const RuleTerms* RowOf(Rule rule, const PlanFacts& facts) {
  if (!facts.policy) return nullptr;
  auto row = facts.policy->rules.find(rule);
  return row == facts.policy->rules.end() ? nullptr : &row->second;
}

// The day the meeting's deadlines count from. A meeting held before its date pulls them with it;
// one held after its date does not push them.
std::optional<absl::CivilDay> MeetingDay(const Cycle& cycle, const Calendar& calendar) {
  if (!cycle.meeting_at) return std::nullopt;
  absl::CivilDay day = calendar.DayOf(*cycle.meeting_at);
  if (cycle.held) day = std::min(day, cycle.held->held_on);
  return day;
}

// From which day a deadline of this cycle counts; nullopt where the cycle has no such deadline.
std::optional<absl::CivilDay> AnchorOf(Rule rule, const Cycle& cycle, const Calendar& calendar) {
  switch (rule) {
    case Rule::kInitialStarted:
    case Rule::kInitialAvailable:
      return cycle.kind == CycleKind::kInitial ? std::optional(cycle.care_started_on)
                                               : std::nullopt;
    case Rule::kHeldByTermCutOff:
      return cycle.kind == CycleKind::kTermly ? std::optional(cycle.opened_on) : std::nullopt;
    case Rule::kHeldWithinFourMonths:
      return cycle.previous_held_on;
    case Rule::kUpdatedAfterMove:
      return cycle.moved_on;
    case Rule::kDraftReady:
    case Rule::kSdqScored:
      return MeetingDay(cycle, calendar);
    case Rule::kFinalised:
      return cycle.held ? std::optional(cycle.held->held_on) : std::nullopt;
  }
  return std::nullopt;
}

std::optional<absl::Time> TickedAt(const Cycle& cycle, ReadinessItem item) {
  auto tick = cycle.readiness.find(item);
  return tick == cycle.readiness.end() ? std::nullopt : std::optional(tick->second);
}

// When the work of a deadline was done.
std::optional<absl::Time> DoneAt(Rule rule, const Cycle& cycle) {
  switch (rule) {
    case Rule::kInitialStarted:
      return cycle.started_at;
    case Rule::kInitialAvailable:
    case Rule::kUpdatedAfterMove:
    case Rule::kFinalised:
      return cycle.finalised_at;
    case Rule::kHeldByTermCutOff:
    case Rule::kHeldWithinFourMonths:
      return cycle.held_at;
    case Rule::kDraftReady: {
      auto ticked = TickedAt(cycle, ReadinessItem::kEpepDraft);
      return ticked ? ticked : cycle.finalised_at;
    }
    case Rule::kSdqScored:
      return TickedAt(cycle, ReadinessItem::kSdq);
  }
  return std::nullopt;
}

}  // namespace

std::optional<DeadlineInstants> InstantsOf(Rule rule, const Cycle& cycle, const PlanFacts& facts) {
  const RuleTerms* row = RowOf(rule, facts);
  const auto anchor = AnchorOf(rule, cycle, *facts.calendar);
  if (!row || !anchor) return std::nullopt;
  if (rule != Rule::kHeldByTermCutOff) return CountFrom(*anchor, *row, *facts.calendar);
  if (!cycle.term) return std::nullopt;
  auto cut_off = facts.policy->cut_offs.find({cycle.academic_year, *cycle.term});
  if (cut_off != facts.policy->cut_offs.end()) {
    return CountTo(cut_off->second, *row, *facts.calendar);
  }
  // A profile without this term's cut-off: the term's last day is the outermost reading of it.
  auto span = facts.calendar->TermOn(cycle.opened_on);
  if (!span) return std::nullopt;
  return CountTo(span->last_day, *row, *facts.calendar);
}

void Settle(Progress& progress, const PlanFacts& facts, absl::Time at) {
  if (!progress.state.cycle) return;
  const bool closed = progress.state.cycle->stage == Stage::kClosed;
  // Without the profile or the bank holidays nothing can be counted; what runs goes on as it was.
  const bool countable = facts.policy && facts.bank_holidays_known;
  for (Rule rule : kAllRules) {
    const Cycle cycle = *progress.state.cycle;
    auto entry = cycle.deadlines.find(rule);
    const Deadline* deadline = entry == cycle.deadlines.end() ? nullptr : &entry->second;
    if (deadline && deadline->status == DeadlineStatus::kMet) continue;
    const bool live = deadline && deadline->status != DeadlineStatus::kWithdrawn;
    if (closed) {
      if (live) progress.Say(DeadlineWithdrawn{rule});
      continue;
    }
    const auto done_at = DoneAt(rule, cycle);
    const bool wanted = AnchorOf(rule, cycle, *facts.calendar).has_value();
    auto instants = countable ? InstantsOf(rule, cycle, facts) : std::nullopt;
    if (live && wanted && instants && *instants != deadline->instants) {
      const absl::Time old_due_at = deadline->instants.due_at;
      const absl::Time reached = done_at.value_or(at);
      const bool withdrawn =
          deadline->status == DeadlineStatus::kMissed && reached < MissedFrom(instants->due_at);
      progress.Say(DeadlineRecalculated{rule, *instants, old_due_at, withdrawn});
    }
    if (live && done_at) {
      const absl::Time due_at = progress.state.cycle->deadlines[rule].instants.due_at;
      progress.Say(DeadlineMet{rule, *done_at, *done_at >= MissedFrom(due_at)});
    } else if (live && (!wanted || (countable && !instants))) {
      progress.Say(DeadlineWithdrawn{rule});
    } else if (!live && wanted && instants && !done_at) {
      const bool passed = at >= MissedFrom(instants->due_at);
      progress.Say(DeadlineSet{rule, *std::move(instants), passed});
    }
  }
}

std::optional<NextMark> NextMarkOf(const PlanState& state) {
  std::optional<NextMark> next;
  auto consider = [&](NextMark mark) {
    if (!next || mark.at < next->at) next = mark;
  };
  if (!state.cycle) return next;
  for (const auto& [rule, deadline] : state.cycle->deadlines) {
    if (deadline.status != DeadlineStatus::kRunning) continue;
    auto reminder_at = ReminderAt(deadline.instants);
    if (!deadline.reminded && reminder_at) consider({*reminder_at, rule, true});
    consider({MissedFrom(deadline.instants.due_at), rule, false});
  }
  return next;
}

}  // namespace pepline::scheduling
