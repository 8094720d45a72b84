#include "services/scheduling/storage/child_outcomes.h"

#include <algorithm>
#include <optional>
#include <string>

#include "pepline/scheduling/storage/v1/child_outcomes.pb.h"
#include "shared/domain/id_forms.h"
#include "shared/engine/envelopes.h"
#include "shared/engine/inbound_event.h"
#include "shared/projections/reference_data.h"

namespace pepline::scheduling {
namespace {

using assessments::v1::AssessmentsEvent;
namespace stored = storage::v1;

RecordKey KeyOf(const std::string& child) { return {std::string(kChildOutcomesKind), child}; }

absl::StatusOr<stored::ChildOutcomes> Parse(const std::string& bytes) {
  stored::ChildOutcomes outcomes;
  if (outcomes.ParseFromString(bytes)) return outcomes;
  return absl::DataLossError("a stored record cannot be read; see `pepctl rebuild`");
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

void Change(const AssessmentsEvent& event, stored::Outcome& outcome) {
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
  return KeepFromEvent(store, child, KeyOf(child), event.header(),
                       [&](const std::optional<std::string>& kept) -> absl::StatusOr<KeptChange> {
                         auto outcomes = Parse(kept.value_or(""));
                         if (!outcomes.ok()) return outcomes.status();
                         auto& all = *outcomes->mutable_outcomes();
                         auto found = std::ranges::find(all, id, &stored::Outcome::outcome_id);
                         stored::Outcome& outcome = found == all.end() ? *all.Add() : *found;
                         outcome.set_outcome_id(id);
                         outcome.set_pep(*pep);
                         Change(event, outcome);
                         return KeptChange{outcomes->SerializeAsString(), {}};
                       });
}

absl::StatusOr<std::map<int, OutcomeCounts>> OutcomesOf(Store& store, const ChildId& child) {
  const auto state = LoadState(store, child.text(), KeyOf(child.text()));
  if (!state.ok()) return state.status();
  auto outcomes = Parse(state->value_or(""));
  if (!outcomes.ok()) return outcomes.status();
  std::map<int, OutcomeCounts> counts;
  for (const stored::Outcome& outcome : outcomes->outcomes()) {
    OutcomeCounts& of_pep = counts[outcome.pep()];
    of_pep.smart += outcome.smart() && !outcome.dropped() ? 1 : 0;
    of_pep.waiting += outcome.waiting() ? 1 : 0;
  }
  return counts;
}

}  // namespace pepline::scheduling
