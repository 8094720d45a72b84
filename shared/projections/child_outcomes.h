// The outcomes of a child's PEPs as assessments said them, in a service that is not their owner:
// which there are, which are SMART, and which wait for their review. Records "child-outcomes" (id:
// the child's), routed by the child's id.
// Promises: every look-up asks the store; an event received twice or late changes nothing. Does
// not: know what an outcome says. Errors: InvalidArgument for an event that is not readable;
// whatever the store answers. Threads: safe from any thread.
#ifndef PEPLINE_SHARED_PROJECTIONS_CHILD_OUTCOMES_H_
#define PEPLINE_SHARED_PROJECTIONS_CHILD_OUTCOMES_H_

#include <map>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "pepline/assessments/v1/assessments_events.pb.h"
#include "shared/domain/ids.h"
#include "shared/domain/work_items/outcome_counts.h"
#include "shared/store/store.h"

namespace pepline {

inline constexpr std::string_view kChildOutcomesKind = "child-outcomes";

// Keeps what the event says of an outcome; every other event leaves things as they are.
absl::Status KeepOutcome(Store& store, const assessments::v1::AssessmentsEvent& event);
// By the number of the PEP; none where assessments has spoken of no outcome of the child.
absl::StatusOr<std::map<int, OutcomeCounts>> CountOutcomes(Store& store, const ChildId& child);
// Whether the child has that outcome, and it was not dropped.
absl::StatusOr<bool> IsPursued(Store& store, const ChildId& child, const OutcomeId& outcome);

}  // namespace pepline

#endif  // PEPLINE_SHARED_PROJECTIONS_CHILD_OUTCOMES_H_
