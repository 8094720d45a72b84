#include "shared/kafka/reception/reception.h"

#include <utility>

#include "absl/time/clock.h"
#include "shared/kafka/reception/missing_events.h"
#include "shared/observability/heartbeat.h"
#include "shared/observability/log.h"

namespace pepline {
namespace {

constexpr absl::Duration kBetweenLooks = absl::Seconds(1);
constexpr absl::Duration kBetweenWarnings = absl::Seconds(1);

void Log(void (*log)(LogMessage, LogFields), LogMessage message, const InboundRecord& record,
         const absl::Status& cause) {
  log(message, {{LogField::kTopic, record.topic},
                {LogField::kPartition, std::to_string(record.partition)},
                {LogField::kOffset, std::to_string(record.offset)},
                {LogField::kCause, std::string(cause.message())}});
}

}  // namespace

Reception::Reception(KafkaOptions kafka, std::string service, Store* store, Metrics& metrics,
                     Handler handler)
    : kafka_(std::move(kafka)),
      metrics_(metrics),
      handler_(std::move(handler)),
      dead_letters_(kafka_, std::move(service)),
      kept_(store == nullptr ? nullptr : std::make_unique<Kept>(*store, metrics)) {}

Reception::~Reception() { Stop(); }

void Reception::Start() {
  if (kept_ == nullptr) return;
  thread_ = std::thread([this] { TendParked(); });
}

void Reception::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  if (thread_.joinable()) thread_.join();
}

void Reception::Assigned(const std::set<KafkaPlace>& ours,
                         const std::set<KafkaPlace>& from_beginning) {
  if (kept_ == nullptr) return;
  kept_->received.Assigned(from_beginning);
  kept_->parked.Unlearn();
  absl::MutexLock lock(&mutex_);
  ours_ = ours;
  look_ = true;
}

void Reception::Fetch(const std::vector<InboundRecord>& records) {
  if (kept_ == nullptr) return;
  std::vector<ReceivedEvent> events;
  for (const InboundRecord& record : records) {
    if (auto event = EventOf(record)) events.push_back(*std::move(event));
  }
  kept_->received.Fetch(events);
}

absl::Status Reception::Keep() {
  return kept_ == nullptr ? absl::OkStatus() : kept_->received.Keep();
}

absl::Status Reception::Receive(const InboundRecord& record) {
  absl::Status status = kept_ == nullptr ? Handle(record) : ReceiveInOrder(record);
  if (!status.ok()) LogWaiting(record, status);
  return status;
}

void Reception::LogWaiting(const InboundRecord& record, const absl::Status& status) {
  metrics_.Count("pepline_consumer_retries_total");
  absl::MutexLock lock(&mutex_);
  if (absl::Now() < warned_at_ + kBetweenWarnings) return;
  warned_at_ = absl::Now();
  LogWarning("a record waits, since something it needs is away",
             {{LogField::kTopic, record.topic}, {LogField::kCause, std::string(status.message())}});
}

absl::Status Reception::ReceiveInOrder(const InboundRecord& record) {
  const auto event = EventOf(record);
  const auto holding = kept_->parked.Holds(record);
  if (!holding.ok()) return holding.status();
  if (holding->has_value()) {
    const std::uint64_t last = event ? kept_->received.LastOf(*event) : 0;
    const bool was_missing =
        event && (*holding)->waits_for_missing && event->at.version == last + 1;
    const bool again = event && event->at.version <= last;
    if (!was_missing && !again) {
      const auto behind = kept_->parked.Append(record);
      if (!behind.ok()) return behind.status();
      if (*behind) return absl::OkStatus();
    }
  }
  if (event) {
    const auto next = kept_->received.Look(record.place(), *event);
    if (!next.ok()) return next.status();
    if (*next == ReceivedVersions::Next::kGap) {
      return Park(record, MissingBefore(event->at.version, kept_->received.LastOf(*event)));
    }
    if (*next == ReceivedVersions::Next::kReused) {
      metrics_.Count("pepline_consumer_version_reuses_total");
      Log(LogError, "a sender used the number of an event again, for another one", record,
          absl::OkStatus());
    }
  }
  if (absl::Status handled = HandleOrPark(record); !handled.ok()) return handled;
  if (holding->has_value()) {
    kept_->parked.TrySoon(record);
    absl::MutexLock lock(&mutex_);
    look_ = true;
  }
  return absl::OkStatus();
}

absl::Status Reception::HandleOrPark(const InboundRecord& record) {
  absl::Status status = Handle(record);
  if (status.ok() || WaitsForADependency(status)) return status;
  return Park(record, status);
}

absl::Status Reception::Park(const InboundRecord& record, const absl::Status& reason) {
  absl::Status parked = kept_->parked.Park(record, reason);
  if (!parked.ok()) return parked;
  metrics_.Count("pepline_consumer_records_total",
                 {{"topic", record.topic}, {"outcome", "parked"}});
  if (IsMissing(reason)) {
    metrics_.Count("pepline_consumer_gaps_total");
    Log(LogError, "an event is missing; what follows of its sender waits for it", record, reason);
  } else {
    Log(LogError, "a record cannot be handled; it was parked, and what follows of its key with it",
        record, reason);
  }
  return absl::OkStatus();
}

// Handled or buried; a record that is buried counts as received, so that it leaves no gap.
absl::Status Reception::Handle(const InboundRecord& record) {
  absl::Status status = handler_(record);
  if (!status.ok() && !absl::IsInvalidArgument(status)) return status;
  if (!status.ok()) {
    if (absl::Status buried = dead_letters_.Publish(record, status); !buried.ok()) return buried;
    metrics_.Count("pepline_consumer_dead_letters_total", {{"topic", record.topic}});
    Log(LogError, "a record cannot be read; it was put on the dead-letter topic", record, status);
  }
  metrics_.Count("pepline_consumer_records_total",
                 {{"topic", record.topic}, {"outcome", status.ok() ? "handled" : "dead-letter"}});
  if (kept_ == nullptr) return absl::OkStatus();
  if (const auto event = EventOf(record)) kept_->received.Receive(*event);
  return absl::OkStatus();
}

absl::Status Reception::HandleParked(const InboundRecord& record, bool look_far) {
  const auto event = EventOf(record);
  if (!event) return Handle(record);
  auto next = kept_->received.Look(record.place(), *event);
  if (!next.ok()) return next.status();
  if (*next != ReceivedVersions::Next::kGap) return Handle(record);
  if (!look_far) return absl::UnavailableError("an event is missing before it still");
  const auto found = FindMissing(kafka_, record, *event, kept_->received.LastOf(*event), [this] {
    absl::MutexLock lock(&mutex_);
    return !stopping_;
  });
  if (!found.ok()) return absl::UnavailableError(found.status().message());
  for (const InboundRecord& one : *found) {
    const auto its = EventOf(one);
    if (!its || its->at.version != kept_->received.LastOf(*its) + 1) continue;
    if (absl::Status handled = Handle(one); !handled.ok()) return handled;
    Log(LogWarning, "a missing event was found in its topic and handled", one, absl::OkStatus());
  }
  next = kept_->received.Look(record.place(), *event);
  if (!next.ok()) return next.status();
  if (*next != ReceivedVersions::Next::kGap) return Handle(record);
  return MissingBefore(event->at.version, kept_->received.LastOf(*event));
}

// What is parked is looked at every second: by whom ever it was parked, or given up.
void Reception::TendParked() {
  const auto heartbeat = metrics_.heartbeats().Begin(
      "parked-records", {.limit = absl::Minutes(5), .essential = false});
  const auto woken = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return look_ || stopping_; };
  const ParkedRecords::Hands hands = {
      .handle = [this](const InboundRecord& record,
                       bool on_time) { return HandleParked(record, on_time); },
      .give_up =
          [this](const InboundRecord& record, bool missing) {
            const auto event = EventOf(record);
            if (!event) return;
            if (missing) {
              kept_->received.GiveUpBefore(*event);
            } else {
              kept_->received.Receive(*event);
            }
          },
  };
  while (true) {
    {
      absl::MutexLock lock(&mutex_);
      mutex_.AwaitWithTimeout(absl::Condition(&woken), kBetweenLooks);
      if (stopping_) return;
      look_ = false;
    }
    kept_->parked.Learn();
    kept_->parked.TryDue(
        absl::Now(),
        [this](const KafkaPlace& place) {
          absl::MutexLock lock(&mutex_);
          return ours_.contains(place);
        },
        hands);
    heartbeat->Turned();
  }
}

}  // namespace pepline
