// The metrics that assessments exposes besides the runtime's. Counted once an event is committed.
// Threads: safe from any thread.
#ifndef PEPLINE_SERVICES_ASSESSMENTS_METRICS_H_
#define PEPLINE_SERVICES_ASSESSMENTS_METRICS_H_

#include <vector>

#include "services/assessments/domain/outcomes.h"
#include "services/assessments/domain/pupil_views.h"
#include "services/assessments/domain/sdq.h"
#include "shared/observability/metrics.h"

namespace pepline::assessments {

std::vector<MetricDefinition> AssessmentsMetrics();
void CountSdqEvents(Metrics& metrics, const std::vector<SdqEvent>& events);
void CountPupilViewsEvents(Metrics& metrics, const std::vector<PupilViewsEvent>& events);
void CountOutcomesEvents(Metrics& metrics, const std::vector<OutcomesEvent>& events);

}  // namespace pepline::assessments

#endif  // PEPLINE_SERVICES_ASSESSMENTS_METRICS_H_
