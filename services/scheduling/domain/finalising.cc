// When an ePEP is finalised, and what has to be on record before.
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/scheduling/domain/decide.h"
#include "services/scheduling/domain/epep/form.h"
#include "services/scheduling/domain/plan.h"
#include "services/scheduling/domain/settle.h"

namespace pepline::scheduling {
namespace {

using Missing = std::vector<std::string>;

void AddMissingOutcomes(const PlanFacts& facts, const ChildId& child, int pep, Missing& missing) {
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
}

// Everything that is missing at once, so that nobody comes back for the next.
MaybeRefusal NeedsWhatTheProfileAsks(const PlanFacts& facts, const ChildId& child, int pep,
                                     const Completeness& content) {
  if (!facts.policy) return std::nullopt;
  Missing missing;
  if (facts.policy->finalise_needs_outcomes) AddMissingOutcomes(facts, child, pep, missing);
  const bool outcomes_missing = !missing.empty();
  if (facts.policy->finalise_needs_sections && !content.missing.empty()) {
    missing.push_back(absl::StrCat("complete the section", content.missing.size() == 1 ? " " : "s ",
                                   absl::StrJoin(content.missing, ", "), " of the ePEP"));
  }
  if (missing.empty()) return std::nullopt;
  return Refuse(plan_refusals::kEpepNotComplete, "",
                absl::StrCat("first ", absl::StrJoin(missing, "; "),
                             outcomes_missing ? ". What was put on record of outcomes just now is "
                                                "known here in some seconds"
                                              : ""));
}

}  // namespace

bool IsToFinalise(const PlanCommand& command) {
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
  const PlanState& plan = progress.state;
  EpepVersion content = AsItStands(FormOf(plan, cycle, facts), facts.content.epep);
  const Completeness so_far = CompletenessOf(content.sections);
  if (auto no = NeedsWhatTheProfileAsks(facts, plan.child, cycle.number, so_far)) return no;
  const Calendar& calendar = *facts.calendar;
  auto deadline = cycle.deadlines.find(Rule::kFinalised);
  const bool within_limit =
      deadline == cycle.deadlines.end() || facts.now < MissedFrom(deadline->second.instants.due_at);
  EpepFinalised finalised{
      facts.now, calendar.SchoolDaysBetween(cycle.held->held_on, calendar.DayOf(facts.now)),
      within_limit};
  if (HasContent(facts.content.epep)) {
    content.version = finalised.version = facts.content.next_version;
    content.finalised_at = facts.now;
    finalised.sections_complete = so_far.complete;
    finalised.content = std::move(content);
  }
  progress.Emit(std::move(finalised));
  return std::nullopt;
}

}  // namespace pepline::scheduling
