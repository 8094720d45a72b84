// Whether this process has heard what other services said while it was away. Until then nobody is
// told of anything and nothing escalates: the work may have been done long ago.
// Promises: once true it stays true; a stream that never rests is listened to for kLongestListening
// and no longer. Does not: hold anything back itself. Threads: safe from any thread.
#ifndef PEPLINE_SERVICES_NOTIFICATIONS_HEARING_H_
#define PEPLINE_SERVICES_NOTIFICATIONS_HEARING_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "shared/runtime/metrics.h"

namespace pepline::notifications {

class Hearing {
 public:
  static constexpr absl::Duration kShortestListening = absl::Milliseconds(1500);
  static constexpr absl::Duration kLongestListening = absl::Seconds(20);

  // `metrics` holds pepline_consumer_lag_records of the topics; must outlive this.
  Hearing(const Metrics& metrics, std::vector<std::string> topics)
      : metrics_(metrics), topics_(std::move(topics)) {}
  // `ready` tells whether partitions are assigned. Before this call nothing is heard.
  void Listen(std::function<absl::Status()> ready);

  // Waits for it, at most so long; true when everything was heard.
  bool Await(absl::Duration bound);

 private:
  bool HeardAll() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Metrics& metrics_;
  const std::vector<std::string> topics_;
  absl::Mutex mutex_;
  std::function<absl::Status()> ready_ ABSL_GUARDED_BY(mutex_);
  absl::Time since_ ABSL_GUARDED_BY(mutex_) = absl::InfiniteFuture();  // when it became ready
  bool heard_all_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace pepline::notifications

#endif  // PEPLINE_SERVICES_NOTIFICATIONS_HEARING_H_
