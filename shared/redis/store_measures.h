// What is to be seen of a store, as gauges: how much of it is served (pepline_store_...), and what
// waits in it: events for Kafka (pepline_outbox_...) and alarms that are due (pepline_alarms_due,
// pepline_alarm_oldest_due_age_seconds).
// Promises: a partition that is not served is left out (pepline_store_served_partitions tells);
// while none is, the gauges stay as they were. Errors: none. Threads: any; blocks on the store.
#ifndef PEPLINE_SHARED_REDIS_STORE_MEASURES_H_
#define PEPLINE_SHARED_REDIS_STORE_MEASURES_H_

#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "shared/observability/metrics.h"
#include "shared/redis/redis_store.h"
#include "shared/store/store.h"

namespace pepline {

// Answers a line for /readyz while a part of the store is served and another one is not, else "".
std::string MeasureServed(const RedisStore::Service& served, int partitions, Metrics& metrics);
// `limit`: how many entries the outbox of one partition takes.
void MeasureOutbox(Store& store, std::int64_t limit, Metrics& metrics);
// `now` on the clock that alarms are set by.
void MeasureAlarms(Store& store, absl::Time now, Metrics& metrics);

}  // namespace pepline

#endif  // PEPLINE_SHARED_REDIS_STORE_MEASURES_H_
