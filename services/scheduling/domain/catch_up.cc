// Saying what time and the facts have brought about since the plan was last looked at.
#include <algorithm>
#include <utility>

#include "services/scheduling/domain/settle.h"

namespace pepline::scheduling {
namespace {

bool MovesWithinCycle(const PlanState& state, const PlanFacts& facts) {
  return IsOpen(state) && !EpisodeIsOver(state, *facts.child) &&
         facts.child->school != state.school && !OpensForMove(state, facts);
}

void Transfer(Progress& progress, const PlanFacts& facts) {
  const ChildFacts& child = *facts.child;
  PepTransferredToSchool transferred{progress.state.school, child.school, std::nullopt};
  // The first school is not a move; nothing that was written at another school needs updating.
  if (!transferred.from.empty()) {
    const Cycle& cycle = *progress.state.cycle;
    if (!cycle.held && cycle.meeting_at && *cycle.meeting_at > facts.now) {
      transferred.meeting_to_confirm = cycle.meeting_at;
    }
    transferred.planned = NeedsNoUpdate(facts);
  }
  if (!transferred.from.empty() && !transferred.planned) {
    transferred.moved_on = child.moved_on.value_or(facts.calendar->DayOf(child.school_recorded_at));
  }
  progress.Emit(std::move(transferred));
}

void Open(Progress& progress, const PlanFacts& facts, Opening opening) {
  progress.Emit(PepCycleOpened{facts.child_id, facts.child->authority, facts.child->school,
                               std::move(opening.cycle)});
  EndPepOpen(progress, facts, opening.at);
}

void CloseAll(Progress& progress, absl::Time at) {
  for (const int number : EarlierPeps(progress.state)) {
    CloseEarlierPep(progress, number, {CycleOutcome::kCareCeased}, at);
  }
  progress.Emit(PepCycleClosed{CycleOutcome::kCareCeased});
}

void EmitInstant(Progress& progress, const NextInstant& instant) {
  const auto emit = [&instant](Progress& pep) {
    if (instant.reminder) {
      pep.Emit(DeadlineReminderReached{instant.rule});
    } else {
      pep.Emit(DeadlineMissed{instant.rule});
    }
  };
  if (instant.earlier) {
    ForEarlierPep(progress, *instant.earlier, emit);
  } else {
    emit(progress);
  }
}

}  // namespace

void CatchUp(Progress& progress, const PlanFacts& facts) {
  const auto& child = facts.child;
  SayCorrections(progress, facts);
  // While a move is still to be said, the calendar in the facts is already the new school's.
  const bool school_agrees =
      !child || !IsOpen(progress.state) || child->school == progress.state.school;
  if (school_agrees) Settle(progress, facts, facts.now);
  SettlePepOpen(progress, facts);

  for (;;) {
    const absl::Time never = absl::InfiniteFuture();
    const PlanState& state = progress.state;
    const absl::Time over_at = child && EpisodeIsOver(state, *child)
                                   ? std::min(child->care_recorded_at, facts.now)
                                   : never;
    const absl::Time moved_at = child && MovesWithinCycle(state, facts)
                                    ? std::min(child->school_recorded_at, facts.now)
                                    : never;
    const auto instant = NextInstantOf(state);
    const absl::Time instant_at = instant ? instant->at : never;
    auto opening = OpeningOf(state, facts);
    const absl::Time opens_at = opening ? opening->at : never;
    const absl::Time missing_at = PepOpenBeginsAt(state, facts, opening).value_or(never);
    const absl::Time provisional_at = ProvisionalBeginsAt(state, facts).value_or(never);
    const absl::Time age_ends_at = AgeEndsAt(state, facts).value_or(never);
    const absl::Time at = std::min(
        {over_at, moved_at, instant_at, opens_at, missing_at, provisional_at, age_ends_at});
    if (at > facts.now) return;

    if (over_at == at) {
      CloseAll(progress, at);
    } else if (moved_at == at) {
      Transfer(progress, facts);
    } else if (provisional_at == at) {
      BeginProvisional(progress, facts, at);
      continue;
    } else if (instant_at == at) {
      EmitInstant(progress, *instant);
      continue;  // what is reached changes nothing that deadlines follow from
    } else if (missing_at == at) {
      BeginPepOpen(progress, facts);
      continue;
    } else if (age_ends_at == at) {
      EndAge(progress, facts);
      continue;
    } else {
      Open(progress, facts, *std::move(opening));
    }
    Settle(progress, facts, at);
    SettlePepOpen(progress, facts);
  }
}

std::optional<absl::Time> Plan::NextWake(const PlanState& state, const PlanFacts& facts) {
  const auto opening = OpeningOf(state, facts);
  std::optional<absl::Time> next = PepOpenBeginsAt(state, facts, opening);
  auto consider = [&](absl::Time at) {
    if (!next || at < *next) next = at;
  };
  if (auto instant = NextInstantOf(state)) consider(instant->at);
  if (auto begins = ProvisionalBeginsAt(state, facts)) consider(*begins);
  if (auto missing = MeetingRecordedIsMissing(state, facts)) consider(*missing);
  if (auto missing = ViewsDeadlineIsMissing(state, facts)) consider(*missing);
  if (auto age_ends = AgeEndsAt(state, facts)) consider(*age_ends);
  if (opening) consider(opening->at);
  return next;
}

}  // namespace pepline::scheduling
