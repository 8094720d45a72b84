// The clock of one process, which a test sets wrong while the process runs: its clock of the day
// (a preloaded library, tests/support/preload) and, where it runs on a simulated clock, a file of
// its own for that. Promises: what is shifted is this process alone; set back, everything is as
// before. Does not: shift steady clocks, or programs that are linked statically.
// Errors: Internal when a file cannot be written. Threads: safe from any thread.
#ifndef PEPLINE_TESTS_SUPPORT_SHIFTED_CLOCK_H_
#define PEPLINE_TESTS_SUPPORT_SHIFTED_CLOCK_H_

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace pepline {

class ShiftedClock {
 public:
  // `library` is libshifted_clock.so of the build; `file` is made.
  static absl::StatusOr<std::unique_ptr<ShiftedClock>> Create(const std::string& library,
                                                              const std::string& file);
  ~ShiftedClock();
  ShiftedClock(const ShiftedClock&) = delete;
  ShiftedClock& operator=(const ShiftedClock&) = delete;

  // What the process must be given.
  std::map<std::string, std::string> Environment() const;

  void Set(absl::Duration shift);  // of the clock of the day
  absl::Duration shift() const;

 private:
  ShiftedClock(std::string library, std::string file, std::atomic<std::int64_t>* nanoseconds);
  const std::string library_;
  const std::string file_;
  std::atomic<std::int64_t>* const nanoseconds_;  // in the mapped file
};

// A file as SimulatedClock reads it, that also goes back.
class FreeSimulatedClock {
 public:
  // The file must be there.
  static absl::StatusOr<std::unique_ptr<FreeSimulatedClock>> Open(const std::string& file);
  ~FreeSimulatedClock();
  FreeSimulatedClock(const FreeSimulatedClock&) = delete;
  FreeSimulatedClock& operator=(const FreeSimulatedClock&) = delete;
  void Set(absl::Time now);

 private:
  explicit FreeSimulatedClock(void* memory) : memory_(memory) {}
  void* const memory_;
};

}  // namespace pepline

#endif  // PEPLINE_TESTS_SUPPORT_SHIFTED_CLOCK_H_
