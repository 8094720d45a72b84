#include "shared/redis/store_measures.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace pepline {
namespace {

constexpr int kMostDueCounted = 10'000;

}  // namespace

std::string MeasureServed(const RedisStore::Service& served, int partitions, Metrics& metrics) {
  metrics.Set("pepline_store_up", {}, served.partitions > 0 ? 1 : 0);
  metrics.Set("pepline_store_partitions", {}, partitions);
  metrics.Set("pepline_store_served_partitions", {}, served.partitions);
  if (served.partitions == 0 || served.trouble.ok()) return "";
  return absl::StrCat(served.partitions, " of ", partitions,
                      " partitions served: ", std::string(served.trouble.message()), "\n");
}

void MeasureOutbox(Store& store, std::int64_t limit, Metrics& metrics) {
  const auto most = static_cast<double>(limit);
  metrics.Set("pepline_outbox_capacity_entries", {}, most * store.partitions());
  OutboxDepth all;
  std::int64_t fullest = 0;
  int measured = 0;
  for (const auto& depth : store.MeasureOutboxes()) {
    if (!depth.ok()) continue;
    ++measured;
    all.entries += depth->entries;
    fullest = std::max(fullest, depth->entries);
    if (depth->oldest && (!all.oldest || *depth->oldest < *all.oldest)) all.oldest = depth->oldest;
  }
  if (measured == 0) return;
  metrics.Set("pepline_outbox_entries", {}, static_cast<double>(all.entries));
  metrics.Set("pepline_outbox_fullest_ratio", {}, static_cast<double>(fullest) / most);
  const absl::Duration age = all.oldest ? absl::Now() - *all.oldest : absl::ZeroDuration();
  metrics.Set("pepline_outbox_oldest_age_seconds", {}, std::max(0.0, absl::ToDoubleSeconds(age)));
}

void MeasureAlarms(Store& store, absl::Time now, Metrics& metrics) {
  std::size_t due = 0;
  absl::Duration age;
  int partition = 0, measured = 0;
  for (const Store::Earliest& earliest : store.EarliestAlarms()) {
    const int asked = partition++;
    if (!earliest.ok()) continue;
    ++measured;
    if (!*earliest || **earliest > now) continue;
    age = std::max(age, now - **earliest);
    const auto alarms = store.DueAlarms(asked, now, kMostDueCounted);
    if (alarms.ok()) due += alarms->size();
  }
  if (measured == 0) return;
  metrics.Set("pepline_alarms_due", {}, static_cast<double>(due));
  metrics.Set("pepline_alarm_oldest_due_age_seconds", {}, absl::ToDoubleSeconds(age));
}

}  // namespace pepline
