#include "services/notifications/delivery/server_pause.h"

#include <algorithm>

namespace pepline::notifications {

void ServerPause::Failed(absl::Time now) {
  absl::MutexLock lock(&mutex_);
  if (now < until_) return;
  until_ = now + next_;
  next_ = std::min(kLongest, 2 * next_);
}

void ServerPause::Worked() {
  absl::MutexLock lock(&mutex_);
  next_ = kShortest;
  until_ = absl::InfinitePast();
}

absl::Time ServerPause::until() const {
  absl::MutexLock lock(&mutex_);
  return until_;
}

}  // namespace pepline::notifications
