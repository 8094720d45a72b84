#include "shared/engine/clock_set_back.h"

#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "shared/observability/log.h"

namespace pepline {
namespace {

constexpr std::chrono::milliseconds kBetweenLooks(250);

std::string By(absl::Duration step) { return absl::StrCat("by ", absl::FormatDuration(step)); }

}  // namespace

absl::Duration ClockSteps::Step(absl::Time day, std::chrono::steady_clock::time_point steady) {
  const absl::Duration ahead =
      (day - absl::UnixEpoch()) - absl::FromChrono(steady.time_since_epoch());
  const absl::Duration before = ahead_.value_or(ahead);
  ahead_ = ahead;
  return ahead - before;
}

ClockSetBack::ClockSetBack(int exit_code) : exit_code_(exit_code), thread_([this] { Run(); }) {}

ClockSetBack::~ClockSetBack() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  bell_.notify_all();
  thread_.join();
}

void ClockSetBack::Run() {
  ClockSteps steps;
  std::unique_lock<std::mutex> lock(mutex_);
  do {
    const absl::Duration step = steps.Step(absl::Now(), std::chrono::steady_clock::now());
    if (step > kBorne) {
      LogWarning("the clock of this machine was set ahead", {{LogField::kCause, By(step)}});
    }
    if (step < -kBorne) {
      LogError("the clock of this machine was set back: the process ends, to be started again",
               {{LogField::kCause, By(-step)}});
      // Not in order: what would have to be waited for may wait by that clock.
      _exit(exit_code_);
    }
    // By the steady clock.
  } while (!bell_.wait_for(lock, kBetweenLooks, [this] { return stopping_; }));
}

}  // namespace pepline
