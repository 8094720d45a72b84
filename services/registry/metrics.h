// The metrics that registry exposes besides the runtime's. Events are counted once they are
// committed. Threads: safe from any thread.
#ifndef PEPLINE_SERVICES_REGISTRY_METRICS_H_
#define PEPLINE_SERVICES_REGISTRY_METRICS_H_

#include <vector>

#include "services/registry/domain/child.h"
#include "services/registry/domain/school.h"
#include "shared/observability/metrics.h"

namespace pepline::registry {

std::vector<MetricDefinition> RegistryMetrics();
void CountEvents(Metrics& metrics, const std::vector<ChildEvent>& events);
void CountEvents(Metrics& metrics, const std::vector<SchoolEvent>& events);
// The other machines have no number of their own.
template <class Event>
void CountEvents(Metrics&, const std::vector<Event>&) {}

}  // namespace pepline::registry

#endif  // PEPLINE_SERVICES_REGISTRY_METRICS_H_
