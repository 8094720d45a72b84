#include "services/notifications/delivery/undelivered_scan.h"

#include <cstddef>
#include <string>
#include <utility>

#include "absl/time/time.h"

namespace pepline::notifications {
namespace {

constexpr absl::Duration kBetweenLooks = absl::Seconds(2);  // real time
constexpr int kPage = 256;

}  // namespace

UndeliveredScan::UndeliveredScan(Store& store, Metrics& metrics, CatchUpGate& gate,
                                 std::function<bool(const AlertId&)> is_seen_to,
                                 std::function<void(const AlertId&)> deliver)
    : store_(store),
      metrics_(metrics),
      gate_(gate),
      is_seen_to_(std::move(is_seen_to)),
      deliver_(std::move(deliver)) {}

void UndeliveredScan::Start() {
  thread_ = std::thread([this] {
    heartbeat_ = metrics_.heartbeats().Begin("undelivered-scan");
    std::set<AlertId> found_before;
    while (!stopping_.WaitForNotificationWithTimeout(kBetweenLooks)) {
      std::set<AlertId> found = Undelivered();
      for (const AlertId& alert : found) {
        if (found_before.contains(alert)) deliver_(alert);
      }
      found_before = std::move(found);
      gate_.Publish();
      heartbeat_->Turned();
    }
    heartbeat_.reset();
  });
}

void UndeliveredScan::Stop() {
  if (!stopping_.HasBeenNotified()) stopping_.Notify();
  if (thread_.joinable()) thread_.join();
}

std::set<AlertId> UndeliveredScan::Undelivered() {
  std::set<AlertId> found;
  for (int partition = 0; partition < store_.partitions(); ++partition) {
    heartbeat_->Turned();  // a store that is slow to say that it is away is no standstill of ours
    std::string after;
    for (int looked = 0; looked < kMostLooked; looked += kPage) {
      const auto listed = store_.ListIndex(partition, UndeliveredAlerts(), after, kPage);
      if (!listed.ok()) break;  // the other partitions may be there
      for (const std::string& id : *listed) {
        const AlertId alert(id);
        const CatchUpGate::State state = gate_.Of(alert);
        if (state == CatchUpGate::State::kBehind) gate_.HoldBack(alert);
        if (state == CatchUpGate::State::kCaughtUp && !is_seen_to_(alert)) found.insert(alert);
      }
      if (listed->size() < static_cast<std::size_t>(kPage)) break;
      after = listed->back();
    }
  }
  return found;
}

}  // namespace pepline::notifications
