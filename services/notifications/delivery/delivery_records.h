// Puts on record what became of messages. What left is kept here until it is on record, whatever
// becomes of its alert meanwhile: resolved, withdrawn, raised anew.
// Promises: every message that this process sent is reported again and again until the store has
// it, also while the process stops, within a bound. Does not: outlive the process; what it had not
// recorded when it was killed is sent again under the same id. Errors: what the store answers.
// Threads: one of its own for what is tried again; safe from any thread; blocks on the store.
#ifndef PEPLINE_SERVICES_NOTIFICATIONS_DELIVERY_DELIVERY_RECORDS_H_
#define PEPLINE_SERVICES_NOTIFICATIONS_DELIVERY_DELIVERY_RECORDS_H_

#include <functional>
#include <map>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/notifications/catch_up_gate.h"
#include "services/notifications/storage/codec.h"
#include "services/notifications/storage/facts.h"

namespace pepline::notifications {

class DeliveryRecords {
 public:
  struct Report {
    AlertId alert;
    RecordDeliveries what;
    std::string trace;  // traceparent of what it belongs to
  };
  struct Listener {
    // Somebody else is to be told now. Must not block.
    std::function<void(const AlertId&)> on_more;
    // A message that left is on record.
    std::function<void(const AlertId&, const std::string& delivery_id)> on_recorded;
  };
  // All must outlive this.
  DeliveryRecords(const Spine& spine, const FactsLoader& facts, const CatchUpGate& gate,
                  Listener listener);
  ~DeliveryRecords() { Stop(absl::ZeroDuration()); }
  DeliveryRecords(const DeliveryRecords&) = delete;
  DeliveryRecords& operator=(const DeliveryRecords&) = delete;

  void Start();
  // Goes on for at most so long while something is not on record.
  void Stop(absl::Duration bound);

  absl::Status Record(const Report& report);
  // Of a message that left: now, or as soon as it can be.
  void RecordSent(const std::string& delivery_id, const Report& report);
  bool IsWaiting(const std::string& delivery_id) const;

 private:
  // False while the store is away.
  bool RecordWaiting();
  void Recorded(const std::string& delivery_id, const AlertId& alert);

  const Spine& spine_;
  const FactsLoader& facts_;
  const CatchUpGate& gate_;
  const Listener listener_;
  mutable absl::Mutex mutex_;
  std::map<std::string, Report> waiting_ ABSL_GUARDED_BY(mutex_);  // by delivery id
  absl::Time stop_at_ ABSL_GUARDED_BY(mutex_) = absl::InfiniteFuture();
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace pepline::notifications

#endif  // PEPLINE_SERVICES_NOTIFICATIONS_DELIVERY_DELIVERY_RECORDS_H_
