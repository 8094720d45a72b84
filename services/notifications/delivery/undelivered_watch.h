// Looks every two seconds at who is still to be told, for those who watch the service: since when
// the oldest alert waits that is this replica's to tell (the age of the loop "deliverer"), and what
// a closed gate holds back (catch_up_gate.h). It changes nothing; what waits comes again by its
// alarm.
// Promises: the age begins with the last look at which this process did not see the alert
// undelivered, and ends when it is told. An alert of which the mail server puts an address off
// takes its time and has no age. Does not: look at more than kMostLooked alerts of a partition.
// Errors: a partition that the store does not serve keeps its ages. Threads: one of its own.
#ifndef PEPLINE_SERVICES_NOTIFICATIONS_DELIVERY_UNDELIVERED_WATCH_H_
#define PEPLINE_SERVICES_NOTIFICATIONS_DELIVERY_UNDELIVERED_WATCH_H_

#include <map>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "absl/synchronization/notification.h"
#include "services/notifications/catch_up_gate.h"
#include "services/notifications/domain/alert.h"
#include "shared/observability/heartbeat.h"
#include "shared/observability/metrics.h"
#include "shared/store/store.h"

namespace pepline::notifications {

class UndeliveredWatch {
 public:
  static constexpr int kMostLooked = 4096;

  // All must outlive this. It looks from here on.
  UndeliveredWatch(Store& store, Metrics& metrics, CatchUpGate& gate);
  ~UndeliveredWatch() { Stop(); }
  UndeliveredWatch(const UndeliveredWatch&) = delete;
  UndeliveredWatch& operator=(const UndeliveredWatch&) = delete;
  void Stop();  // once and for all

 private:
  using Ages = std::map<AlertId, SteadyTime>;  // since when it is undelivered

  void Run();
  // nullopt: the store does not serve the partition.
  std::optional<Ages> Undelivered(int partition, const Ages& before);
  std::optional<SteadyTime> Oldest() const;
  bool IsPatient(const AlertId& alert) const;

  Store& store_;
  Metrics& metrics_;
  CatchUpGate& gate_;
  std::vector<Ages> ages_;  // by partition
  SteadyTime looked_at_;
  absl::Notification stopping_;
  std::unique_ptr<Heartbeat> heartbeat_;  // while the thread runs
  std::thread thread_;
};

}  // namespace pepline::notifications

#endif  // PEPLINE_SERVICES_NOTIFICATIONS_DELIVERY_UNDELIVERED_WATCH_H_
