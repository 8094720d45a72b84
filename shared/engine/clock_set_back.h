// Ends a process whose clock of the day is set back. A wait until an instant of the day that began
// before (Abseil's waits are such) would last until the clock is there again: a loop of a process
// whose clock was forty days ahead and is put right would stand for forty days. Nothing is lost by
// an end at any instant, and whoever started the process starts it again.
// Promises: seen within half a second, whatever else stands; a step of a few seconds is borne. Does
// not: judge whether the clock is right (clock_guard.h). Errors: none. Threads: one of its own.
#ifndef PEPLINE_SHARED_ENGINE_CLOCK_SET_BACK_H_
#define PEPLINE_SHARED_ENGINE_CLOCK_SET_BACK_H_

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

#include "absl/time/time.h"

namespace pepline {

// By how much the clock of the day was moved against the steady one between two looks.
class ClockSteps {
 public:
  // Negative when it was set back; 0 at the first look.
  absl::Duration Step(absl::Time day, std::chrono::steady_clock::time_point steady);

 private:
  std::optional<absl::Duration> ahead_;  // of the day's clock, at the last look
};

class ClockSetBack {
 public:
  // Waits may last longer by this much, which is less than anybody waits for an answer.
  static constexpr absl::Duration kBorne = absl::Seconds(5);

  // The process ends with this code, without putting anything away.
  explicit ClockSetBack(int exit_code);
  ~ClockSetBack();
  ClockSetBack(const ClockSetBack&) = delete;
  ClockSetBack& operator=(const ClockSetBack&) = delete;

 private:
  void Run();

  const int exit_code_;
  // Not Abseil's, which would wait by the clock that is watched.
  std::mutex mutex_;
  std::condition_variable bell_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace pepline

#endif  // PEPLINE_SHARED_ENGINE_CLOCK_SET_BACK_H_
