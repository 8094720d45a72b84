#include "services/notifications/delivery/delivery_records.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "services/notifications/numbers.h"
#include "shared/engine/inbound_event.h"
#include "shared/observability/heartbeat.h"

namespace pepline::notifications {
namespace {

constexpr absl::Duration kBetweenRounds = absl::Milliseconds(250);

bool AddsDeliveries(const std::vector<AlertEvent>& events) {
  return std::ranges::any_of(events, [](const AlertEvent& event) {
    const auto* failed = std::get_if<AlertDeliveryFailed>(&event);
    return (failed != nullptr && failed->instead) || std::holds_alternative<AlertRaised>(event) ||
           std::holds_alternative<AlertEscalated>(event);
  });
}

}  // namespace

DeliveryRecords::DeliveryRecords(const Spine& spine, const FactsLoader& facts,
                                 const CatchUpGate& gate, Listener listener)
    : spine_(spine), facts_(facts), gate_(gate), listener_(std::move(listener)) {}

void DeliveryRecords::Start() {
  thread_ = std::thread([this] {
    const auto heartbeat = spine_.metrics.heartbeats().Begin("delivery-records");
    HeadOfQueue head;
    while (true) {
      RecordWaiting();
      std::string first;
      {
        absl::MutexLock lock(&mutex_);
        if (!waiting_.empty()) first = waiting_.begin()->first;
        spine_.metrics.Set("pepline_notifications_deliveries_unrecorded", {},
                           static_cast<double>(waiting_.size()));
        if (stopping_ && (waiting_.empty() || absl::Now() >= stop_at_)) return;
        const auto stopping = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
          return stopping_ && waiting_.empty();
        };
        mutex_.AwaitWithTimeout(absl::Condition(&stopping), kBetweenRounds);
      }
      head.See(first, spine_.metrics.heartbeats().Now());
      heartbeat->SetOldest(head.since());
      heartbeat->Turned();
    }
  });
}

void DeliveryRecords::Stop(absl::Duration bound) {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
    stop_at_ = std::min(stop_at_, absl::Now() + bound);
  }
  if (thread_.joinable()) thread_.join();
  absl::MutexLock lock(&mutex_);
  if (waiting_.empty()) return;
  LogWarning("mails that left could not be put on record before the end; they are sent again",
             {{LogField::kCount, std::to_string(waiting_.size())}});
  waiting_.clear();
}

absl::Status DeliveryRecords::Record(const Report& report) {
  const Inputs<AlertCodec> inputs = {.facts = [&](const AlertState&, const RecordStates&) {
    return facts_.Load(report.alert, gate_.IsOpen(report.alert));
  }};
  Origin origin = Origin::Alarm(std::nullopt);
  origin.traceparent = report.trace;
  return HandleInbound<AlertCodec>(spine_, AlertOf(report.alert), report.what, origin, inputs,
                                   [&](Metrics& metrics, const std::vector<AlertEvent>& events) {
                                     CountEvents(metrics, events);
                                     if (AddsDeliveries(events)) listener_.on_more(report.alert);
                                   });
}

void DeliveryRecords::Recorded(const std::string& delivery_id, const AlertId& alert) {
  {
    absl::MutexLock lock(&mutex_);
    waiting_.erase(delivery_id);
  }
  listener_.on_recorded(alert, delivery_id);
}

void DeliveryRecords::RecordSent(const std::string& delivery_id, const Report& report) {
  {
    absl::MutexLock lock(&mutex_);
    waiting_.emplace(delivery_id, report);
  }
  if (const absl::Status recorded = Record(report); recorded.ok()) {
    Recorded(delivery_id, report.alert);
  } else {
    LogWarning("a mail that left could not be put on record; that is tried again",
               {{LogField::kAggregateId, report.alert.text()},
                {LogField::kCause, std::string(recorded.message())}});
  }
}

bool DeliveryRecords::IsWaiting(const std::string& delivery_id) const {
  absl::MutexLock lock(&mutex_);
  return waiting_.contains(delivery_id);
}

bool DeliveryRecords::RecordWaiting() {
  std::map<std::string, Report> waiting;
  {
    absl::MutexLock lock(&mutex_);
    waiting = waiting_;
  }
  for (const auto& [delivery_id, report] : waiting) {
    if (!Record(report).ok()) return false;
    Recorded(delivery_id, report.alert);
  }
  return true;
}

}  // namespace pepline::notifications
