// Ctrl-C and SIGTERM as something to wait for, so that a starter stops its children in order.
// Promises: the first signal is remembered; a second one ends the program at once (its children go
// with it). Children do not inherit anything of this. Threads: one object per program, made before
// its threads; its functions from any thread.
#ifndef PEPLINE_TOOLS_STACK_STOP_SIGNAL_H_
#define PEPLINE_TOOLS_STACK_STOP_SIGNAL_H_

#include "absl/time/time.h"

namespace pepline {

class StopSignal {
 public:
  StopSignal();
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;

  bool Came() const;
  // Whether one has come, at the latest after `longest`.
  bool Wait(absl::Duration longest) const;

 private:
  int pipe_[2] = {-1, -1};
};

}  // namespace pepline

#endif  // PEPLINE_TOOLS_STACK_STOP_SIGNAL_H_
