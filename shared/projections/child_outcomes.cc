#include "shared/projections/child_outcomes.h"

#include <algorithm>
#include <optional>
#include <string>

#include "pepline/runtime/v1/child_outcomes.pb.h"
#include "shared/domain/id_forms.h"
#include "shared/engine/envelopes.h"
#include "shared/engine/inbound_event.h"
#include "shared/projections/reference_data.h"

namespace pepline {
namespace {

using assessments::v1::AssessmentsEvent;

RecordKey KeyOf(const std::string& child) { return {std::string(kChildOutcomesKind), child}; }

absl::StatusOr<runtime::v1::ChildOutcomes> Parse(const std::string& bytes) {
  runtime::v1::ChildOutcomes outcomes;
  if (outcomes.ParseFromString(bytes)) return outcomes;
  return absl::DataLossError("a stored record cannot be read; see `pepctl rebuild`");
}

absl::StatusOr<runtime::v1::ChildOutcomes> Load(Store& store, const ChildId& child) {
  const auto state = LoadState(store, child.text(), KeyOf(child.text()));
  if (!state.ok()) return state.status();
  return Parse(state->value_or(""));
}

// Which outcome the event is about; empty where it is about none.
std::string OutcomeIn(const AssessmentsEvent& event) {
  switch (event.event_case()) {
    case AssessmentsEvent::kOutcomeSet:
      return event.outcome_set().outcome_id();
    case AssessmentsEvent::kOutcomeRefined:
      return event.outcome_refined().outcome_id();
    case AssessmentsEvent::kOutcomeReviewed:
      return event.outcome_reviewed().outcome_id();
    case AssessmentsEvent::kOutcomeDropped:
      return event.outcome_dropped().outcome_id();
    case AssessmentsEvent::kOutcomeReopened:
      return event.outcome_reopened().outcome_id();
    default:
      return "";
  }
}

void Change(const AssessmentsEvent& event, runtime::v1::ChildOutcome& outcome) {
  if (event.has_outcome_set()) {
    outcome.set_smart(event.outcome_set().missing().empty());
    outcome.set_waiting(true);
  } else if (event.has_outcome_refined()) {
    outcome.set_smart(event.outcome_refined().missing().empty());
  } else {
    outcome.set_waiting(event.has_outcome_reopened());
    outcome.set_dropped(event.has_outcome_dropped());
  }
}

}  // namespace

absl::Status KeepOutcome(Store& store, const AssessmentsEvent& event) {
  const std::string id = OutcomeIn(event);
  if (id.empty()) return absl::OkStatus();
  const std::string& child = event.child_id();
  const auto pep = NumberOfPep(ChildId(child), PepId(event.pep_id()));
  if (child.empty() || !pep) return EventNotReadable();
  return KeepFromEvent(
      store, child, KeyOf(child), event.header(),
      [&](const std::optional<std::string>& kept) -> absl::StatusOr<KeptChange> {
        auto outcomes = Parse(kept.value_or(""));
        if (!outcomes.ok()) return outcomes.status();
        auto& all = *outcomes->mutable_outcomes();
        auto found = std::ranges::find(all, id, &runtime::v1::ChildOutcome::outcome_id);
        runtime::v1::ChildOutcome& outcome = found == all.end() ? *all.Add() : *found;
        outcome.set_outcome_id(id);
        outcome.set_pep(*pep);
        Change(event, outcome);
        return KeptChange{outcomes->SerializeAsString(), {}};
      });
}

absl::StatusOr<std::map<int, OutcomeCounts>> CountOutcomes(Store& store, const ChildId& child) {
  auto outcomes = Load(store, child);
  if (!outcomes.ok()) return outcomes.status();
  std::map<int, OutcomeCounts> counts;
  for (const runtime::v1::ChildOutcome& outcome : outcomes->outcomes()) {
    OutcomeCounts& of_pep = counts[outcome.pep()];
    of_pep.smart += outcome.smart() && !outcome.dropped() ? 1 : 0;
    of_pep.waiting += outcome.waiting() ? 1 : 0;
  }
  return counts;
}

absl::StatusOr<bool> IsPursued(Store& store, const ChildId& child, const OutcomeId& outcome) {
  auto outcomes = Load(store, child);
  if (!outcomes.ok()) return outcomes.status();
  return std::ranges::any_of(outcomes->outcomes(), [&](const runtime::v1::ChildOutcome& one) {
    return one.outcome_id() == outcome.text() && !one.dropped();
  });
}

}  // namespace pepline
