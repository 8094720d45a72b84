// The PEP of a meeting that was held stays with the school that held it, when the child leaves that
// school, until its ePEP is finalised or the Virtual School hands it over with a reason.
//
// The school before is told of what is late with it and can finalise it, and nobody of the new one
// is asked for the document of a meeting that was held elsewhere. For the new school a PEP of its
// own opens, as after a finalised one, unless the change of school was a planned one (age.cc). Its
// deadlines keep the days that were counted by the calendar of the school before. What a child's
// meeting is to be, and a meeting that nobody has put on record, goes with the child: a meeting
// that is still to come is the new school's to confirm. Source: docs/domain.md 6.2; decision 63.
#include "services/scheduling/domain/decide.h"
#include "services/scheduling/domain/settle.h"

namespace pepline::scheduling {

SchoolUrn SchoolOf(const PlanState& state, const Cycle& pep) {
  return pep.stage == Stage::kHeld && !pep.school.empty() ? pep.school : state.school;
}

bool StaysBehind(const PlanState& state, const Cycle& pep) {
  return SchoolOf(state, pep) != state.school;
}

bool HasBeenLeft(const Cycle& pep, const PlanFacts& facts) {
  return pep.stage == Stage::kHeld && !pep.school.empty() && facts.child &&
         facts.child->school != pep.school;
}

bool OpensForMove(const PlanState& state, const PlanFacts& facts) {
  const Stage stage = state.cycle->stage;
  return (stage == Stage::kHeld || stage == Stage::kFinalised) && !state.school.empty() &&
         state.school != facts.child->school && !NeedsNoUpdate(facts);
}

void CorrectHeldPeps(PlanState& state, const SchoolUrn& from, const SchoolUrn& to) {
  ForEachPep(state, [&](Cycle& pep) {
    if (pep.stage == Stage::kHeld && pep.school == from) pep.school = to;
  });
}

MaybeRefusal On(const HandOverPep& command, Progress& progress, const PlanFacts&) {
  const PlanState& state = progress.state;
  const Cycle& pep = *state.cycle;
  if (!StaysBehind(state, pep)) {
    return Refuse(plan_refusals::kWithChildsSchool, "pep_id",
                  "this PEP is with the child's school; only one whose meeting was held at a "
                  "school before, and whose ePEP is not finalised, is handed over");
  }
  if (auto no = CheckReason(command.reason, "reason")) return no;
  progress.Emit(PepHandedOver{pep.school, state.school, command.reason});
  return std::nullopt;
}

}  // namespace pepline::scheduling
