// When a child's next PEP opens: the initial one when care starts, then one each term.
//
// A term's PEP opens on the term's first day. It waits while the current one is still being worked
// on: until an arranged meeting is five school days past, and until everybody who is to be told
// about an overdue initial, moved or held PEP has been told, so that no overdue work is covered up
// by the next cycle. What was never arranged closes as not completed.
#include <algorithm>
#include <utility>

#include "services/scheduling/domain/rules.h"
#include "services/scheduling/domain/settle.h"

namespace pepline::scheduling {
namespace {

constexpr int kDaysToRecordAMeeting = 5;
constexpr int kInitialAvailableDays = 20;  // SI 2010/959 with the DfE guidance of 2018

bool SameEpisode(const PlanState& state, const ChildFacts& child) {
  return state.cycle && state.cycle->care_started_on == child.care_started_on &&
         state.authority == child.authority;
}

Cycle NextCycle(const PlanState& state, const ChildFacts& child, CycleKind kind) {
  Cycle cycle;
  cycle.kind = kind;
  cycle.care_started_on = child.care_started_on;
  cycle.number = state.cycle ? state.cycle->number + 1 : 1;
  if (SameEpisode(state, child)) {
    cycle.previous_held_on = state.cycle->held ? std::optional(state.cycle->held->held_on)
                                               : state.cycle->previous_held_on;
  }
  return cycle;
}

// Of the term that the day lies in, or whose holiday before it; none where term dates are missing,
// since the next known one may be a year away.
void NameTerm(Cycle& cycle, const Calendar& calendar) {
  auto span = calendar.TermOn(cycle.opened_on);
  if (!span) span = calendar.TermToCome(cycle.opened_on);
  if (!span) return;
  cycle.academic_year = span->academic_year;
  cycle.term = span->term;
}

// Is this term served already, so that no PEP of its own opens in it?
bool IsServed(const TermSpan& span, const PlanState& state) {
  if (!IsOpen(state)) return false;
  const Cycle& cycle = *state.cycle;
  // Corrected term dates must not open the same term twice.
  if (cycle.kind == CycleKind::kTermly) {
    return cycle.academic_year == span.academic_year && cycle.term == span.term;
  }
  return cycle.held && cycle.held->held_on >= span.first_day &&
         cycle.held->held_on <= span.last_day;
}

std::optional<Opening> TermlyFrom(std::optional<TermSpan> span, absl::Time not_before,
                                  const PlanState& state, const PlanFacts& facts) {
  const Calendar& calendar = *facts.calendar;
  for (; span; span = calendar.TermAfter(span->first_day)) {
    if (IsServed(*span, state)) continue;
    const absl::Time at = std::max(calendar.StartOf(span->first_day), not_before);
    const absl::CivilDay day = calendar.DayOf(at);
    if (day > span->last_day) continue;
    // Nobody can be asked to hold a meeting by a date that is past already.
    auto cut_off = facts.policy->cut_offs.find({span->academic_year, span->term});
    if (cut_off != facts.policy->cut_offs.end() && day > cut_off->second) continue;
    Opening opening{at, NextCycle(state, *facts.child, CycleKind::kTermly)};
    opening.cycle.opened_on = day;
    opening.cycle.academic_year = span->academic_year;
    opening.cycle.term = span->term;
    return opening;
  }
  return std::nullopt;
}

// Until when the current PEP must not be replaced by a term's.
absl::Time HeldBackUntil(const Cycle& cycle, const Calendar& calendar) {
  absl::Time until = cycle.finalised_at.value_or(absl::InfinitePast());
  if (cycle.meeting_at && (cycle.stage == Stage::kScheduled || cycle.stage == Stage::kPreparing)) {
    const absl::CivilDay last =
        calendar.AddSchoolDays(calendar.DayOf(*cycle.meeting_at), kDaysToRecordAMeeting);
    until = std::max(until, calendar.StartOf(last + 1));
  }
  for (const RuleRow& row : RuleRows()) {
    if (!row.holds_back_next_pep) continue;
    auto deadline = cycle.deadlines.find(row.rule);
    if (deadline == cycle.deadlines.end()) continue;
    const DeadlineStatus status = deadline->second.status;
    if (status != DeadlineStatus::kRunning && status != DeadlineStatus::kMissed) continue;
    until = std::max(until, LastLevelAt(deadline->second.instants) + absl::Seconds(1));
  }
  return until;
}

std::optional<Opening> FirstOf(const PlanState& state, const PlanFacts& facts) {
  const ChildFacts& child = *facts.child;
  const Calendar& calendar = *facts.calendar;
  const absl::CivilDay recorded_on = calendar.DayOf(child.care_recorded_at);
  absl::Time not_before = std::max(child.care_recorded_at, calendar.StartOf(child.care_started_on));
  // The school usually follows within moments. The law's clock does not wait for it, so neither
  // does the PEP beyond the next working day.
  if (child.school.empty()) {
    not_before = std::max(not_before, calendar.StartOf(calendar.AddWorkingDays(recorded_on, 1)));
  }
  auto row = facts.policy->rules.find(Rule::kInitialAvailable);
  const absl::CivilDay last_initial_day =
      row == facts.policy->rules.end()
          ? calendar.AddWorkingDays(child.care_started_on, kInitialAvailableDays)
          : AddDays(calendar, child.care_started_on, row->second.length, row->second.day_kind);
  // A child in care for longer than that when first put on record had an initial PEP elsewhere.
  const bool long_in_care = recorded_on > last_initial_day;
  if (!long_in_care && !SameEpisode(state, child)) {
    Opening opening{not_before, NextCycle(state, child, CycleKind::kInitial)};
    opening.cycle.opened_on = child.care_started_on;
    NameTerm(opening.cycle, calendar);
    return opening;
  }
  const absl::CivilDay day = calendar.DayOf(not_before);
  auto span = calendar.TermOn(day);
  return TermlyFrom(span ? span : calendar.TermAfter(day), not_before, state, facts);
}

}  // namespace

bool EpisodeIsOver(const PlanState& state, const ChildFacts& child) {
  return IsOpen(state) && (!child.in_care || !SameEpisode(state, child));
}

std::optional<Opening> OpeningOf(const PlanState& state, const PlanFacts& facts) {
  const auto& child = facts.child;
  if (!child || !child->in_care || !child->pep_required) return std::nullopt;
  if (!facts.policy || !facts.bank_holidays_known) return std::nullopt;
  if (!IsOpen(state)) return FirstOf(state, facts);
  if (EpisodeIsOver(state, *child)) return std::nullopt;
  const Cycle& cycle = *state.cycle;
  // A child who moved after the PEP was finalised needs an updated one at the new school.
  if (cycle.stage == Stage::kFinalised && !state.school.empty() && state.school != child->school) {
    Opening opening{child->school_recorded_at, NextCycle(state, *child, CycleKind::kMove)};
    opening.cycle.moved_on =
        child->moved_on.value_or(facts.calendar->DayOf(child->school_recorded_at));
    opening.cycle.opened_on = *opening.cycle.moved_on;
    NameTerm(opening.cycle, *facts.calendar);
    return opening;
  }
  return TermlyFrom(facts.calendar->TermAfter(cycle.opened_on),
                    HeldBackUntil(cycle, *facts.calendar), state, facts);
}

}  // namespace pepline::scheduling
