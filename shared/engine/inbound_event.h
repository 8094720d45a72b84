// What consumed records and alarms share on their way in: reading an event of a contract, and
// carrying out the command that it became.
// Promises: what the rules refuse is logged, counted in pepline_refusals_total and passed over; the
// service's own numbers are counted from what was said. Errors: InvalidArgument for bytes that are
// not an event (dead letter); whatever Execute answers means "the same record again". Threads: safe
// from any thread; blocks on the store.
#ifndef PEPLINE_SHARED_ENGINE_INBOUND_EVENT_H_
#define PEPLINE_SHARED_ENGINE_INBOUND_EVENT_H_

#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "shared/engine/execute.h"
#include "shared/kafka/consumer.h"
#include "shared/observability/log.h"
#include "shared/observability/trace.h"

namespace pepline {

// Parses the record as `Event` (a contract's envelope with its header) and hands it on.
template <class Event, class Handler>
absl::Status ReadThen(const InboundRecord& record, Handler&& handler) {
  Event event;
  if (!event.ParseFromString(record.value)) {
    return absl::InvalidArgumentError("the record is not an event of its topic's contract");
  }
  if (event.header().aggregate_id().empty() || event.header().aggregate_version() == 0) {
    return absl::InvalidArgumentError("the event has no header that tells it from others");
  }
  Span span(SpanKind::kConsumer, absl::StrCat("receive ", record.topic),
            event.header().traceparent());
  span.Note(SpanNote::kTopic, record.topic);
  const auto type = record.headers.find("ce_type");
  if (type != record.headers.end()) span.Note(SpanNote::kEventType, type->second);
  const absl::Status status = std::forward<Handler>(handler)(std::as_const(event));
  if (!status.ok()) span.Fail(absl::StatusCodeToString(status.code()));
  return status;
}

// What a later version of a sender says and this one does not know, by topic; each service has one.
inline std::string UnknownEventsMetric(std::string_view service) {
  return absl::StrCat("pepline_", std::string(service), "_unknown_events_total");
}

// A topic that a service reads: its contract's envelope, and what is done with an event of it,
// absl::Status(const Event&).
template <class Event, class Handler>
struct TopicRead {
  std::string_view topic;
  Handler handler;
};
template <class Event, class Handler>
TopicRead<Event, Handler> Reads(std::string_view topic, Handler handler) {
  return {topic, std::move(handler)};
}

// Hands a record to whoever reads its topic. What a later version of its sender says, and this one
// does not know, is counted (UnknownEventsMetric) and passed over.
// Errors: InvalidArgument for a topic that nobody reads.
template <class... Event, class... Handler>
absl::Status ReadTopics(std::string_view service, const Engine& engine, const InboundRecord& record,
                        const TopicRead<Event, Handler>&... topics) {
  absl::Status status = absl::InvalidArgumentError(
      absl::StrCat(absl::string_view(service.data(), service.size()), " does not read this topic"));
  const auto read = [&]<class E, class H>(const TopicRead<E, H>& one) {
    if (record.topic != one.topic) return;
    status = ReadThen<E>(record, [&](const E& event) -> absl::Status {
      if (event.event_case() != E::EVENT_NOT_SET) return one.handler(event);
      engine.metrics.Count(UnknownEventsMetric(service), {{"topic", one.topic}});
      return absl::OkStatus();
    });
  };
  (read(topics), ...);
  return status;
}

// An event lacks what the contract says it has; its record belongs into the dead letters.
inline absl::Status EventNotReadable() {
  return absl::InvalidArgumentError(
      "the event lacks an id, a date or an instant that it must have");
}

// `count` is called with what was said: void(Metrics&, const std::vector<Event>&).
template <class Codec, class Count>
absl::Status HandleInbound(const Engine& engine, const Target& target,
                           const typename RulesOf<Codec>::Command& command, const Origin& origin,
                           const Inputs<Codec>& inputs, Count count) {
  auto outcome = Execute<Codec>(engine, target, command, origin, inputs);
  if (!outcome.ok()) return outcome.status();
  if (const auto* refusal = std::get_if<Refusal>(&*outcome)) {
    const std::string reason(refusal->reason.name);
    LogWarning("a consumed event or an alarm was refused and passed over",
               {{LogField::kAggregateId, target.keys.front().id}, {LogField::kReason, reason}});
    engine.metrics.Count("pepline_refusals_total",
                         {{"aggregate", Codec::kKind}, {"reason", reason}});
  } else if (const auto* done = std::get_if<Done<Codec>>(&*outcome)) {
    count(engine.metrics, done->events);
  }
  return absl::OkStatus();
}

}  // namespace pepline

#endif  // PEPLINE_SHARED_ENGINE_INBOUND_EVENT_H_
