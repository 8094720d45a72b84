// The scan finds alerts with pending deliveries that nobody works on: every two seconds it reads
// the list of undelivered alerts, and has those delivered whose gate is open here
// (catch_up_gate.h). A commit whose answer was lost raises an alert that the deliverer never hears
// of, another replica may have raised it, and the alert's alarm follows a clock that may stand
// still in a demo or a training. Promises: an alert is delivered when two scans running found it,
// so what was raised a moment ago stays with whoever raised it. Does not: look at more than
// kMostLooked alerts of a partition at once; the alarms come to the others. Errors: a store that is
// away is looked at again. Threads: one of its own, on which the functions are called.
#ifndef PEPLINE_SERVICES_NOTIFICATIONS_DELIVERY_UNDELIVERED_SCAN_H_
#define PEPLINE_SERVICES_NOTIFICATIONS_DELIVERY_UNDELIVERED_SCAN_H_

#include <functional>
#include <memory>
#include <set>
#include <thread>

#include "absl/synchronization/notification.h"
#include "services/notifications/catch_up_gate.h"
#include "services/notifications/domain/alert.h"
#include "shared/observability/heartbeat.h"
#include "shared/observability/metrics.h"
#include "shared/store/store.h"

namespace pepline::notifications {

class UndeliveredScan {
 public:
  static constexpr int kMostLooked = 4096;

  // `is_seen_to`: true for an alert that is being worked on already. Everything given must outlive
  // this.
  UndeliveredScan(Store& store, Metrics& metrics, CatchUpGate& gate,
                  std::function<bool(const AlertId&)> is_seen_to,
                  std::function<void(const AlertId&)> deliver);
  ~UndeliveredScan() { Stop(); }
  UndeliveredScan(const UndeliveredScan&) = delete;
  UndeliveredScan& operator=(const UndeliveredScan&) = delete;
  void Start();
  void Stop();  // once and for all

 private:
  std::set<AlertId> Undelivered();

  Store& store_;
  Metrics& metrics_;
  CatchUpGate& gate_;
  const std::function<bool(const AlertId&)> is_seen_to_;
  const std::function<void(const AlertId&)> deliver_;
  absl::Notification stopping_;
  std::unique_ptr<Heartbeat> heartbeat_;  // while the thread runs
  std::thread thread_;
};

}  // namespace pepline::notifications

#endif  // PEPLINE_SERVICES_NOTIFICATIONS_DELIVERY_UNDELIVERED_SCAN_H_
