#include "shared/runtime/clock_set_back.h"

#include <utility>

#include "absl/time/clock.h"

namespace pepline {
namespace {

constexpr std::chrono::milliseconds kBetweenLooks(250);

}  // namespace

absl::Duration ClockSteps::Step(absl::Time day, std::chrono::steady_clock::time_point steady) {
  const absl::Duration ahead =
      (day - absl::UnixEpoch()) - absl::FromChrono(steady.time_since_epoch());
  const absl::Duration before = ahead_.value_or(ahead);
  ahead_ = ahead;
  return ahead - before;
}

ClockSetBack::ClockSetBack(std::function<void(absl::Duration step)> set_ahead,
                           std::function<void(absl::Duration step)> end)
    : set_ahead_(std::move(set_ahead)), end_(std::move(end)), thread_([this] { Run(); }) {}

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
    if (step > kBorne) set_ahead_(step);
    if (step < -kBorne) end_(step);
    // By the steady clock.
  } while (!bell_.wait_for(lock, kBetweenLooks, [this] { return stopping_; }));
}

}  // namespace pepline
