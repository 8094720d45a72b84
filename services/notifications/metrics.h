// The metrics that notifications exposes: how many alerts, told to whom, with what outcome.
// Threads: safe from any thread.
#ifndef PEPLINE_SERVICES_NOTIFICATIONS_METRICS_H_
#define PEPLINE_SERVICES_NOTIFICATIONS_METRICS_H_

#include <vector>

#include "services/notifications/domain/notice.h"
#include "shared/observability/metrics.h"

namespace pepline::notifications {

std::vector<MetricDefinition> NotificationsMetrics();
void CountEvents(Metrics& metrics, const std::vector<AlertEvent>& events);

// News of a child of which nobody is told.
void CountNoNotice(Metrics& metrics, NoticeKind kind, NoNotice why);

}  // namespace pepline::notifications

#endif  // PEPLINE_SERVICES_NOTIFICATIONS_METRICS_H_
