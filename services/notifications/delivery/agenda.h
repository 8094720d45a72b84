// Which alerts are to be looked at by whoever tells people, and when.
// Promises: an alert is on it once, with the earliest instant that it was posted for; one that is
// at work is not given out a second time, and when it is posted meanwhile it comes again
// afterwards. In the order of instants. Does not: keep more than `most` alerts (undelivered_scan.h
// comes to the others), know what is to be told. Instants are the machine's clock. Threads: safe
// from any thread.
#ifndef PEPLINE_SERVICES_NOTIFICATIONS_DELIVERY_AGENDA_H_
#define PEPLINE_SERVICES_NOTIFICATIONS_DELIVERY_AGENDA_H_

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "services/notifications/domain/alert.h"

namespace pepline::notifications {

class Agenda {
 public:
  explicit Agenda(std::size_t most = 200'000) : most_(most) {}

  void Post(const AlertId& alert, absl::Time at = absl::Now());
  // The first that is due, which is at work until Done. Waits at most so long; nullopt when nothing
  // became due, and at once after Stop.
  std::optional<AlertId> Take(absl::Duration bound);
  void Done(const AlertId& alert);
  // Waiting or at work.
  bool Contains(const AlertId& alert) const;
  void Stop();

 private:
  bool IsAnyDue() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void PutDown(const AlertId& alert, absl::Time at) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::size_t most_;
  mutable absl::Mutex mutex_;
  std::map<AlertId, absl::Time> at_ ABSL_GUARDED_BY(mutex_);
  std::set<std::pair<absl::Time, AlertId>> order_ ABSL_GUARDED_BY(mutex_);
  // What is at work, and since when it is wanted again.
  std::map<AlertId, std::optional<absl::Time>> at_work_ ABSL_GUARDED_BY(mutex_);
  bool changed_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace pepline::notifications

#endif  // PEPLINE_SERVICES_NOTIFICATIONS_DELIVERY_AGENDA_H_
