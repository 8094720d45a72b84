#include "services/notifications/delivery/safety_net.h"

#include <cstddef>
#include <string>
#include <utility>

#include "absl/time/time.h"

namespace pepline::notifications {
namespace {

constexpr absl::Duration kBetweenLooks = absl::Seconds(2);  // real time
constexpr int kPage = 256;

}  // namespace

SafetyNet::SafetyNet(Store& store, Metrics& metrics, CatchUpGate& gate,
                     std::function<bool(const AlertId&)> is_seen_to,
                     std::function<void(const AlertId&)> tell, std::function<void()> every_round)
    : store_(store),
      metrics_(metrics),
      gate_(gate),
      is_seen_to_(std::move(is_seen_to)),
      tell_(std::move(tell)),
      every_round_(std::move(every_round)) {}

void SafetyNet::Start() {
  thread_ = std::thread([this] {
    heartbeat_ = metrics_.heartbeats().Begin("safety-net");
    std::set<AlertId> lay_before;
    while (!stopping_.WaitForNotificationWithTimeout(kBetweenLooks)) {
      std::set<AlertId> lies = WhatLiesUntold();
      for (const AlertId& alert : lies) {
        if (lay_before.contains(alert)) tell_(alert);
      }
      lay_before = std::move(lies);
      gate_.Publish();
      every_round_();
      heartbeat_->Turned();
    }
    heartbeat_.reset();
  });
}

void SafetyNet::Stop() {
  if (!stopping_.HasBeenNotified()) stopping_.Notify();
  if (thread_.joinable()) thread_.join();
}

std::set<AlertId> SafetyNet::WhatLiesUntold() {
  std::set<AlertId> lies;
  for (int partition = 0; partition < store_.partitions(); ++partition) {
    heartbeat_->Turned();  // a store that is slow to say that it is away is no standstill of ours
    std::string after;
    for (int looked = 0; looked < kMostLooked; looked += kPage) {
      const auto untold = store_.ListIndex(partition, UntoldAlerts(), after, kPage);
      if (!untold.ok()) break;  // the other partitions may be there
      for (const std::string& id : *untold) {
        const AlertId alert(id);
        const CatchUpGate::State state = gate_.Of(alert);
        if (state == CatchUpGate::State::kBehind) gate_.HoldBack(alert);
        if (state == CatchUpGate::State::kCaughtUp && !is_seen_to_(alert)) lies.insert(alert);
      }
      if (untold->size() < static_cast<std::size_t>(kPage)) break;
      after = untold->back();
    }
  }
  return lies;
}

}  // namespace pepline::notifications
