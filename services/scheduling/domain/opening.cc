// When a child's next PEP opens: the initial one when care starts, then one each term.
//
// A child without a PEP waits for no term: the term to come opens on the next working day. Where
// care began so long ago that the initial PEP is late when the child becomes known, it opens all
// the same and is said late, and no term's PEP takes its place until it is finalised.
//
// A term's PEP opens on the term's first day. It waits while the newest one is still being worked
// on: until an arranged meeting is five school days past, while an ePEP may still be finalised in
// time, and until everybody who is to be told about an overdue initial or moved PEP has been told.
// What is not done by then stays open beside it (earlier_peps.cc).
#include <algorithm>
#include <utility>

#include "services/scheduling/domain/rules.h"
#include "services/scheduling/domain/settle.h"

namespace pepline::scheduling {
namespace {

constexpr int kDaysToRecordAMeeting = 5;
constexpr int kInitialAvailableDays = 20;  // SI 2010/959 with the DfE guidance of 2018

bool SameEpisode(const PlanState& state, const ChildFacts& child) {
  return state.cycle && IsOfThisCare(*state.cycle, child) && state.authority == child.authority;
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
  if (not_before == absl::InfiniteFuture()) return std::nullopt;
  for (; span; span = calendar.TermAfter(span->first_day)) {
    if (IsServed(*span, state)) continue;
    const absl::Time at = std::max(calendar.StartOf(span->first_day), not_before);
    const absl::CivilDay day = calendar.DayOf(at);
    if (day > span->last_day) continue;
    // Nobody can be asked to hold a meeting by a date that is past already.
    const Policy& policy = PolicyOn(*facts.policy, day);
    auto cut_off = policy.cut_offs.find({span->academic_year, span->term});
    if (cut_off != policy.cut_offs.end() && day > cut_off->second) continue;
    Opening opening{at, NextCycle(state, *facts.child, CycleKind::kTermly)};
    opening.cycle.opened_on = day;
    opening.cycle.academic_year = span->academic_year;
    opening.cycle.term = span->term;
    return opening;
  }
  return std::nullopt;
}

// Until when no term's PEP opens beside the newest; for ever where its care was put on record after
// its deadline, so that nobody was ever told in time.
absl::Time HeldBackUntil(const Cycle& cycle, const ChildFacts& child, const Calendar& calendar) {
  absl::Time until = cycle.finalised_at.value_or(absl::InfinitePast());
  if (cycle.meeting_at && (cycle.stage == Stage::kScheduled || cycle.stage == Stage::kPreparing)) {
    const absl::CivilDay last =
        calendar.AddSchoolDays(calendar.DayOf(*cycle.meeting_at), kDaysToRecordAMeeting);
    until = std::max(until, calendar.StartOf(last + 1));
  }
  for (const RuleRow& row : RuleRows()) {
    if (row.holds_back == RuleRow::HoldsBack::kNothing) continue;
    auto deadline = cycle.deadlines.find(row.rule);
    if (deadline == cycle.deadlines.end() || !IsLive(deadline->second)) continue;
    if (row.holds_back == RuleRow::HoldsBack::kWhileItRuns) {
      until = std::max(until, MissedFrom(deadline->second.instants.due_at));
      continue;
    }
    if (row.rule == Rule::kInitialAvailable &&
        child.care_recorded_at >= MissedFrom(deadline->second.instants.due_at)) {
      return absl::InfiniteFuture();
    }
    until = std::max(until, LastLevelAt(deadline->second.instants) + absl::Seconds(1));
  }
  return until;
}

// The last day on which the initial PEP would be in time.
absl::CivilDay LastInitialDay(const ChildFacts& child, const PlanFacts& facts) {
  const Calendar& calendar = *facts.calendar;
  const Policy& policy = PolicyOn(*facts.policy, child.care_started_on);
  const auto row = policy.rules.find(Rule::kInitialAvailable);
  return row == policy.rules.end()
             ? calendar.AddWorkingDays(child.care_started_on, kInitialAvailableDays)
             : AddDays(calendar, child.care_started_on, row->second.length, row->second.day_kind);
}

// Whether the child had an initial PEP elsewhere, or never needed one: its limit was over before
// the authority kept its PEPs here, or before the child was of an age for one.
bool HadInitialElsewhere(const ChildFacts& child, const PlanFacts& facts) {
  const absl::CivilDay last_day = LastInitialDay(child, facts);
  const absl::Time known_at = std::max(child.care_recorded_at, child.pep_required_at);
  if (facts.calendar->DayOf(known_at) <= last_day) return false;
  const bool by_age = child.pep_required_at > child.care_recorded_at;
  return by_age || (facts.policy->kept_since && last_day < *facts.policy->kept_since);
}

// The PEP of the first term from then on whose cut-off is not past. Where its term is the running
// one or the next, it does not wait for the term.
std::optional<Opening> FirstTermly(absl::Time not_before, const PlanState& state,
                                   const PlanFacts& facts) {
  const Calendar& calendar = *facts.calendar;
  const absl::CivilDay day = calendar.DayOf(not_before);
  const auto running = calendar.TermOn(day);
  auto opening = TermlyFrom(running ? running : calendar.TermAfter(day), not_before, state, facts);
  if (!opening) return std::nullopt;
  const absl::Time soon = calendar.StartOf(calendar.AddWorkingDays(day, 1));
  const auto next = calendar.TermToCome(running ? running->last_day : day);
  const bool is_next = next && opening->cycle.academic_year == next->academic_year &&
                       opening->cycle.term == next->term;
  if (is_next && opening->at > soon) {
    opening->at = soon;
    opening->cycle.opened_on = calendar.DayOf(soon);
  }
  return opening;
}

std::optional<Opening> FirstOf(const PlanState& state, const PlanFacts& facts) {
  const ChildFacts& child = *facts.child;
  const Calendar& calendar = *facts.calendar;
  absl::Time not_before = RequiredFrom(child, calendar);
  // The school usually follows within moments. The law's clock does not wait for it, so neither
  // does the PEP beyond the next working day.
  if (child.school.empty()) {
    const absl::CivilDay known_on =
        calendar.DayOf(std::max(child.care_recorded_at, child.pep_required_at));
    not_before = std::max(not_before, calendar.StartOf(calendar.AddWorkingDays(known_on, 1)));
  }
  const bool had_initial = SameEpisode(state, child) && !LeftInitialUnfinished(*state.cycle);
  if (had_initial || HadInitialElsewhere(child, facts)) {
    return FirstTermly(not_before, state, facts);
  }
  Opening opening{not_before, NextCycle(state, child, CycleKind::kInitial)};
  opening.cycle.opened_on = child.care_started_on;
  NameTermOfOpening(opening.cycle, calendar);
  return opening;
}

}  // namespace

// Of the term that the day lies in, or of the one whose holiday before it that is; none where term
// dates are missing, since the next known one may be a year away.
void NameTermOfOpening(Cycle& cycle, const Calendar& calendar) {
  auto span = calendar.TermOn(cycle.opened_on);
  if (!span) span = calendar.TermToCome(cycle.opened_on);
  if (!span) return;
  cycle.academic_year = span->academic_year;
  cycle.term = span->term;
}

bool EpisodeIsOver(const PlanState& state, const ChildFacts& child) {
  return IsOpen(state) && (!child.in_care || !SameEpisode(state, child));
}

absl::Time RequiredFrom(const ChildFacts& child, const Calendar& calendar) {
  return std::max(
      {child.care_recorded_at, child.pep_required_at, calendar.StartOf(child.care_started_on)});
}

namespace {

std::optional<Opening> NextOpening(const PlanState& state, const PlanFacts& facts) {
  const auto& child = facts.child;
  if (!child || !child->in_care || !child->pep_required) return std::nullopt;
  if (!facts.policy || !facts.bank_holidays_known) return std::nullopt;
  if (!IsOpen(state)) return FirstOf(state, facts);
  if (EpisodeIsOver(state, *child)) return std::nullopt;
  const Cycle& cycle = *state.cycle;
  // A child who moved after the meeting was held needs an updated PEP at the new school.
  if (OpensForMove(state, facts)) {
    Opening opening{child->school_recorded_at, NextCycle(state, *child, CycleKind::kMove)};
    opening.cycle.moved_on =
        child->moved_on.value_or(facts.calendar->DayOf(child->school_recorded_at));
    opening.cycle.opened_on = *opening.cycle.moved_on;
    NameTermOfOpening(opening.cycle, *facts.calendar);
    return opening;
  }
  return TermlyFrom(facts.calendar->TermAfter(cycle.opened_on),
                    HeldBackUntil(cycle, *child, *facts.calendar), state, facts);
}

}  // namespace

std::optional<Opening> OpeningOf(const PlanState& state, const PlanFacts& facts) {
  auto opening = NextOpening(state, facts);
  if (opening && IsAdultAt(opening->at, facts)) return std::nullopt;
  return opening;
}

}  // namespace pepline::scheduling
