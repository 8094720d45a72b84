#include "shared/domain/deadline_events.h"

#include <utility>

namespace pepline {

void Apply(const DeadlineSet& set, Deadline& deadline) {
  deadline = {.instants = set.instants, .reminded = set.reminder_passed, .set_on = set.set_on};
}

void Apply(const DeadlineReminderReached&, Deadline& deadline) { deadline.reminded = true; }

void Apply(const DeadlineMissed&, Deadline& deadline) { deadline.status = DeadlineStatus::kMissed; }

void Apply(const DeadlineMet& met, Deadline& deadline) {
  deadline.status = DeadlineStatus::kMet;
  deadline.met_at = met.met_at;
  deadline.late = met.late;
}

void Apply(const DeadlineRecalculated& recalculated, Deadline& deadline) {
  deadline.instants = recalculated.instants;
  // Each due day has a reminder of its own.
  if (recalculated.instants.due_at != recalculated.old_due_at) {
    deadline.reminded = recalculated.reminder_passed;
  }
  if (!recalculated.miss_withdrawn) return;
  deadline.status = DeadlineStatus::kRunning;
  deadline.missed_for.reset();
}

void Apply(const DeadlineWithdrawn& withdrawn, Deadline& deadline) {
  deadline.status = withdrawn.waived_at ? DeadlineStatus::kWaived : DeadlineStatus::kWithdrawn;
  deadline.waived_at = withdrawn.waived_at;
  deadline.late = withdrawn.late;
}

std::vector<DeadlineEvent> SettleDeadline(Rule rule, const Deadline* deadline,
                                          const DeadlineBasis& basis, absl::Time at) {
  std::vector<DeadlineEvent> events;
  const auto ended_at = basis.done_at ? basis.done_at : basis.waived_at;
  const auto is_past = [at](const DeadlineInstants& instants) {
    return at >= MissedFrom(instants.due_at);
  };
  if (deadline == nullptr || !IsLive(*deadline)) {
    if (basis.wanted && basis.instants && !ended_at) {
      events.push_back(DeadlineSet{rule, *basis.instants, is_past(*basis.instants), basis.set_on});
    }
    // What was taken back was not what had met it: other work, of the same instant, had.
    if (deadline != nullptr && deadline->status == DeadlineStatus::kWithdrawn && basis.done_at &&
        deadline->met_at == basis.done_at) {
      events.push_back(DeadlineMet{rule, *basis.done_at, deadline->late});
    }
    return events;
  }
  Deadline counted = *deadline;
  if (basis.wanted && basis.instants && *basis.instants != deadline->instants) {
    const absl::Time reached = ended_at.value_or(at);
    const bool withdrawn = deadline->status == DeadlineStatus::kMissed && !deadline->miss_stands &&
                           reached < MissedFrom(basis.instants->due_at);
    const DeadlineRecalculated moved{rule, *basis.instants, deadline->instants.due_at, withdrawn,
                                     is_past(*basis.instants)};
    Apply(moved, counted);
    events.push_back(moved);
  }
  if (ended_at) {
    const bool late = counted.miss_stands || *ended_at >= MissedFrom(counted.instants.due_at);
    if (basis.done_at) {
      events.push_back(DeadlineMet{rule, *ended_at, late});
    } else {
      events.push_back(DeadlineWithdrawn{rule, ended_at, late});
    }
  } else if (!basis.wanted || !basis.in_profile) {
    events.push_back(DeadlineWithdrawn{rule});
  }
  return events;
}

}  // namespace pepline
