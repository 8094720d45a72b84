// Events of the alert in the words of the contract (pepline.notifications.v1.NotificationsEvent).
#include <utility>

#include "services/notifications/domain/fields.h"
#include "services/notifications/storage/codec.h"
#include "services/notifications/storage/event_messages.h"

namespace pepline::notifications {
namespace {

// What a message says beside its event's own fields, from the state after the event.
struct Complete {
  const AlertState& after;

  void operator()(const auto& event, auto& out) const {
    if constexpr (requires { out.mutable_recipients(); }) {
      AppendTo(*out.mutable_recipients(), after.RecipientsOf(LevelOf(event)));
    }
    if constexpr (requires { out.mutable_kind(); }) out.set_kind(after.reference.rule_id);
    if constexpr (requires { out.mutable_delivery_id(); }) {
      out.set_delivery_id(
          DeliveryId(after.reference.alert, RunOf(event), event.level, event.role, event.staff));
    }
  }

 private:
  static int LevelOf(const auto& event) {
    if constexpr (requires { event.level; }) return event.level;
    return 0;
  }
  int RunOf(const auto& event) const {
    if constexpr (requires { event.earlier_run; }) {
      if (event.earlier_run != 0) return event.earlier_run;
    }
    return after.run;
  }
};

// What became of the message of a notice has events of its own; whatever else may happen to one
// has those of an alert.
template <class Event, class Message>
EncodedEvent EncodeOfNotice(const AlertState& after, const Event& event, Message& out,
                            const v1::NotificationsEvent& envelope) {
  WriteFields<Audience::kEvent>(event, out);
  Complete{after}(event, out);
  return {Message::descriptor()->full_name(), after.reference.routing_id(),
          envelope.SerializeAsString()};
}

}  // namespace

bool AlertCodec::IsPublished(const AlertEvent& event) { return HasMessage<AlertMessages>(event); }

EncodedEvent AlertCodec::EncodeEvent(const AlertState& after, const AlertEvent& event,
                                     const common::v1::EventHeader& header) {
  v1::NotificationsEvent envelope;
  *envelope.mutable_header() = header;
  WriteFields<Audience::kEvent>(after.reference, *envelope.mutable_alert());
  if (after.IsNotice()) {
    if (const auto* delivered = std::get_if<AlertDelivered>(&event)) {
      return EncodeOfNotice(after, *delivered, *envelope.mutable_notice_delivered(), envelope);
    }
    if (const auto* failed = std::get_if<AlertDeliveryFailed>(&event)) {
      return EncodeOfNotice(after, *failed, *envelope.mutable_notice_dropped(), envelope);
    }
  }
  return EncodeInto<AlertMessages>(envelope, after.reference.routing_id(), event, Complete{after});
}

}  // namespace pepline::notifications
