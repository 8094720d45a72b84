// How long nothing is tried after it failed: twice as long each time, within bounds.
// ServerPause is one for all mail while the mail server takes none; it costs no delivery an
// attempt. Promises: what fails together, or before the pause is over, counts as one failure.
// Instants are the machine's clock: pauses do not run faster on a simulated one. Threads: safe from
// any thread.
#ifndef PEPLINE_SERVICES_NOTIFICATIONS_DELIVERY_PAUSES_H_
#define PEPLINE_SERVICES_NOTIFICATIONS_DELIVERY_PAUSES_H_

#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace pepline::notifications {

inline constexpr absl::Duration kShortestPause = absl::Milliseconds(100);
inline constexpr absl::Duration kLongestPause = absl::Minutes(5);

// After so many failures running; from 1.
absl::Duration PauseAfter(int failures, absl::Duration shortest = kShortestPause,
                          absl::Duration longest = kLongestPause);

class ServerPause {
 public:
  static constexpr absl::Duration kFirst = absl::Milliseconds(500);

  void Failed(absl::Time now);
  void Worked();  // it takes mail, or says no to one mail alone
  // Nothing is sent before then.
  absl::Time until() const;

 private:
  mutable absl::Mutex mutex_;
  int failures_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Time until_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
};

}  // namespace pepline::notifications

#endif  // PEPLINE_SERVICES_NOTIFICATIONS_DELIVERY_PAUSES_H_
