// The safety net below what is told at once: every two seconds it looks which alerts lie untold in
// this replica's share and have them told. A commit whose answer was lost raises an alert that
// nobody was told of, and the alert's alarm follows a clock that may stand still in a demo or a
// training.
// Promises: an alert is told when it lay untold at two looks running, so what was raised a moment
// ago stays with whoever raised it; nothing before everything was heard (hearing.h). Does not: look
// at more than 256 alerts of a partition at once; the alarms come to the others. Errors: a store
// that is away is looked at again. Threads: one of its own, on which both functions are called.
#ifndef PEPLINE_SERVICES_NOTIFICATIONS_SAFETY_NET_H_
#define PEPLINE_SERVICES_NOTIFICATIONS_SAFETY_NET_H_

#include <functional>
#include <set>
#include <thread>

#include "absl/synchronization/notification.h"
#include "services/notifications/domain/alert.h"
#include "services/notifications/hearing.h"
#include "shared/runtime/shares.h"
#include "shared/runtime/store.h"

namespace pepline::notifications {

class SafetyNet {
 public:
  // `is_seen_to`: true for an alert that is not to be told from here. Everything given must outlive
  // this.
  SafetyNet(Store& store, const Shares& shares, Hearing& hearing,
            std::function<bool(const AlertId&)> is_seen_to,
            std::function<void(const AlertId&)> tell);
  ~SafetyNet() { Stop(); }
  SafetyNet(const SafetyNet&) = delete;
  SafetyNet& operator=(const SafetyNet&) = delete;
  void Start();
  void Stop();  // once and for all

 private:
  std::set<AlertId> WhatLiesUntold();

  Store& store_;
  const Shares& shares_;
  Hearing& hearing_;
  const std::function<bool(const AlertId&)> is_seen_to_;
  const std::function<void(const AlertId&)> tell_;
  absl::Notification stopping_;
  std::thread thread_;
};

}  // namespace pepline::notifications

#endif  // PEPLINE_SERVICES_NOTIFICATIONS_SAFETY_NET_H_
