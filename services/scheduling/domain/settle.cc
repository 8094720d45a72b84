#include "services/scheduling/domain/settle.h"

#include <algorithm>
#include <utility>

#include "services/scheduling/domain/rules.h"

namespace pepline::scheduling {
namespace {

// The day on which the deadline began, or would begin now.
absl::CivilDay BeganOn(const RuleRow& row, const Cycle& cycle, const PlanFacts& facts) {
  const absl::CivilDay today = facts.calendar->DayOf(facts.now);
  absl::CivilDay set_on = today;
  const auto deadline = cycle.deadlines.find(row.rule);
  if (BeginsWhenSet(row) && deadline != cycle.deadlines.end() && IsLive(deadline->second)) {
    // Where the day was not kept yet, it began before whatever profile came since.
    set_on = deadline->second.set_on.value_or(absl::CivilDay::min());
  }
  const auto counts_from = row.starts_on(cycle, *facts.calendar);
  if (!BeginsWhenSet(row)) return counts_from.value_or(today);
  return counts_from ? std::min(*counts_from, set_on) : set_on;
}

// The plan's event of it; without an owner, which pep-open's alone may have.
PlanEvent ToPlanEvent(pepline::DeadlineSet set) { return DeadlineSet{std::move(set)}; }
PlanEvent ToPlanEvent(auto event) { return event; }

// It never runs again, whatever moves.
bool IsOver(DeadlineStatus status) {
  return status == DeadlineStatus::kMet || status == DeadlineStatus::kWaived;
}

}  // namespace

const Policy& PolicyOf(const RuleRow& row, const Cycle& cycle, const PlanFacts& facts) {
  return PolicyOn(*facts.policy, BeganOn(row, cycle, facts));
}

const RuleTerms* TermsOf(const RuleRow& row, const Cycle& cycle, const PlanFacts& facts) {
  if (!facts.policy) return nullptr;
  const Policy& policy = PolicyOf(row, cycle, facts);
  const auto terms = policy.rules.find(row.rule);
  return terms == policy.rules.end() ? nullptr : &terms->second;
}

std::optional<DeadlineInstants> InstantsOf(Rule rule, const Cycle& cycle, const PlanFacts& facts) {
  const RuleRow* row = FindRow(rule);
  const RuleTerms* terms = row ? TermsOf(*row, cycle, facts) : nullptr;
  if (!terms) return std::nullopt;
  if (auto kept = MissOfMovedMeeting(*row, *terms, cycle, facts)) return kept;
  const auto start = row->starts_on(cycle, *facts.calendar);
  if (!start) return std::nullopt;
  if (!row->by_term_cut_off) {
    DeadlineInstants instants = row->into_next_term
                                    ? CountIntoNextTerm(*start, *terms, *facts.calendar)
                                    : CountFrom(*start, *terms, *facts.calendar);
    instants.provisional = row->provisional_until_held && !cycle.held;
    if (row->put_off_by_interim) {
      const Policy& policy = PolicyOf(*row, cycle, facts);
      PutOffByInterim(instants, *terms, policy.interim_school_days_after_reopening, cycle, facts);
    }
    return instants;
  }
  if (!cycle.term) return std::nullopt;
  const Policy& policy = PolicyOf(*row, cycle, facts);
  const auto cut_off = policy.cut_offs.find({cycle.academic_year, *cycle.term});
  const auto span = facts.calendar->TermNamed(cycle.academic_year, *cycle.term);
  const bool is_set = cut_off != policy.cut_offs.end();
  if (!is_set && !span) return std::nullopt;
  // A profile without this term's cut-off: the term's last day is the outermost reading of it.
  DeadlineInstants instants =
      CountTo(is_set ? cut_off->second : span->last_day, *terms, *facts.calendar);
  if (span && span->stands_in) instants.calendar_known = false;
  return instants;
}

namespace {

// Of the one PEP that `progress` holds as its newest; `later` are those that opened after it.
void SettlePep(Progress& progress, const PlanFacts& facts, absl::Time at,
               const std::vector<Cycle>& later) {
  if (!progress.state.cycle) return;
  const bool closed = progress.state.cycle->stage == Stage::kClosed;
  // Without the profile or the bank holidays nothing can be counted; what runs goes on as it was.
  const bool countable = facts.policy && facts.bank_holidays_known;
  for (const RuleRow& row : RuleRows()) {
    const Rule rule = row.rule;
    const Cycle cycle = *progress.state.cycle;
    auto entry = cycle.deadlines.find(rule);
    const Deadline* deadline = entry == cycle.deadlines.end() ? nullptr : &entry->second;
    const auto done_at = DoneAt(row, cycle, later, facts);
    // The calendar is that of the school that the child is at now.
    const bool left = HasBeenLeft(cycle, facts);
    const bool over = deadline && IsOver(deadline->status);
    if (over && (done_at || !row.of_each_meeting)) continue;
    const bool live = deadline && IsLive(*deadline);
    if (closed) {
      if (live) progress.Emit(DeadlineWithdrawn{rule});
      continue;
    }
    const bool provisional = row.provisional_until_held && !cycle.held;
    // One that is provisional runs from its meeting on, and begins in the order of instants
    // (CatchUp).
    const bool starts = row.starts_on(cycle, *facts.calendar).has_value() ||
                        KeepsMissOfMovedMeeting(row, cycle, facts);
    const bool wanted = starts && (!provisional || *MeetingToRecord(cycle) <= facts.now);
    auto instants = countable ? InstantsOf(rule, cycle, facts) : std::nullopt;
    if (left && live) instants = deadline->instants;
    if (instants) instants->stays_with_school = left;
    DeadlineBasis basis{.wanted = wanted && (live || !provisional),
                        .instants = std::move(instants)};
    // Where the term that it counts by is not known any more, it goes on as it was.
    basis.in_profile = !countable || TermsOf(row, cycle, facts) != nullptr;
    basis.done_at = done_at;
    basis.waived_at = WaivedAt(row, cycle, later);
    if (BeginsWhenSet(row)) basis.set_on = facts.calendar->DayOf(facts.now);
    for (DeadlineEvent& event : SettleDeadline(rule, deadline, basis, at)) {
      std::visit([&](auto& one) { progress.Emit(ToPlanEvent(std::move(one))); }, event);
    }
  }
}

}  // namespace

void Settle(Progress& progress, const PlanFacts& facts, absl::Time at) {
  SettlePep(progress, facts, at, {});
  for (const int number : EarlierPeps(progress.state)) {
    const std::vector<Cycle> later = LaterThan(progress.state, number);
    ForEarlierPep(progress, number, [&](Progress& pep) { SettlePep(pep, facts, at, later); });
  }
  CloseServedPeps(progress, at);
}

std::optional<NextInstant> NextInstantOf(const PlanState& state) {
  std::optional<NextInstant> next;
  auto look_at = [&](Rule rule, const Deadline& deadline, std::optional<int> earlier) {
    const auto instant = pepline::NextInstantOf(deadline);
    if (instant && (!next || instant->at < next->at)) {
      next = NextInstant{instant->at, rule, instant->reminder, earlier};
    }
  };
  if (state.pep_open) look_at(Rule::kPepOpen, *state.pep_open, std::nullopt);
  for (const Cycle& pep : state.earlier) {
    for (const auto& [rule, deadline] : pep.deadlines) look_at(rule, deadline, pep.number);
  }
  if (!state.cycle) return next;
  for (const auto& [rule, deadline] : state.cycle->deadlines) look_at(rule, deadline, std::nullopt);
  return next;
}

}  // namespace pepline::scheduling
