// Runs a simulated clock on beside the machine's, second by second, from wherever it is set to; so
// a stack whose clock nobody moves behaves as one in practice does.
// Promises: at an instant that was just set it stands for up to a second; never goes back. Threads:
// one of its own; whoever else moves the clock may do so at any time.
#ifndef PEPLINE_TOOLS_STACK_RUNNING_CLOCK_H_
#define PEPLINE_TOOLS_STACK_RUNNING_CLOCK_H_

#include <thread>

#include "absl/synchronization/notification.h"
#include "shared/base/clock.h"

namespace pepline {

class RunningClock {
 public:
  // The clock must outlive it.
  explicit RunningClock(SimulatedClock& clock);
  ~RunningClock();
  RunningClock(const RunningClock&) = delete;
  RunningClock& operator=(const RunningClock&) = delete;

 private:
  absl::Notification stopping_;
  std::thread thread_;
};

}  // namespace pepline

#endif  // PEPLINE_TOOLS_STACK_RUNNING_CLOCK_H_
