// Whether this machine's clock may be trusted: it is compared with that of the store at every look.
// Off at once when it differs by more than kClocksMayDiffer; trusted again only when it has agreed
// within half of that for a while, so that a clock that steps to and fro is off throughout.
// Promises: one answer for the whole process: no alarm, no consumed record and no command is
// decided by a wrong time of day. Sets pepline_clock_trusted and pepline_clock_ahead_seconds. Does
// not: ask the store. Errors: Unavailable with the difference and the fix. Threads: safe from any
// thread.
#ifndef PEPLINE_SHARED_REDIS_CLOCK_GUARD_H_
#define PEPLINE_SHARED_REDIS_CLOCK_GUARD_H_

#include <chrono>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace pepline {

class Metrics;

class ClockGuard {
 public:
  // `metrics` may be null.
  ClockGuard(absl::Duration trust_again_after, Metrics* metrics)
      : trust_again_after_(trust_again_after), metrics_(metrics) {}

  // How far our clock is ahead of each part of the store that answered. Where parts disagree, the
  // middle one counts: it is then a part's clock that is off, not ours. None: nothing is learnt.
  void Learn(std::vector<absl::Duration> ahead);
  absl::Status Trusted() const;

 private:
  // A clock that goes on whatever the time of day is set to.
  using Steady = std::chrono::steady_clock;

  const absl::Duration trust_again_after_;
  Metrics* const metrics_;
  mutable absl::Mutex mutex_;
  absl::Status trusted_ ABSL_GUARDED_BY(mutex_);
  std::optional<Steady::time_point> agrees_since_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace pepline

#endif  // PEPLINE_SHARED_REDIS_CLOCK_GUARD_H_
