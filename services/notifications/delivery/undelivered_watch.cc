#include "services/notifications/delivery/undelivered_watch.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "services/notifications/storage/codec.h"

namespace pepline::notifications {
namespace {

constexpr absl::Duration kBetweenLooks = absl::Seconds(2);  // real time
constexpr int kPage = 256;
// Of those that wait for longest, so many are read at one look to see whether an address is put
// off.
constexpr std::size_t kMostRead = 64;

}  // namespace

UndeliveredWatch::UndeliveredWatch(Store& store, Metrics& metrics, CatchUpGate& gate)
    : store_(store),
      metrics_(metrics),
      gate_(gate),
      ages_(static_cast<std::size_t>(store.partitions())),
      looked_at_(metrics.heartbeats().Now()),
      thread_([this] { Run(); }) {}

void UndeliveredWatch::Stop() {
  if (!stopping_.HasBeenNotified()) stopping_.Notify();
  if (thread_.joinable()) thread_.join();
}

void UndeliveredWatch::Run() {
  heartbeat_ = metrics_.heartbeats().Begin("deliverer");
  while (!stopping_.WaitForNotificationWithTimeout(kBetweenLooks)) {
    const SteadyTime now = metrics_.heartbeats().Now();
    for (int partition = 0; partition < store_.partitions(); ++partition) {
      heartbeat_->Turned();  // a store that is slow to say that it is away is no standstill of ours
      Ages& ages = ages_[static_cast<std::size_t>(partition)];
      if (auto found = Undelivered(partition, ages)) ages = *std::move(found);
    }
    looked_at_ = now;
    heartbeat_->SetOldest(Oldest());
    gate_.Publish();
    heartbeat_->Turned();
  }
  heartbeat_.reset();
}

std::optional<UndeliveredWatch::Ages> UndeliveredWatch::Undelivered(int partition,
                                                                    const Ages& before) {
  Ages found;
  std::string after;
  for (int looked = 0; looked < kMostLooked; looked += kPage) {
    const auto listed = store_.ListIndex(partition, UndeliveredAlerts(), after, kPage);
    if (!listed.ok()) return std::nullopt;
    for (const std::string& id : *listed) {
      const AlertId alert(id);
      if (gate_.Of(alert) == CatchUpGate::State::kElsewhere) continue;
      gate_.HoldBack(alert);  // where the gate is not open
      const auto known = before.find(alert);
      found.emplace(alert, known == before.end() ? looked_at_ : known->second);
    }
    if (listed->size() < static_cast<std::size_t>(kPage)) break;
    after = listed->back();
  }
  return found;
}

std::optional<SteadyTime> UndeliveredWatch::Oldest() const {
  std::vector<std::pair<SteadyTime, AlertId>> waiting;
  for (const Ages& ages : ages_) {
    for (const auto& [alert, since] : ages) waiting.emplace_back(since, alert);
  }
  std::ranges::sort(waiting);
  if (waiting.size() > kMostRead) waiting.resize(kMostRead);
  for (const auto& [since, alert] : waiting) {
    if (!IsPatient(alert)) return since;
  }
  return std::nullopt;
}

bool UndeliveredWatch::IsPatient(const AlertId& alert) const {
  const auto state = Read<AlertCodec>(store_, AlertOf(alert));
  if (!state.ok() || !*state) return false;
  return std::ranges::any_of((*state)->Waiting(), [](const PendingDelivery& pending) {
    return std::ranges::any_of(pending.attempts,
                               [](const Attempt& attempt) { return attempt.refusals > 0; });
  });
}

}  // namespace pepline::notifications
