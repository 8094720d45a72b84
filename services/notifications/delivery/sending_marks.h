// Which message is under way at which replica, so that two do not send it side by side: one small
// record a partition, written by version, with nothing in it but what is under way now.
// Promises: a message is marked by one living replica at a time, for however long its mail takes; a
// mark ends when its message is settled, or kFreeAfter after its replica was last known to live.
// Does not: make anything exact. Nothing rests on it but that a mail does not come twice: a replica
// that is held up for longer than kFreeAfter with a mail under way sends it a second time.
// Errors: what the store answers. Threads: safe from any thread; blocks on the store.
#ifndef PEPLINE_SERVICES_NOTIFICATIONS_DELIVERY_SENDING_MARKS_H_
#define PEPLINE_SERVICES_NOTIFICATIONS_DELIVERY_SENDING_MARKS_H_

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "pepline/notifications/storage/v1/sending_marks.pb.h"
#include "shared/store/shares.h"
#include "shared/store/store.h"

namespace pepline::notifications {

inline constexpr std::string_view kSendingMarksKind = "sending-marks";

class SendingMarks {
 public:
  // After a replica is known to be gone; a short stop of its process is no end.
  static constexpr absl::Duration kFreeAfter = absl::Seconds(5);

  // All must outlive this.
  SendingMarks(Store& store, const Shares& shares,
               std::function<absl::Time()> machine_clock = absl::Now);

  // True when the message is marked as this replica's; false while another has it.
  absl::StatusOr<bool> Take(int partition, const std::string& delivery_id);
  // Where the store is away, with the next Take, Release or Flush.
  void Release(int partition, const std::string& delivery_id);
  void Flush();

 private:
  // Loads, lets `change` work on it and writes it, until nobody was faster. `change` answers
  // whether there is anything to write.
  absl::Status Change(int partition, const std::function<bool(storage::v1::SendingMarks&)>& change);
  bool IsGone(const std::string& replica);
  std::set<std::string> TakeReleased(int partition);
  void PutBackReleased(int partition, const std::set<std::string>& released);

  Store& store_;
  const Shares& shares_;
  const std::function<absl::Time()> machine_clock_;
  absl::Mutex mutex_;
  std::map<int, std::set<std::string>> released_ ABSL_GUARDED_BY(mutex_);  // not written yet
  std::map<std::string, absl::Time> gone_since_ ABSL_GUARDED_BY(mutex_);   // by replica
};

// The id of the record of a partition: one that lies in it.
std::string SendingMarksOf(int partition, int partitions);

}  // namespace pepline::notifications

#endif  // PEPLINE_SERVICES_NOTIFICATIONS_DELIVERY_SENDING_MARKS_H_
