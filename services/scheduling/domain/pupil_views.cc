// A plan that the version before left with a meeting and without the deadline of the child's views:
// it is looked at when that deadline first says something, and there the deadline begins.
#include <algorithm>

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

}  // namespace pepline::scheduling
