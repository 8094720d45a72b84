#include "shared/redis/clock_guard.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "shared/observability/metrics.h"
#include "shared/redis/redis_checks.h"
#include "shared/store/store.h"

namespace pepline {

void ClockGuard::Learn(std::vector<absl::Duration> ahead) {
  if (ahead.empty()) return;
  std::sort(ahead.begin(), ahead.end());
  const absl::Duration middle = ahead[ahead.size() / 2];
  const Steady::time_point now = Steady::now();
  absl::MutexLock lock(&mutex_);
  absl::Status agrees = CheckClock(middle);
  if (absl::AbsDuration(middle) > kClocksMayDiffer / 2) {
    agrees_since_.reset();
  } else if (!agrees_since_) {
    agrees_since_ = now;
  }
  if (!agrees.ok()) {
    trusted_ = std::move(agrees);
  } else if (!trusted_.ok()) {
    if (agrees_since_ && absl::FromChrono(now - *agrees_since_) >= trust_again_after_) {
      trusted_ = absl::OkStatus();
    } else {
      trusted_ = absl::UnavailableError(
          "the clock of this machine differed from that of Redis a moment ago; it is trusted again "
          "once they have agreed for a while");
    }
  }
  if (metrics_ == nullptr) return;
  metrics_->Set("pepline_clock_trusted", {}, trusted_.ok() ? 1 : 0);
  metrics_->Set("pepline_clock_ahead_seconds", {}, absl::ToDoubleSeconds(middle));
}

absl::Status ClockGuard::Trusted() const {
  absl::MutexLock lock(&mutex_);
  return trusted_;
}

}  // namespace pepline
