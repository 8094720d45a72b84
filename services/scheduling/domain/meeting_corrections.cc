// What a person puts right after it was put on record: the day of a held meeting, who chaired and
// who was there, and that the ePEP was finalised.
//
// Deadlines follow. What was met by the wrong day is said met anew, in time or late by the right
// one; what was said missed stays said, so that its work ends it late. An ePEP that is taken back
// is waited for again by the day that it was due, which may be past: then it is late at once. Why
// is kept and never leaves scheduling. A PEP that is over has left the plan and is corrected no
// more. Source: design (docs/domain.md 6.9); decision 73.
#include <algorithm>
#include <utility>

#include "services/scheduling/domain/decide.h"
#include "shared/domain/keep_newest.h"

namespace pepline::scheduling {
namespace {

void Keep(Cycle& cycle, Correction correction) {
  KeepNewest(cycle.corrections, std::move(correction), kMostCorrections);
}

// What the correction says, on what is on record; it needs no reason of its own for what is out of
// the ordinary.
HeldMeeting Corrected(const CorrectPepMeeting& command, HeldMeeting meeting) {
  meeting.held_on = command.held_on.value_or(meeting.held_on);
  if (command.chair) meeting.chair = command.chair;
  if (!command.attendees.empty()) meeting.attendees = command.attendees;
  for (std::string* reason : {&meeting.record_reason, &meeting.attendance_reason}) {
    if (reason->empty()) *reason = command.reason;
  }
  return meeting;
}

void SayMetAnew(Progress& progress, const RuleRow& row, const PlanFacts& facts) {
  const Cycle cycle = *progress.state.cycle;
  const auto found = cycle.deadlines.find(row.rule);
  if (found == cycle.deadlines.end() || found->second.status != DeadlineStatus::kMet) return;
  const Deadline& deadline = found->second;
  const bool countable = facts.policy && facts.bank_holidays_known && !HasBeenLeft(cycle, facts);
  auto counted = countable ? InstantsOf(row.rule, cycle, facts) : std::nullopt;
  const DeadlineInstants instants = std::move(counted).value_or(deadline.instants);
  // What a later PEP has served is done when that did it.
  const auto done_at = DoneAt(row, cycle, {}, facts);
  const absl::Time met_at = done_at.value_or(*deadline.met_at);
  const bool late = deadline.late || met_at >= MissedFrom(instants.due_at);
  if (instants != deadline.instants) {
    const bool passed = facts.now >= MissedFrom(instants.due_at);
    progress.Emit(
        DeadlineRecalculated{row.rule, instants, deadline.instants.due_at, false, passed});
  }
  if (met_at != *deadline.met_at || late != deadline.late) {
    progress.Emit(DeadlineMet{row.rule, met_at, late});
  }
}

}  // namespace

MaybeRefusal On(const CorrectPepMeeting& command, Progress& progress, const PlanFacts& facts) {
  const Cycle& cycle = *progress.state.cycle;
  if (!cycle.held) {
    return Refuse(plan_refusals::kNotHeld, "",
                  "no meeting is on record as held, so there is nothing to put right");
  }
  if (auto no = CheckReason(command.reason, "reason")) return no;
  const Calendar& calendar = *facts.calendar;
  const HeldMeeting old_meeting = *cycle.held;
  HeldMeeting meeting = Corrected(command, old_meeting);
  if (auto no = CheckHeldDay(meeting.held_on, cycle, facts)) return no;
  if (cycle.finalised_at && meeting.held_on > calendar.DayOf(*cycle.finalised_at)) {
    return Refuse(plan_refusals::kHeldAfterFinalised, "held_on",
                  "the ePEP was finalised before that day; take that back first");
  }
  if (auto no = CheckAttendance(meeting)) return no;
  PlanFacts then = facts;
  then.now = cycle.recorded_at.value_or(*cycle.held_at);
  if (auto no = CheckRecord(cycle, SchoolOf(progress.state, cycle), meeting, then)) return no;
  if (meeting == old_meeting) return std::nullopt;
  // Before its day a meeting was not on record as held.
  const bool was_ahead = calendar.DayOf(then.now) < meeting.held_on;
  const absl::Time held_at =
      std::min(was_ahead ? facts.now : then.now, calendar.EndOf(meeting.held_on));
  progress.Emit(
      PepMeetingCorrected{old_meeting, std::move(meeting), held_at, facts.now, command.reason});
  for (const RuleRow& row : RuleRows()) SayMetAnew(progress, row, facts);
  return std::nullopt;
}

MaybeRefusal On(const TakeBackFinalisation& command, Progress& progress, const PlanFacts& facts) {
  const Cycle& cycle = *progress.state.cycle;
  if (!cycle.finalised_at) {
    return Refuse(plan_refusals::kNotFinalised, "",
                  "the ePEP is not on record as finalised, so there is nothing to take back");
  }
  if (auto no = CheckReason(command.reason, "reason")) return no;
  progress.Emit(EpepFinalisationTakenBack{*cycle.finalised_at, facts.now, command.reason});
  return std::nullopt;
}

void Apply(const PepMeetingCorrected& corrected, Cycle& cycle) {
  const absl::CivilDay old_day = corrected.old_meeting.held_on;
  cycle.held = corrected.meeting;
  cycle.held_at = corrected.held_at;
  Keep(cycle, {corrected.at, old_day, std::nullopt, corrected.reason});
  if (corrected.meeting.held_on == old_day) return;
  for (auto& [rule, deadline] : cycle.deadlines) {
    if (deadline.status == DeadlineStatus::kMissed) deadline.miss_stands = true;
  }
}

void Apply(const EpepFinalisationTakenBack& taken_back, Cycle& cycle) {
  cycle.stage = Stage::kHeld;
  cycle.finalised_at.reset();
  Keep(cycle, {taken_back.at, std::nullopt, taken_back.finalised_at, taken_back.reason});
}

void CountFromCorrected(PlanState& state, const PepMeetingCorrected& corrected) {
  ForEachPep(state, [&](Cycle& later) {
    if (later.previous_held_on != corrected.old_meeting.held_on) return;
    later.previous_held_on = corrected.meeting.held_on;
    const auto found = later.deadlines.find(Rule::kHeldWithinFourMonths);
    if (found != later.deadlines.end() && found->second.status == DeadlineStatus::kMissed) {
      found->second.miss_stands = true;
    }
  });
}

}  // namespace pepline::scheduling
