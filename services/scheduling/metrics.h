// The metrics that scheduling exposes besides the runtime's. Counted once an event is committed.
// Threads: safe from any thread.
#ifndef PEPLINE_SERVICES_SCHEDULING_METRICS_H_
#define PEPLINE_SERVICES_SCHEDULING_METRICS_H_

#include <vector>

#include "services/scheduling/domain/plan.h"
#include "shared/observability/metrics.h"

namespace pepline::scheduling {

// How an ePEP was finalised; values of the label "outcome".
inline constexpr char kWithinLimit[] = "within-limit";
inline constexpr char kLate[] = "late";

std::vector<MetricDefinition> SchedulingMetrics();
void CountEvents(Metrics& metrics, const std::vector<PlanEvent>& events);

}  // namespace pepline::scheduling

#endif  // PEPLINE_SERVICES_SCHEDULING_METRICS_H_
