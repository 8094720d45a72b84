#include "services/notifications/safety_net.h"

#include <string>
#include <utility>

#include "absl/time/time.h"

namespace pepline::notifications {
namespace {

constexpr absl::Duration kBetweenLooks = absl::Seconds(2);  // real time
constexpr int kMostLooked = 256;                            // of a partition

}  // namespace

SafetyNet::SafetyNet(Store& store, const Shares& shares, Hearing& hearing,
                     std::function<bool(const AlertId&)> is_seen_to,
                     std::function<void(const AlertId&)> tell)
    : store_(store),
      shares_(shares),
      hearing_(hearing),
      is_seen_to_(std::move(is_seen_to)),
      tell_(std::move(tell)) {}

void SafetyNet::Start() {
  thread_ = std::thread([this] {
    std::set<AlertId> lay_before;
    while (!stopping_.WaitForNotificationWithTimeout(kBetweenLooks)) {
      std::set<AlertId> lies = WhatLiesUntold();
      for (const AlertId& alert : lies) {
        if (lay_before.contains(alert)) tell_(alert);
      }
      lay_before = std::move(lies);
    }
  });
}

void SafetyNet::Stop() {
  if (!stopping_.HasBeenNotified()) stopping_.Notify();
  if (thread_.joinable()) thread_.join();
}

std::set<AlertId> SafetyNet::WhatLiesUntold() {
  std::set<AlertId> lies;
  if (!hearing_.Await(absl::ZeroDuration())) return lies;
  for (int partition = 0; partition < store_.partitions(); ++partition) {
    if (!shares_.Ours(partition)) continue;
    const auto untold = store_.ListIndex(partition, UntoldAlerts(), "", kMostLooked);
    if (!untold.ok()) return lies;
    for (const std::string& id : *untold) {
      if (const AlertId alert(id); !is_seen_to_(alert)) lies.insert(alert);
    }
  }
  return lies;
}

}  // namespace pepline::notifications
