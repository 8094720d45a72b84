#include "services/notifications/census.h"

#include <string>

#include "absl/strings/str_cat.h"

namespace pepline::notifications {
namespace {

constexpr absl::Duration kEvery = absl::Seconds(2);
constexpr int kPage = 1000;
constexpr int kHighestLevel = 3;

}  // namespace

Census::Census(Store& store, Metrics& metrics) : store_(store), metrics_(metrics) {
  thread_ = std::thread([this] { Run(); });
}

Census::~Census() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  thread_.join();
}

void Census::Run() {
  while (true) {
    Count();
    absl::MutexLock lock(&mutex_);
    if (mutex_.AwaitWithTimeout(absl::Condition(&stopping_), kEvery)) return;
  }
}

void Census::Count() {
  for (int level = 0; level <= kHighestLevel; ++level) {
    const std::string name = absl::StrCat(level);
    if (const auto count = CountOf({"open-level", name}); count.ok()) {
      metrics_.Set("pepline_notifications_alerts_open", {{"level", name}}, *count);
    }
  }
  if (const auto count = CountOf({"untold", "alerts"}); count.ok()) {
    metrics_.Set("pepline_notifications_alerts_untold", {}, *count);
  }
}

absl::StatusOr<int> Census::CountOf(const IndexEntry& entry) {
  int count = 0;
  for (int partition = 0; partition < store_.partitions(); ++partition) {
    std::string after;
    while (true) {
      auto members = store_.ListIndex(partition, entry, after, kPage);
      if (!members.ok()) return members.status();
      count += static_cast<int>(members->size());
      if (members->size() < static_cast<std::size_t>(kPage)) break;
      after = members->back();
    }
  }
  return count;
}

}  // namespace pepline::notifications
