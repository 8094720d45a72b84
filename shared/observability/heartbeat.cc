#include "shared/observability/heartbeat.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace pepline {

struct Heartbeat::State {
  std::string loop;
  Heartbeats::Options options;
  Heartbeats::SteadyClock clock;
  absl::Mutex mutex = {};
  SteadyTime turned ABSL_GUARDED_BY(mutex) = clock();
  std::optional<SteadyTime> oldest ABSL_GUARDED_BY(mutex) = {};
};

Heartbeat::~Heartbeat() = default;  // the registry sees that the state is gone

void Heartbeat::Turned() {
  const SteadyTime now = state_->clock();
  absl::MutexLock lock(&state_->mutex);
  state_->turned = now;
}

void Heartbeat::SetOldest(std::optional<SteadyTime> since) {
  absl::MutexLock lock(&state_->mutex);
  state_->oldest = since;
}

void HeadOfQueue::See(const std::string& head, SteadyTime now) {
  if (head == head_ && since_.has_value()) return;
  head_ = head;
  since_ = head.empty() ? std::nullopt : std::optional(now);
}

Heartbeats::Heartbeats(SteadyClock clock) : clock_(std::move(clock)) {}

std::unique_ptr<Heartbeat> Heartbeats::Begin(std::string loop, Options options) {
  std::shared_ptr<Heartbeat::State> state(
      new Heartbeat::State{.loop = std::move(loop), .options = options, .clock = clock_});
  absl::MutexLock lock(&mutex_);
  loops_.push_back(state);
  return std::unique_ptr<Heartbeat>(new Heartbeat(std::move(state)));
}

std::vector<Heartbeats::Age> Heartbeats::Ages() const {
  std::map<std::string, Age> ages;
  const SteadyTime now = clock_();
  const auto age_of = [now](SteadyTime then) {
    return std::max(absl::FromChrono(now - then), absl::ZeroDuration());
  };
  absl::MutexLock lock(&mutex_);
  std::erase_if(loops_, [](const auto& loop) { return loop.expired(); });
  for (const auto& weak : loops_) {
    const auto loop = weak.lock();
    if (loop == nullptr) continue;
    absl::MutexLock state_lock(&loop->mutex);
    Age age{.loop = loop->loop,
            .options = loop->options,
            .since_turn = age_of(loop->turned),
            .oldest_waiting = loop->oldest ? age_of(*loop->oldest) : absl::ZeroDuration()};
    const auto [twin, is_first] = ages.emplace(age.loop, age);
    if (is_first) continue;
    twin->second.since_turn = std::max(twin->second.since_turn, age.since_turn);
    twin->second.oldest_waiting = std::max(twin->second.oldest_waiting, age.oldest_waiting);
  }
  std::vector<Age> sorted;
  for (auto& [name, age] : ages) sorted.push_back(std::move(age));
  return sorted;
}

absl::Status Heartbeats::Moving() const {
  std::string standing;
  for (const Age& age : Ages()) {
    if (!age.options.essential || !age.Stands()) continue;
    absl::StrAppend(&standing, standing.empty() ? "" : ", ",
                    absl::StrFormat("the %s loop has not come round for %.0f s", age.loop,
                                    absl::ToDoubleSeconds(age.since_turn)));
  }
  return standing.empty() ? absl::OkStatus() : absl::UnavailableError(standing);
}

std::string LoopLines(const std::vector<Heartbeats::Age>& ages) {
  std::string lines;
  for (const Heartbeats::Age& age : ages) {
    absl::StrAppend(&lines,
                    absl::StrFormat("%s: came round %.1f s ago, %s\n", age.loop,
                                    absl::ToDoubleSeconds(age.since_turn),
                                    age.oldest_waiting > absl::ZeroDuration()
                                        ? absl::StrFormat("the oldest that waits has waited %.1f s",
                                                          absl::ToDoubleSeconds(age.oldest_waiting))
                                        : std::string("nothing waits")));
  }
  return lines;
}

}  // namespace pepline
