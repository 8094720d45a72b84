#include "services/notifications/hearing.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"

namespace pepline::notifications {
namespace {

constexpr absl::Duration kLookEvery = absl::Milliseconds(20);

}  // namespace

void Hearing::Listen(std::function<absl::Status()> ready) {
  absl::MutexLock lock(&mutex_);
  ready_ = std::move(ready);
}

bool Hearing::HeardAll() {
  if (heard_all_) return true;
  const absl::Time now = absl::Now();
  if (!ready_ || !ready_().ok()) {
    since_ = absl::InfiniteFuture();
    return false;
  }
  since_ = std::min(since_, now);
  const absl::Duration listened = now - since_;
  if (listened < kShortestListening) return false;
  const bool at_rest = std::ranges::all_of(topics_, [this](const std::string& topic) {
    return metrics_.Value("pepline_consumer_lag_records", {{"topic", topic}}) == 0;
  });
  heard_all_ = at_rest || listened >= kLongestListening;
  return heard_all_;
}

bool Hearing::Await(absl::Duration bound) {
  const absl::Time end = absl::Now() + bound;
  absl::MutexLock lock(&mutex_);
  while (!HeardAll()) {
    const absl::Duration left = end - absl::Now();
    if (left <= absl::ZeroDuration()) return false;
    mutex_.AwaitWithTimeout(absl::Condition(&heard_all_), std::min(left, kLookEvery));
  }
  return true;
}

}  // namespace pepline::notifications
