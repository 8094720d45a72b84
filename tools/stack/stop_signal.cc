#include "tools/stack/stop_signal.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>

namespace pepline {
namespace {

constexpr int kInterrupted = 130;

std::atomic<int> signal_pipe = -1;
std::atomic<bool> signal_came = false;

void OnSignal(int) {
  if (signal_came.exchange(true)) _exit(kInterrupted);
  const char byte = 0;
  if (write(signal_pipe, &byte, 1) < 0) _exit(kInterrupted);  // nobody would ever hear it
}

}  // namespace

StopSignal::StopSignal() {
  if (pipe2(pipe_, O_CLOEXEC) != 0) {
    std::perror("cannot make a pipe");
    std::abort();
  }
  signal_pipe = pipe_[1];
  // A handler and not a blocked signal: children would inherit the block and never stop.
  struct sigaction action = {};
  action.sa_handler = OnSignal;
  action.sa_flags = SA_RESTART;
  sigaction(SIGTERM, &action, nullptr);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGHUP, &action, nullptr);
  signal(SIGPIPE, SIG_IGN);
}

bool StopSignal::Came() const { return signal_came; }

bool StopSignal::Wait(absl::Duration longest) const {
  // The byte stays in the pipe, so that everybody who waits sees it.
  pollfd readable{pipe_[0], POLLIN, 0};
  const int milliseconds = longest == absl::InfiniteDuration()
                               ? -1
                               : static_cast<int>(absl::ToInt64Milliseconds(longest));
  poll(&readable, 1, milliseconds);
  return Came();
}

}  // namespace pepline
