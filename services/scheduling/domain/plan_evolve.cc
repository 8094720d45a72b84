// How each event changes the plan, and what follows from the state alone: the index.
#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/scheduling/domain/plan.h"
#include "services/scheduling/domain/settle.h"
#include "shared/domain/keep_newest.h"

namespace pepline::scheduling {
namespace {

void Begin(Cycle& cycle, absl::Time at) {
  if (!cycle.started_at) cycle.started_at = at;
}

// Events of a cycle on a state without one cannot come from Decide; they change nothing.
template <class Change>
void ChangeCycle(PlanState& state, Change change) {
  if (state.cycle) change(*state.cycle);
}

// Whoever is late with an ePEP does not end that by moving its meeting or calling it off.
void RememberUnrecorded(Cycle& cycle, absl::Time meeting_at) {
  const auto finalise = cycle.deadlines.find(Rule::kFinalised);
  const bool late =
      finalise != cycle.deadlines.end() && finalise->second.status == DeadlineStatus::kMissed;
  if (late && !cycle.unrecorded_meeting_at) cycle.unrecorded_meeting_at = meeting_at;
}

void KeepChange(Cycle& cycle, MeetingChange change) {
  KeepNewest(cycle.meeting_changes, std::move(change), kMostMeetingChanges);
}

// A PEP that is over leaves the plan for a record of its own.
void PutAside(PlanState& state, Cycle pep) {
  state.closed.push_back({pep.number, pep.academic_year, pep.term});
  state.put_aside.push_back(std::move(pep));
}

// The next PEP counts its months from the last meeting before it, also where that was put on record
// only when the next PEP was open.
void CountFromMeeting(PlanState& state, const Cycle& held_late) {
  ForEachPep(state, [&](Cycle& later) {
    if (later.number <= held_late.number || later.care_started_on != held_late.care_started_on) {
      return;
    }
    auto& from = later.previous_held_on;
    if (!from || *from < held_late.held->held_on) from = held_late.held->held_on;
  });
}

void ChangeEarlier(PlanState& state, const OfEarlierPep& of) {
  const auto found = std::ranges::find(state.earlier, of.number, &Cycle::number);
  if (found == state.earlier.end()) return;
  PlanState alone{state.child, state.authority, state.school, std::move(*found)};
  alone = std::visit(
      [&](const auto& event) { return Plan::Evolve(std::move(alone), PlanEvent(event)); },
      of.event);
  *found = *std::move(alone.cycle);
  std::ranges::move(alone.versions_made, std::back_inserter(state.versions_made));
  if (std::holds_alternative<PepMeetingHeld>(of.event)) CountFromMeeting(state, Cycle(*found));
  if (const auto* corrected = std::get_if<PepMeetingCorrected>(&of.event)) {
    CountFromCorrected(state, *corrected);
  }
  if (found->stage != Stage::kClosed) return;
  PutAside(state, std::move(*found));
  state.earlier.erase(found);
}

template <class Event>
void ChangeDeadline(PlanState& state, const Event& event) {
  if (event.rule == Rule::kPepOpen) {
    if (!state.pep_open) state.pep_open.emplace();
    Apply(event, *state.pep_open);
    return;
  }
  ChangeCycle(state, [&](Cycle& cycle) { Apply(event, cycle.deadlines[event.rule]); });
}

}  // namespace

PlanState Plan::Evolve(PlanState state, const PlanEvent& event) {
  const auto undone = WorkTakenBackBy(state, event);
  std::visit(Match{
                 [&](const PepCycleOpened& opened) {
                   state.child = opened.child;
                   state.authority = opened.authority;
                   state.school = opened.school;
                   if (state.cycle && state.cycle->stage == Stage::kClosed) {
                     PutAside(state, *std::move(state.cycle));
                   } else if (state.cycle) {
                     state.earlier.push_back(*std::move(state.cycle));
                   }
                   state.cycle = opened.cycle;
                 },
                 [&](const PepInterimOpened& opened) {
                   ChangeCycle(state, [&](Cycle& cycle) {
                     cycle.stage = Stage::kInterim;
                     cycle.interim_at = opened.at;
                     Begin(cycle, opened.at);
                   });
                 },
                 [&](const PepMeetingScheduled& scheduled) {
                   ChangeCycle(state, [&](Cycle& cycle) {
                     cycle.stage = Stage::kScheduled;
                     cycle.meeting_at = scheduled.meeting_at;
                     cycle.no_school_day_reason = scheduled.no_school_day_reason;
                   });
                 },
                 [&](const PepMeetingRescheduled& rescheduled) {
                   ChangeCycle(state, [&](Cycle& cycle) {
                     RememberUnrecorded(cycle, rescheduled.old_meeting_at);
                     RememberMisses(cycle, rescheduled.old_meeting_at);
                     KeepChange(cycle, {rescheduled.at, rescheduled.old_meeting_at,
                                        rescheduled.meeting_at, rescheduled.reason});
                     cycle.meeting_at = rescheduled.meeting_at;
                     cycle.no_school_day_reason = rescheduled.no_school_day_reason;
                     cycle.times_rescheduled = rescheduled.times_rescheduled;
                     cycle.meeting_to_confirm = false;
                   });
                 },
                 [&](const PepMeetingCancelled& cancelled) {
                   ChangeCycle(state, [&](Cycle& cycle) {
                     RememberUnrecorded(cycle, cancelled.cancelled_meeting_at);
                     RememberMisses(cycle, cancelled.cancelled_meeting_at);
                     KeepChange(cycle, {cancelled.at, cancelled.cancelled_meeting_at, std::nullopt,
                                        cancelled.reason});
                     cycle.stage = cycle.interim_at ? Stage::kInterim : Stage::kDue;
                     cycle.meeting_at.reset();
                     cycle.no_school_day_reason.clear();
                     cycle.meeting_to_confirm = false;
                   });
                 },
                 [&](const PepMeetingConfirmed& confirmed) {
                   ChangeCycle(state, [&](Cycle& cycle) {
                     cycle.no_school_day_reason = confirmed.no_school_day_reason;
                     cycle.meeting_to_confirm = false;
                   });
                 },
                 [&](const PepPreparationStarted& started) {
                   ChangeCycle(state, [&](Cycle& cycle) {
                     cycle.stage = Stage::kPreparing;
                     Begin(cycle, started.at);
                   });
                 },
                 [&](const PepReadinessItemCompleted& completed) {
                   ChangeCycle(state, [&](Cycle& cycle) {
                     cycle.readiness.emplace(completed.item, completed.completed_at);
                     if (completed.item != ReadinessItem::kInterventionsCosted) return;
                     if (completed.request.empty()) {
                       cycle.costs_ticked_by_hand = true;
                     } else {
                       cycle.costing_requests.insert(completed.request);
                     }
                   });
                 },
                 [&](const PepCostsWithdrawn& withdrawn) {
                   ChangeCycle(state, [&](Cycle& cycle) {
                     cycle.costing_requests.erase(withdrawn.request);
                     if (withdrawn.open_again)
                       cycle.readiness.erase(ReadinessItem::kInterventionsCosted);
                   });
                 },
                 [&](const PepReadinessItemReopened& reopened) {
                   ChangeCycle(state, [&](Cycle& cycle) { cycle.readiness.erase(reopened.item); });
                 },
                 [&](const PepReadinessItemWaived& waived) {
                   ChangeCycle(state, [&](Cycle& cycle) {
                     cycle.waived.emplace(waived.item, waived.waived_at);
                   });
                 },
                 [&](const PepMeetingHeld& held) {
                   ChangeCycle(state, [&](Cycle& cycle) {
                     cycle.stage = Stage::kHeld;
                     cycle.held = held.meeting;
                     cycle.held_at = held.held_at;
                     cycle.recorded_at = held.recorded_at;
                     cycle.school = state.school;
                     cycle.meeting_to_confirm = false;
                     Begin(cycle, held.held_at);
                   });
                 },
                 [&](const PepMeetingCorrected& corrected) {
                   ChangeCycle(state, [&](Cycle& cycle) { Apply(corrected, cycle); });
                 },
                 [&](const EpepFinalisationTakenBack& taken_back) {
                   ChangeCycle(state, [&](Cycle& cycle) { Apply(taken_back, cycle); });
                 },
                 [&](const EpepFinalised& finalised) {
                   ChangeCycle(state, [&](Cycle& cycle) {
                     cycle.stage = Stage::kFinalised;
                     cycle.finalised_at = finalised.finalised_at;
                     cycle.epep_versions = std::max(cycle.epep_versions, finalised.version);
                   });
                   if (finalised.content) state.versions_made.push_back(*finalised.content);
                 },
                 [&](const PepCycleClosed& closed) {
                   ChangeCycle(state, [&](Cycle& cycle) {
                     cycle.stage = Stage::kClosed;
                     cycle.outcome = closed.outcome;
                     cycle.write_off_reason = closed.write_off_reason;
                   });
                 },
                 [&](const PepTransferredToSchool& transferred) {
                   if (transferred.corrected)
                     CorrectHeldPeps(state, transferred.from, transferred.to);
                   state.school = transferred.to;
                   ChangeCycle(state, [&](Cycle& cycle) {
                     if (transferred.corrected) return ApplyCorrected(transferred, cycle);
                     cycle.meeting_to_confirm = transferred.meeting_to_confirm.has_value();
                     // A second move begins no new days: the PEP was to be updated since the first.
                     if (!cycle.moved_on) cycle.moved_on = transferred.moved_on;
                   });
                 },
                 [&](const PepCareStartCorrected& corrected) {
                   ChangeCycle(state, [&](Cycle& cycle) { Apply(corrected, cycle); });
                 },
                 [&](const PepHandedOver& over) {
                   ChangeCycle(state, [&](Cycle& cycle) {
                     cycle.school = over.to;
                     cycle.hand_over_reason = over.reason;
                   });
                 },
                 [&](const PepAgeEnded& ended) {
                   state.adult_on = ended.adult_on;
                   if (state.cycle) return;
                   state.child = ended.owner.child;
                   state.authority = ended.owner.authority;
                   state.school = ended.owner.school;
                 },
                 [&](const DeadlineSet& set) {
                   if (set.owner) {
                     state.child = set.owner->child;
                     state.authority = set.owner->authority;
                     state.school = set.owner->school;
                   }
                   ChangeDeadline(state, set);
                 },
                 [&](const DeadlineReminderReached& reached) { ChangeDeadline(state, reached); },
                 [&](const DeadlineMissed& missed) { ChangeDeadline(state, missed); },
                 [&](const DeadlineMet& met) { ChangeDeadline(state, met); },
                 [&](const DeadlineRecalculated& moved) { ChangeDeadline(state, moved); },
                 [&](const DeadlineWithdrawn& withdrawn) { ChangeDeadline(state, withdrawn); },
                 [&](const OfEarlierPep& of) { ChangeEarlier(state, of); },
             },
             event);
  if (undone) EndWhatItMet(*undone, state);
  return state;
}

// A plan is found by the lists that its child is on (children.h), and by the school that a PEP of
// it stays with.
std::vector<IndexEntry> Plan::Index(const PlanState& state) {
  std::set<IndexEntry> entries;
  ForEachPep(state, [&](const Cycle& pep) {
    if (StaysBehind(state, pep)) entries.insert(PlansWithPepLeftAt(pep.school.text()));
  });
  return {entries.begin(), entries.end()};
}

PepId PepIdOf(const ChildId& child, int cycle_number) {
  return PepId(absl::StrCat(child.text(), ".", cycle_number));
}

std::optional<PlanState> PlanOfPep(const PlanState& state, int number) {
  PlanState alone{state.child, state.authority, state.school, std::nullopt};
  if (state.cycle && state.cycle->number == number) {
    alone.cycle = state.cycle;
    alone.pep_open = state.pep_open;
    return alone;
  }
  for (const auto* peps : {&state.earlier, &state.put_aside}) {
    const auto found = std::ranges::find(*peps, number, &Cycle::number);
    if (found == peps->end()) continue;
    alone.cycle = *found;
    return alone;
  }
  return std::nullopt;
}

bool IsOpen(const PlanState& state) { return state.cycle && state.cycle->stage != Stage::kClosed; }

const Deadline* FindDeadline(const PlanState& state, Rule rule) {
  if (rule == Rule::kPepOpen) return state.pep_open ? &*state.pep_open : nullptr;
  if (!state.cycle) return nullptr;
  const auto found = state.cycle->deadlines.find(rule);
  return found == state.cycle->deadlines.end() ? nullptr : &found->second;
}

bool ChairedByDesignatedTeacher(const HeldMeeting& held) {
  return held.chair == Attendee::kDesignatedTeacher ||
         held.chair == Attendee::kDeputyDesignatedTeacher;
}

bool ChildAttended(const HeldMeeting& held) {
  return std::ranges::find(held.attendees, Attendee::kChild) != held.attendees.end();
}

bool IsSettled(const Cycle& cycle, ReadinessItem item) {
  return cycle.readiness.contains(item) || cycle.waived.contains(item);
}

std::string_view StageName(Stage stage) {
  switch (stage) {
    case Stage::kDue:
      return "due";
    case Stage::kInterim:
      return "interim";
    case Stage::kScheduled:
      return "scheduled";
    case Stage::kPreparing:
      return "preparing";
    case Stage::kHeld:
      return "held";
    case Stage::kFinalised:
      return "finalised";
    case Stage::kClosed:
      return "closed";
  }
  return "";
}

}  // namespace pepline::scheduling
