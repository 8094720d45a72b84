// Whether the loops of a process move. A loop is a thread that works something off for as long as
// the process lives: consumer, relay, waker, deliverer, the count of the store. Each says that it
// came round (Turned) and since when the oldest thing that it has not done has waited (SetOldest).
// Promises: a loop that stopped is seen although it says nothing, because ages are counted by
// whoever asks; ages are counted on a clock that nobody sets. Does not: judge how long is too long
// for what waits; that is the alert rules' (deploy/prometheus/alerts.yaml).
// Errors: none. Threads: safe from any thread.
#ifndef PEPLINE_SHARED_OBSERVABILITY_HEARTBEAT_H_
#define PEPLINE_SHARED_OBSERVABILITY_HEARTBEAT_H_

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace pepline {

using SteadyTime = std::chrono::steady_clock::time_point;

// One loop's. Made by Heartbeats::Begin when the loop begins; its destructor says that the loop
// ended on purpose.
class Heartbeat {
 public:
  ~Heartbeat();
  Heartbeat(const Heartbeat&) = delete;
  Heartbeat& operator=(const Heartbeat&) = delete;

  void Turned();
  // Since when the oldest thing that is not done has waited; nullopt: nothing waits.
  void SetOldest(std::optional<SteadyTime> since);

 private:
  friend class Heartbeats;
  struct State;
  explicit Heartbeat(std::shared_ptr<State> state) : state_(std::move(state)) {}
  const std::shared_ptr<State> state_;
};

// Since when what stands first in a queue has stood there. Whoever is first and does not go is the
// oldest thing that is not done. Threads: one at a time.
class HeadOfQueue {
 public:
  // `head` tells it from others; empty: the queue is empty.
  void See(const std::string& head, SteadyTime now);
  std::optional<SteadyTime> since() const { return since_; }

 private:
  std::string head_;
  std::optional<SteadyTime> since_;
};

// All loops of a process.
class Heartbeats {
 public:
  using SteadyClock = std::function<SteadyTime()>;
  explicit Heartbeats(SteadyClock clock = std::chrono::steady_clock::now);
  // For tests, before the first loop begins: ages are counted on another clock.
  void CountOn(SteadyClock clock) { clock_ = std::move(clock); }

  SteadyTime Now() const { return clock_(); }

  struct Options {
    // How long it may take to come round at the most before it counts as standing still.
    absl::Duration limit = absl::Seconds(20);
    // Whether the service is not ready while it stands still.
    bool essential = true;
  };
  // `loop` is its name in metrics: "consumer".
  std::unique_ptr<Heartbeat> Begin(std::string loop, Options options);
  std::unique_ptr<Heartbeat> Begin(std::string loop) { return Begin(std::move(loop), Options()); }

  struct Age {
    std::string loop;
    Options options;
    absl::Duration since_turn;      // since it came round
    absl::Duration oldest_waiting;  // zero: nothing waits
    bool Stands() const { return since_turn > options.limit; }
  };
  // In the order of names; of two loops of one name the worse counts.
  std::vector<Age> Ages() const;
  // Unavailable with the names of the essential loops that stand still.
  absl::Status Moving() const;

 private:
  SteadyClock clock_;
  mutable absl::Mutex mutex_;
  mutable std::vector<std::weak_ptr<Heartbeat::State>> loops_ ABSL_GUARDED_BY(mutex_);
};

// "consumer: came round 0.1 s ago, nothing waits", a line each.
std::string LoopLines(const std::vector<Heartbeats::Age>& ages);

}  // namespace pepline

#endif  // PEPLINE_SHARED_OBSERVABILITY_HEARTBEAT_H_
