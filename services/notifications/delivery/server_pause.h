// One pause for all mail while the mail server takes none: twice as long after each failure, within
// bounds. It says that nothing is handed over now; what waits comes again by its alarm, and uses no
// attempt up.
// Promises: what fails together, or before the pause is over, counts as one failure. Instants are
// the machine's clock: the pause does not run faster on a simulated one. Threads: safe from any
// thread.
#ifndef PEPLINE_SERVICES_NOTIFICATIONS_DELIVERY_SERVER_PAUSE_H_
#define PEPLINE_SERVICES_NOTIFICATIONS_DELIVERY_SERVER_PAUSE_H_

#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace pepline::notifications {

class ServerPause {
 public:
  static constexpr absl::Duration kShortest = absl::Milliseconds(500);
  static constexpr absl::Duration kLongest = absl::Seconds(30);

  void Failed(absl::Time now);
  void Worked();  // it takes mail, or says no to one mail alone
  // Nothing is sent before then.
  absl::Time until() const;

 private:
  mutable absl::Mutex mutex_;
  absl::Duration next_ ABSL_GUARDED_BY(mutex_) = kShortest;
  absl::Time until_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
};

}  // namespace pepline::notifications

#endif  // PEPLINE_SERVICES_NOTIFICATIONS_DELIVERY_SERVER_PAUSE_H_
