#include "tools/stack/running_clock.h"

#include "absl/time/time.h"

namespace pepline {

RunningClock::RunningClock(SimulatedClock& clock)
    : thread_([this, &clock] {
        constexpr absl::Duration kTick = absl::Seconds(1);
        while (!stopping_.WaitForNotificationWithTimeout(kTick)) {
          // Refused where somebody has moved it further meanwhile.
          (void)clock.Set(clock.Now() + kTick);
        }
      }) {}

RunningClock::~RunningClock() {
  stopping_.Notify();
  thread_.join();
}

}  // namespace pepline
