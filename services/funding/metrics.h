// The metrics that funding exposes besides the runtime's. Counted once an event is committed.
// Threads: safe from any thread.
#ifndef PEPLINE_SERVICES_FUNDING_METRICS_H_
#define PEPLINE_SERVICES_FUNDING_METRICS_H_

#include <vector>

#include "services/funding/domain/fund_line.h"
#include "services/funding/domain/funding_request.h"
#include "shared/domain/money.h"
#include "shared/observability/metrics.h"

namespace pepline::funding {

std::vector<MetricDefinition> FundingMetrics();
// Pounds sterling. The names say "gbp", since the rules of Prometheus take pounds for a weight.
double Gbp(Pence amount);
void CountEvents(Metrics& metrics, const std::vector<FundLineEvent>& events);
void CountEvents(Metrics& metrics, const std::vector<FundingEvent>& events);

}  // namespace pepline::funding

#endif  // PEPLINE_SERVICES_FUNDING_METRICS_H_
