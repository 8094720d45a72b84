// The child's views, where they are no mere tick.
//
// A plan that the version before left with a meeting and without the deadline of the child's views
// is looked at when that deadline first says something, and there the deadline begins.
//
// Views that are taken back, since they are of another PEP or child, were never there: the item is
// open again, and the deadline that they ended begins anew, late at once where its day is past. So
// it is, too, where the ePEP is finalised: the deadline runs on beyond that.
#include <algorithm>

#include "services/scheduling/domain/decide.h"
#include "services/scheduling/domain/rules.h"
#include "services/scheduling/domain/settle.h"

namespace pepline::scheduling {

std::optional<absl::Time> ViewsDeadlineIsMissing(const PlanState& state, const PlanFacts& facts) {
  if (!IsOpen(state) || !facts.policy || !facts.bank_holidays_known) return std::nullopt;
  const Cycle& cycle = *state.cycle;
  if (FindDeadline(state, Rule::kViewsCaptured) != nullptr) return std::nullopt;
  if (IsSettled(cycle, ReadinessItem::kPupilViews)) return std::nullopt;
  const auto instants = InstantsOf(Rule::kViewsCaptured, cycle, facts);
  if (!instants) return std::nullopt;
  absl::Time first = MissedFrom(instants->due_at);
  for (const AlertInstant& level : instants->levels) first = std::min(first, level.at);
  return first;
}

MaybeRefusal On(const ReopenReadinessItem& command, Progress& progress, const PlanFacts& facts) {
  if (!progress.state.cycle->readiness.contains(command.item)) return std::nullopt;
  progress.Emit(PepReadinessItemReopened{command.item, std::min(command.reported_at, facts.now)});
  return std::nullopt;
}

}  // namespace pepline::scheduling
