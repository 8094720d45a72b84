// When an ePEP is finalised, and what has to be on record before.
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/scheduling/domain/decide.h"
#include "services/scheduling/domain/plan.h"
#include "services/scheduling/domain/settle.h"

namespace pepline::scheduling {
namespace {

// Everything that is missing at once, so that nobody comes back for the next.
MaybeRefusal NeedsOutcomesOf(const PlanFacts& facts, const ChildId& child, int pep) {
  if (!facts.policy || !facts.policy->finalise_needs_outcomes) return std::nullopt;
  std::vector<std::string> missing;
  const auto own = facts.outcomes.find(pep);
  if (own == facts.outcomes.end() || own->second.smart == 0) {
    missing.push_back("set at least one outcome that is SMART");
  }
  for (const auto& [number, outcomes] : facts.outcomes) {
    if (number >= pep || outcomes.waiting == 0) continue;
    missing.push_back(absl::StrCat("review or drop ", outcomes.waiting,
                                   outcomes.waiting == 1 ? " outcome" : " outcomes", " of PEP ",
                                   PepIdOf(child, number).text()));
  }
  if (missing.empty()) return std::nullopt;
  return Refuse(plan_refusals::kEpepNotComplete, "",
                absl::StrCat("first ", absl::StrJoin(missing, "; "),
                             ". What was put on record just now is known here in some seconds"));
}

}  // namespace

bool NeedsOutcomes(const PlanCommand& command) {
  return std::holds_alternative<FinaliseEpep>(command);
}

MaybeRefusal On(const FinaliseEpep&, Progress& progress, const PlanFacts& facts) {
  const Cycle& cycle = *progress.state.cycle;
  if (cycle.stage == Stage::kFinalised) {
    return Refuse(plan_refusals::kAlreadyFinalised, "",
                  "the ePEP is finalised; nothing is left to do");
  }
  if (!cycle.held) {
    return Refuse(plan_refusals::kNotHeld, "", "hold the meeting first, then finalise its ePEP");
  }
  if (auto no = NeedsOutcomesOf(facts, progress.state.child, cycle.number)) return no;
  const Calendar& calendar = *facts.calendar;
  auto deadline = cycle.deadlines.find(Rule::kFinalised);
  const bool within_limit =
      deadline == cycle.deadlines.end() || facts.now < MissedFrom(deadline->second.instants.due_at);
  progress.Emit(EpepFinalised{
      facts.now, calendar.SchoolDaysBetween(cycle.held->held_on, calendar.DayOf(facts.now)),
      within_limit});
  return std::nullopt;
}

}  // namespace pepline::scheduling
