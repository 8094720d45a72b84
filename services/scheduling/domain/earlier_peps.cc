// A PEP that is not done when the next one opens stays open beside it.
//
// It has its deadlines and is alerted as before. It closes when a later PEP is held, when care
// ceases, or when the Virtual School writes it off with a reason; one whose own meeting was held
// has an ePEP to finalise, so it waits for that instead. What was missed never ends by the
// calendar: what a later PEP does serves an earlier one that was never held, and is late for it;
// and an earlier PEP closes only when nothing of it is waited for. Source: docs/domain.md 6.3;
// decision 55.
#include <algorithm>
#include <utility>

#include "services/scheduling/domain/rules.h"
#include "services/scheduling/domain/settle.h"

namespace pepline::scheduling {
namespace {

using When = std::optional<absl::Time> (*)(const Cycle& pep);

std::optional<absl::Time> WhenFinalised(const Cycle& pep) { return pep.finalised_at; }

std::optional<absl::Time> OwnOrServed(When when, const RuleRow& row, const Cycle& pep,
                                      const std::vector<Cycle>& later) {
  auto at = when(pep);
  if (at || (pep.held && !row.served_by_later)) return at;
  for (const Cycle& one : later) {
    const auto served_at = when(one);
    if (served_at && (!at || *served_at < *at)) at = served_at;
  }
  return at;
}

std::optional<TakenBack> Tick(const Cycle& pep, ReadinessItem item) {
  const auto tick = pep.readiness.find(item);
  if (tick == pep.readiness.end()) return std::nullopt;
  return TakenBack{pep.number, tick->second, item};
}

// How a deadline of the row is ended by work of that kind; null where other work ends it, which may
// have been done at the same instant.
When EndedBy(const TakenBack& work, const RuleRow& row) {
  if (!work.item && row.may_run_until_finalised) return WhenFinalised;
  Cycle with_it_alone;
  if (work.item) {
    with_it_alone.readiness.emplace(*work.item, work.done_at);
  } else {
    with_it_alone.finalised_at = work.done_at;
  }
  return row.done_at(with_it_alone) ? row.done_at : nullptr;
}

// A PepEvent, or a PlanEvent of the newest PEP.
template <class Event>
std::optional<TakenBack> TakenBackOf(const Cycle& pep, const Event& event) {
  if (const auto* finalised = std::get_if<EpepFinalisationTakenBack>(&event)) {
    return TakenBack{pep.number, finalised->finalised_at};
  }
  if (const auto* reopened = std::get_if<PepReadinessItemReopened>(&event)) {
    return Tick(pep, reopened->item);
  }
  const auto* costs = std::get_if<PepCostsWithdrawn>(&event);
  const bool none_left = costs != nullptr && costs->open_again;
  return none_left ? Tick(pep, ReadinessItem::kInterventionsCosted) : std::nullopt;
}

bool IsServed(const Cycle& pep, const std::vector<Cycle>& later) {
  if (pep.held && !pep.finalised_at) return false;
  const bool waits = std::ranges::any_of(
      pep.deadlines, [](const auto& deadline) { return IsLive(deadline.second); });
  return !waits &&
         std::ranges::any_of(later, [](const Cycle& one) { return one.held.has_value(); });
}

}  // namespace

PepEvent ToPepEvent(PlanEvent event) {
  return std::visit(Match{[](OfEarlierPep& of) { return std::move(of.event); },
                          [](auto& one) { return PepEvent(std::move(one)); }},
                    event);
}

std::vector<int> EarlierPeps(const PlanState& state) {
  std::vector<int> numbers;
  for (const Cycle& pep : state.earlier) numbers.push_back(pep.number);
  return numbers;
}

void ForEarlierPep(Progress& progress, int number, const std::function<void(Progress& pep)>& act) {
  auto alone = PlanOfPep(progress.state, number);
  if (!alone) return;
  Progress pep{*std::move(alone), {}};
  act(pep);
  for (PlanEvent& event : pep.events) {
    progress.Emit(OfEarlierPep{number, ToPepEvent(std::move(event))});
  }
}

std::vector<Cycle> LaterThan(const PlanState& state, int number) {
  std::vector<Cycle> later;
  ForEachPep(state, [&](const Cycle& pep) {
    if (pep.number > number) later.push_back(pep);
  });
  return later;
}

std::optional<absl::Time> DoneAt(const RuleRow& row, const Cycle& pep,
                                 const std::vector<Cycle>& later, const PlanFacts& facts) {
  const RuleTerms* terms = row.may_run_until_finalised ? TermsOf(row, pep, facts) : nullptr;
  const bool until_finalised = terms != nullptr && terms->until_finalised;
  return OwnOrServed(until_finalised ? WhenFinalised : row.done_at, row, pep, later);
}

std::optional<absl::Time> WaivedAt(const RuleRow& row, const Cycle& pep,
                                   const std::vector<Cycle>& later) {
  return row.waived_at ? OwnOrServed(row.waived_at, row, pep, later) : std::nullopt;
}

std::optional<TakenBack> WorkTakenBackBy(const PlanState& state, const PlanEvent& event) {
  if (const auto* of = std::get_if<OfEarlierPep>(&event)) {
    const auto pep = std::ranges::find(state.earlier, of->number, &Cycle::number);
    return pep == state.earlier.end() ? std::nullopt : TakenBackOf(*pep, of->event);
  }
  return state.cycle ? TakenBackOf(*state.cycle, event) : std::nullopt;
}

void EndWhatItMet(const TakenBack& taken_back, PlanState& state) {
  ForEachPep(state, [&](Cycle& pep) {
    if (pep.number > taken_back.pep) return;
    const std::vector<Cycle> later = LaterThan(state, pep.number);
    for (auto& [rule, deadline] : pep.deadlines) {
      if (deadline.status != DeadlineStatus::kMet || deadline.met_at != taken_back.done_at)
        continue;
      const RuleRow& row = *FindRow(rule);
      const auto done_at = EndedBy(taken_back, row);
      if (done_at != nullptr && !OwnOrServed(done_at, row, pep, later)) {
        deadline.status = DeadlineStatus::kWithdrawn;
      }
    }
  });
}

void CloseEarlierPep(Progress& progress, int number, const PepCycleClosed& closed, absl::Time at) {
  ForEarlierPep(progress, number, [&](Progress& pep) {
    const auto deadlines = pep.state.cycle->deadlines;
    for (const auto& [rule, deadline] : deadlines) {
      if (!IsLive(deadline)) continue;
      DeadlineWithdrawn withdrawn{rule};
      if (closed.outcome == CycleOutcome::kWrittenOff) {
        withdrawn.waived_at = at;
        withdrawn.late = deadline.miss_stands || at >= MissedFrom(deadline.instants.due_at);
      }
      pep.Emit(withdrawn);
    }
    pep.Emit(closed);
  });
}

void CloseServedPeps(Progress& progress, absl::Time at) {
  for (const int number : EarlierPeps(progress.state)) {
    const auto alone = PlanOfPep(progress.state, number);
    if (!IsServed(*alone->cycle, LaterThan(progress.state, number))) continue;
    const bool completed = alone->cycle->finalised_at.has_value();
    CloseEarlierPep(progress, number,
                    {completed ? CycleOutcome::kCompleted : CycleOutcome::kNotCompleted}, at);
  }
}

}  // namespace pepline::scheduling
