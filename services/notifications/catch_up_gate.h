// The gate is open for an alert once everything that the service whose word it ends with said of
// its child (or school) was handled. Until then time alone raises no level and nobody is told: the
// work may have been done. Each Kafka partition is a gate of its own, which is open while the
// consumer that has it is caught up: not while the broker is away, while records lie behind, or
// where another replica has it. Promises: what a closed gate holds back for long shows in
// pepline_notifications_oldest_held_back_age_seconds. Does not: hold anything back itself.
// Threads: safe from any thread.
#ifndef PEPLINE_SERVICES_NOTIFICATIONS_CATCH_UP_GATE_H_
#define PEPLINE_SERVICES_NOTIFICATIONS_CATCH_UP_GATE_H_

#include <functional>
#include <map>
#include <string>

#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "services/notifications/domain/alert.h"
#include "shared/domain/ids.h"
#include "shared/observability/metrics.h"

namespace pepline::notifications {

class CatchUpGate {
 public:
  // What was caught up so long ago still counts as caught up; consumers look more often.
  static constexpr absl::Duration kFresh = absl::Seconds(10);
  // Who is not turned away again within this time got through, here or at another replica.
  static constexpr absl::Duration kForgotten = absl::Seconds(30);

  // The latest instant (machine's clock) at which everything that the broker then had of the key's
  // partition was handled; InfinitePast: never, or not assigned to this process.
  using CaughtUpSince = std::function<absl::Time(const std::string& topic, const std::string& key)>;
  explicit CatchUpGate(Metrics& metrics, std::function<absl::Time()> machine_clock = absl::Now);
  // Whom an alert of a request is about; empty: not known now, and its gate is closed. Its id does
  // not say it, and the child's id is the key of the request's events. May block.
  using ChildOf = std::function<ChildId(const AlertId& alert)>;
  // Before this call every gate is closed.
  void Watch(CaughtUpSince caught_up_since, ChildOf child_of);

  enum class State {
    kCaughtUp,
    kBehind,     // it is ours, and will be caught up
    kElsewhere,  // never caught up here: it may be another replica's
  };
  State Of(const AlertId& alert) const;
  bool IsOpen(const AlertId& alert) const { return Of(alert) == State::kCaughtUp; }
  // The same of something that is due and is held back where it was not: notes since when.
  State HoldBack(const AlertId& alert);
  // Sets the metric.
  void Publish();

 private:
  struct Held {
    absl::Time first;
    absl::Time last;
  };

  // The key of the events that the alert ends with, in their topic; empty where it is not known.
  std::string KeyOf(const AlertId& alert) const;

  Metrics& metrics_;
  const std::function<absl::Time()> machine_clock_;
  mutable absl::Mutex mutex_;
  CaughtUpSince caught_up_since_ ABSL_GUARDED_BY(mutex_);
  ChildOf child_of_ ABSL_GUARDED_BY(mutex_);
  mutable std::map<AlertId, ChildId> children_ ABSL_GUARDED_BY(mutex_);  // of requests' alerts
  std::map<AlertId, Held> held_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace pepline::notifications

#endif  // PEPLINE_SERVICES_NOTIFICATIONS_CATCH_UP_GATE_H_
