#include "services/notifications/delivery/pauses.h"

#include <algorithm>
#include <cstdint>

namespace pepline::notifications {

absl::Duration PauseAfter(int failures, absl::Duration shortest, absl::Duration longest) {
  const int doublings = std::clamp(failures - 1, 0, 30);
  return std::min(longest, shortest * (std::int64_t{1} << doublings));
}

void ServerPause::Failed(absl::Time now) {
  absl::MutexLock lock(&mutex_);
  if (now < until_) return;
  until_ = now + PauseAfter(++failures_, kFirst);
}

void ServerPause::Worked() {
  absl::MutexLock lock(&mutex_);
  failures_ = 0;
  until_ = absl::InfinitePast();
}

absl::Time ServerPause::until() const {
  absl::MutexLock lock(&mutex_);
  return until_;
}

}  // namespace pepline::notifications
