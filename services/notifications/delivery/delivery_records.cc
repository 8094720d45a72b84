#include "services/notifications/delivery/delivery_records.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "services/notifications/metrics.h"
#include "shared/engine/inbound_event.h"
#include "shared/observability/heartbeat.h"

namespace pepline::notifications {
namespace {

constexpr absl::Duration kBetweenRounds = absl::Milliseconds(250);

Origin OriginOf(const std::string& trace) {
  Origin origin = Origin::Alarm(std::nullopt);
  origin.traceparent = trace;
  return origin;
}

// Among what waits to be put on record: a mail that was taken.
bool HasLeft(const std::pair<const std::string, DeliveryRecords::Report>& waiting) {
  return std::holds_alternative<RecordDeliveries>(waiting.second.what);
}

}  // namespace

DeliveryRecords::DeliveryRecords(const Engine& engine, const FactsLoader& facts,
                                 const CatchUpGate& gate, const PartitionOwnership& ownership,
                                 Listener listener)
    : engine_(engine),
      facts_(facts),
      gate_(gate),
      gone_replicas_(ownership),
      listener_(std::move(listener)) {}

void DeliveryRecords::Start() {
  thread_ = std::thread([this] {
    const auto heartbeat = engine_.metrics.heartbeats().Begin("delivery-records");
    HeadOfQueue head;
    while (true) {
      RecordWaiting();
      std::string first;
      {
        absl::MutexLock lock(&mutex_);
        if (!waiting_.empty()) first = waiting_.begin()->first;
        engine_.metrics.Set("pepline_notifications_deliveries_unrecorded", {},
                            static_cast<double>(std::ranges::count_if(waiting_, HasLeft)));
        if (stopping_ && (waiting_.empty() || absl::Now() >= stop_at_)) return;
        const auto stopping = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
          return stopping_ && waiting_.empty();
        };
        mutex_.AwaitWithTimeout(absl::Condition(&stopping), kBetweenRounds);
      }
      head.See(first, engine_.metrics.heartbeats().Now());
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
  const auto left = std::ranges::count_if(waiting_, HasLeft);
  waiting_.clear();
  if (left == 0) return;
  LogWarning("mails that left could not be put on record before the end; they are sent again",
             {{LogField::kCount, std::to_string(left)}});
}

Inputs<AlertCodec> DeliveryRecords::InputsOf(const AlertId& alert) {
  return {.facts = [this, alert](const AlertState& state, const RecordStates&) {
    auto facts = facts_.Load(alert, gate_.IsOpen(alert));
    if (facts.ok()) facts->gone_replicas = gone_replicas_.Among(state);
    return facts;
  }};
}

void DeliveryRecords::Count(const AlertId& alert, const std::vector<AlertEvent>& events) {
  CountEvents(engine_.metrics, events);
  listener_(alert, LevelsToTell(events));
}

absl::StatusOr<AlertState> DeliveryRecords::Claim(const AlertId& alert, const ClaimMessage& claim,
                                                  const std::string& trace) {
  auto outcome =
      Execute<AlertCodec>(engine_, AlertOf(alert), claim, OriginOf(trace), InputsOf(alert));
  if (!outcome.ok()) return outcome.status();
  auto* done = std::get_if<Done<AlertCodec>>(&*outcome);
  if (done == nullptr) return AlertState();
  Count(alert, done->events);
  return std::move(done->state);
}

absl::Status DeliveryRecords::Record(const Report& report) {
  return HandleInbound<AlertCodec>(
      engine_, AlertOf(report.alert), report.what, OriginOf(report.trace), InputsOf(report.alert),
      [&](Metrics&, const std::vector<AlertEvent>& events) { Count(report.alert, events); });
}

// Kept only once it has failed: a message that is claimed anew must not be given back by an old
// report.
void DeliveryRecords::RecordSurely(const std::string& delivery_id, const Report& report) {
  const absl::Status recorded = Record(report);
  if (recorded.ok()) return;
  LogWarning("what became of a message could not be put on record; that is tried again",
             {{LogField::kAggregateId, report.alert.text()},
              {LogField::kCause, std::string(recorded.message())}});
  absl::MutexLock lock(&mutex_);
  waiting_.emplace(delivery_id, report);
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
    absl::MutexLock lock(&mutex_);
    waiting_.erase(delivery_id);
  }
  return true;
}

}  // namespace pepline::notifications
