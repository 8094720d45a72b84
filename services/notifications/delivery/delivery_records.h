// What the deliverer puts on record in an alert's state: that a message is claimed, that it is free
// again, what became of it. What left is kept here until it is on record, whatever becomes of its
// alert meanwhile: resolved, withdrawn, raised anew.
// Promises: every message that this process sent or gave back is reported again and again until the
// store has it, also while the process stops, within a bound. Does not: outlive the process; what
// it had not recorded when it was killed is sent again under the same id. Errors: what the store
// answers. Threads: one of its own for what is tried again; safe from any thread; blocks on the
// store.
#ifndef PEPLINE_SERVICES_NOTIFICATIONS_DELIVERY_DELIVERY_RECORDS_H_
#define PEPLINE_SERVICES_NOTIFICATIONS_DELIVERY_DELIVERY_RECORDS_H_

#include <functional>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/notifications/catch_up_gate.h"
#include "services/notifications/delivery/gone_replicas.h"
#include "services/notifications/storage/codec.h"
#include "services/notifications/storage/facts.h"

namespace pepline::notifications {

class DeliveryRecords {
 public:
  struct Report {
    AlertId alert;
    AlertCommand what;
    std::string trace;  // traceparent of what it belongs to
  };
  // A commit made here begins to tell these levels. Must not block.
  using Listener = std::function<void(const AlertId&, const std::set<int>& levels)>;
  // All must outlive this.
  DeliveryRecords(const Engine& engine, const FactsLoader& facts, const CatchUpGate& gate,
                  const PartitionOwnership& ownership, Listener listener);
  ~DeliveryRecords() { Stop(absl::ZeroDuration()); }
  DeliveryRecords(const DeliveryRecords&) = delete;
  DeliveryRecords& operator=(const DeliveryRecords&) = delete;

  void Start();
  // Goes on for at most so long while something is not on record.
  void Stop(absl::Duration bound);

  // The alert as it is then. The message is ours where its attempt says so.
  absl::StatusOr<AlertState> Claim(const AlertId& alert, const ClaimMessage& claim,
                                   const std::string& trace);
  absl::Status Record(const Report& report);
  // Now, or as soon as it can be: a message left, or did not and is anybody's again.
  void RecordSurely(const std::string& delivery_id, const Report& report);
  // Something of the message is not on record yet.
  bool IsWaiting(const std::string& delivery_id) const;

 private:
  Inputs<AlertCodec> InputsOf(const AlertId& alert);
  void Count(const AlertId& alert, const std::vector<AlertEvent>& events);
  // False while the store is away.
  bool RecordWaiting();

  const Engine& engine_;
  const FactsLoader& facts_;
  const CatchUpGate& gate_;
  GoneReplicas gone_replicas_;
  const Listener listener_;
  mutable absl::Mutex mutex_;
  std::map<std::string, Report> waiting_ ABSL_GUARDED_BY(mutex_);  // by delivery id
  absl::Time stop_at_ ABSL_GUARDED_BY(mutex_) = absl::InfiniteFuture();
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace pepline::notifications

#endif  // PEPLINE_SERVICES_NOTIFICATIONS_DELIVERY_DELIVERY_RECORDS_H_
