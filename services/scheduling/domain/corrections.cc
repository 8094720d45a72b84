// What registry put right after it had been said: the day on which care started, the child's school
// or the day of a move, and an end of care that was none.
//
// A corrected start is no new care episode: the PEP goes on, and its deadlines are counted from the
// right day. So it is with the school: the child did not move. What was said missed by the wrong
// day stays missed, and its work ends it late: whoever was told of it was told in earnest. Where an
// end of care is taken back the PEP that it closed stays closed, and the child is one without a
// PEP, for whom one opens at once by the rules of opening.cc: the initial one where it was not
// finalised. Source: docs/domain.md 6.9; decision 59.
#include <algorithm>
#include <utility>

#include "services/scheduling/domain/settle.h"

namespace pepline::scheduling {
namespace {

void KeepMiss(Cycle& cycle, Rule rule) {
  const auto found = cycle.deadlines.find(rule);
  if (found == cycle.deadlines.end() || found->second.status != DeadlineStatus::kMissed) return;
  found->second.miss_stands = true;
}

void SayStart(Progress& progress, const PlanFacts& facts) {
  Cycle cycle = *progress.state.cycle;
  PepCareStartCorrected corrected{cycle.care_started_on, facts.child->care_started_on,
                                  cycle.academic_year, cycle.term};
  Apply(corrected, cycle);
  if (cycle.kind == CycleKind::kInitial) NameTermOfOpening(cycle, *facts.calendar);
  corrected.academic_year = cycle.academic_year;
  corrected.term = cycle.term;
  progress.Emit(std::move(corrected));
}

bool Contains(const std::vector<absl::CivilDay>& days, absl::CivilDay day) {
  return std::ranges::find(days, day) != days.end();
}

// The day of the first change of school since this PEP opened, as it is known now. A second move
// begins no new days, so a correction of that one changes nothing here.
std::optional<absl::CivilDay> RightMove(const Cycle& cycle, const ChildFacts& child) {
  if (!cycle.moved_on || !Contains(child.wrong_moves, *cycle.moved_on)) return cycle.moved_on;
  if (!child.move_taken_back) return child.moved_on;
  // The PEP of a move asks for the update until the Virtual School says otherwise.
  return cycle.kind == CycleKind::kMove ? cycle.moved_on : std::nullopt;
}

// Which school it is is the plan's to say, with its newest PEP; the day of a move is each PEP's.
void SaySchool(Progress& progress, const ChildFacts& child, bool newest) {
  const PlanState& state = progress.state;
  if (!child.school_corrected || state.school.empty() || child.school.empty()) return;
  const auto moved_on = RightMove(*state.cycle, child);
  const bool other_school = newest && state.school != child.school;
  if (!other_school && moved_on == state.cycle->moved_on) return;
  const bool stays = !newest && StaysBehind(state, *state.cycle);
  const SchoolUrn from = stays ? state.cycle->school : state.school;
  progress.Emit(PepTransferredToSchool{from, stays ? from : child.school, moved_on,
                                       /*corrected=*/true});
}

void SayOfPep(Progress& pep, const PlanFacts& facts, bool newest) {
  if (pep.state.cycle->care_started_on != facts.child->care_started_on) SayStart(pep, facts);
  SaySchool(pep, *facts.child, newest);
}

}  // namespace

bool IsOfThisCare(const Cycle& cycle, const ChildFacts& child) {
  return cycle.care_started_on == child.care_started_on ||
         Contains(child.earlier_care_starts, cycle.care_started_on);
}

bool LeftInitialUnfinished(const Cycle& cycle) {
  return cycle.kind == CycleKind::kInitial && !cycle.finalised_at;
}

void SayCorrections(Progress& progress, const PlanFacts& facts) {
  const PlanState& state = progress.state;
  if (!facts.child || !IsOpen(state) || EpisodeIsOver(state, *facts.child)) return;
  for (const int number : EarlierPeps(state)) {
    ForEarlierPep(progress, number, [&](Progress& pep) { SayOfPep(pep, facts, false); });
  }
  SayOfPep(progress, facts, true);
}

void Apply(const PepCareStartCorrected& corrected, Cycle& cycle) {
  cycle.care_started_on = corrected.started_on;
  cycle.academic_year = corrected.academic_year;
  cycle.term = corrected.term;
  if (cycle.kind == CycleKind::kInitial) cycle.opened_on = corrected.started_on;
  KeepMiss(cycle, Rule::kInitialStarted);
  KeepMiss(cycle, Rule::kInitialAvailable);
}

void ApplyCorrected(const PepTransferredToSchool& transferred, Cycle& cycle) {
  cycle.moved_on = transferred.moved_on;
  if (transferred.from != transferred.to) cycle.meeting_to_confirm = false;
  KeepMiss(cycle, Rule::kUpdatedAfterMove);
}

}  // namespace pepline::scheduling
