// The safety net below what is told at once: every two seconds it looks which alerts lie untold
// whose partition was heard here (catch_up_gate.h), and has them told. A commit whose answer was
// lost raises an alert that nobody was told of, another replica may have raised it, and the alert's
// alarm follows a clock that may stand still in a demo or a training. Promises: an alert is told
// when it lay untold at two looks running, so what was raised a moment ago stays with whoever
// raised it. Does not: look at more than kMostLooked alerts of a partition at once; the alarms come
// to the others. Errors: a store that is away is looked at again. Threads: one of its own, on which
// the functions are called.
#ifndef PEPLINE_SERVICES_NOTIFICATIONS_DELIVERY_SAFETY_NET_H_
#define PEPLINE_SERVICES_NOTIFICATIONS_DELIVERY_SAFETY_NET_H_

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

class SafetyNet {
 public:
  static constexpr int kMostLooked = 4096;

  // `is_seen_to`: true for an alert that is not to be told from here; `every_round`: what else is
  // tried again from time to time. Everything given must outlive this.
  SafetyNet(Store& store, Metrics& metrics, CatchUpGate& gate,
            std::function<bool(const AlertId&)> is_seen_to,
            std::function<void(const AlertId&)> tell, std::function<void()> every_round);
  ~SafetyNet() { Stop(); }
  SafetyNet(const SafetyNet&) = delete;
  SafetyNet& operator=(const SafetyNet&) = delete;
  void Start();
  void Stop();  // once and for all

 private:
  std::set<AlertId> WhatLiesUntold();

  Store& store_;
  Metrics& metrics_;
  CatchUpGate& gate_;
  const std::function<bool(const AlertId&)> is_seen_to_;
  const std::function<void(const AlertId&)> tell_;
  const std::function<void()> every_round_;
  absl::Notification stopping_;
  std::unique_ptr<Heartbeat> heartbeat_;  // while the thread runs
  std::thread thread_;
};

}  // namespace pepline::notifications

#endif  // PEPLINE_SERVICES_NOTIFICATIONS_DELIVERY_SAFETY_NET_H_
