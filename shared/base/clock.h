// Where the time comes from. Rules never see this: they get `now` in their facts.
// SystemClock is the machine's clock; FakeClock is set by a test; SimulatedClock reads an instant
// that all processes of one stack share through a small memory-mapped file (demo and training).
// All instants are UTC. Threads: safe from any thread.
#ifndef PEPLINE_SHARED_BASE_CLOCK_H_
#define PEPLINE_SHARED_BASE_CLOCK_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace pepline {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual absl::Time Now() const = 0;
  // How long a sleeper may sleep before it must look at Now() again, however far away its instant
  // is. Infinite for a clock that runs evenly; a few milliseconds for one that is moved by hand.
  virtual absl::Duration LongestNap() const { return absl::InfiniteDuration(); }
};

class SystemClock final : public Clock {
 public:
  absl::Time Now() const override { return absl::Now(); }
};

class FakeClock final : public Clock {
 public:
  explicit FakeClock(absl::Time start) : micros_(absl::ToUnixMicros(start)) {}
  absl::Time Now() const override { return absl::FromUnixMicros(micros_.load()); }
  absl::Duration LongestNap() const override { return absl::Milliseconds(1); }
  void Set(absl::Time now) { micros_.store(absl::ToUnixMicros(now)); }
  void Advance(absl::Duration by) { Set(Now() + by); }

 private:
  std::atomic<std::int64_t> micros_;
};

class SimulatedClock final : public Clock {
 public:
  // Creates the file at `start` if it does not exist; for the stack's starter.
  static absl::Status Create(const std::string& path, absl::Time start);
  // Opens an existing file. NotFound when there is none, InvalidArgument when it is not a clock.
  static absl::StatusOr<std::unique_ptr<SimulatedClock>> Open(const std::string& path);
  ~SimulatedClock() override;
  SimulatedClock(const SimulatedClock&) = delete;
  SimulatedClock& operator=(const SimulatedClock&) = delete;

  absl::Time Now() const override;
  absl::Duration LongestNap() const override { return absl::Milliseconds(2); }
  // Moves the clock for every process of the stack. InvalidArgument when it would go back.
  absl::Status Set(absl::Time now);

 private:
  explicit SimulatedClock(std::atomic<std::int64_t>* micros) : micros_(micros) {}
  std::atomic<std::int64_t>* micros_;  // in the mapped file, after an 8-byte mark
};

}  // namespace pepline

#endif  // PEPLINE_SHARED_BASE_CLOCK_H_
