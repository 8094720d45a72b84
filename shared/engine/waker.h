// Fires due alarms: sleeps until the earliest, is woken by an earlier one, polls as a safety net,
// and hands due alarms out in bounded batches, partitions interleaved, so that a storm blocks
// nobody. Promises: an alarm that is due and stays due is fired again and again until a commit of
// its record replaces it; at most once at the same time per process; a partition that the store
// does not serve holds back its own alarms alone. Of the partitions of another replica's share it
// fires what that one leaves lying for kLeftLying. Stateless: survives any reconnect. Does not:
// remove alarms (the handler's commit does), decide. Threads: one of its own plus the pool's;
// Notify from any thread.
#ifndef PEPLINE_SHARED_ENGINE_WAKER_H_
#define PEPLINE_SHARED_ENGINE_WAKER_H_

#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "shared/base/clock.h"
#include "shared/base/worker_pool.h"
#include "shared/observability/metrics.h"
#include "shared/store/partition_ownership.h"
#include "shared/store/store.h"

namespace pepline {

struct WakerOptions {
  absl::Duration safety_poll = absl::Seconds(1);  // real time
  int batch = 64;                                 // alarms per partition and round
  int at_once = 48;  // handlers at work together, so that a storm leaves workers to the RPCs
  const PartitionOwnership* ownership = nullptr;  // null: every partition is ours
};

class Waker {
 public:
  // How long a due alarm of another replica's share is left to that one. Real time.
  static constexpr absl::Duration kLeftLying = absl::Milliseconds(500);

  // A handler that fails leaves the alarm where it is: it comes back next round (after the safety
  // poll, so that a broken dependency is not hammered).
  using Handler = std::function<absl::Status(const DueAlarm&)>;
  Waker(Store& store, const Clock& clock, Metrics& metrics, WorkerPool& pool, Handler handler,
        WakerOptions options = {});
  ~Waker();  // Stop()
  void Start();
  void Stop();  // returns when no handler runs any more
  // An alarm at this instant was set by this process.
  void Notify(absl::Time at);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace pepline

#endif  // PEPLINE_SHARED_ENGINE_WAKER_H_
