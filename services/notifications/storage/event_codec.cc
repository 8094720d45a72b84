// Events of the alert in the words of the contract (pepline.notifications.v1.NotificationsEvent).
#include <type_traits>
#include <utility>

#include "services/notifications/storage/codec.h"
#include "services/notifications/storage/conversions.h"

namespace pepline::notifications {
namespace {

template <class Message>
void AddRecipients(const AlertState& after, int level, Message& out) {
  for (RecipientRole role : after.RecipientsOf(level)) out.add_recipients(ToProto(role));
}

std::string IdOf(const AlertState& after, int run, int level, RecipientRole role,
                 const StaffId& staff) {
  return DeliveryId(after.reference.alert, run, level, role, staff);
}

// What every message of a notice says.
template <class Event, class Message>
Message& FillAny(const AlertState& after, const Event& event, Message& out) {
  out.set_delivery_id(IdOf(after, after.run, event.level, event.role, event.staff));
  out.set_kind(after.reference.rule_id);
  out.set_role(ToProto(event.role));
  return out;
}

// One function per event: fills the contract's message and answers it. What became of the message
// of a notice has events of its own; whatever else may happen to one has those of an alert.
const google::protobuf::Message& Fill(const AlertState& after, const AlertRaised& event,
                                      v1::NotificationsEvent& envelope) {
  v1::AlertRaised& out = *envelope.mutable_alert_raised();
  out.set_level(event.level);
  *out.mutable_due_at() = ToTimestamp(event.instants.due_at);
  AddRecipients(after, event.level, out);
  return out;
}
const google::protobuf::Message& Fill(const AlertState& after, const AlertEscalated& event,
                                      v1::NotificationsEvent& envelope) {
  v1::AlertEscalated& out = *envelope.mutable_alert_escalated();
  out.set_level(event.level);
  AddRecipients(after, event.level, out);
  return out;
}
const google::protobuf::Message& Fill(const AlertState& after, const AlertDelivered& event,
                                      v1::NotificationsEvent& envelope) {
  if (after.IsNotice()) {
    v1::NoticeDelivered& out = FillAny(after, event, *envelope.mutable_notice_delivered());
    out.set_staff_id(event.staff.text());
    out.set_channel(std::string(ChannelName(event.channel)));
    return out;
  }
  v1::AlertDelivered& out = *envelope.mutable_alert_delivered();
  const int run = event.earlier_run != 0 ? event.earlier_run : after.run;
  out.set_delivery_id(IdOf(after, run, event.level, event.role, event.staff));
  out.set_level(event.level);
  out.set_role(ToProto(event.role));
  out.set_staff_id(event.staff.text());
  out.set_channel(std::string(ChannelName(event.channel)));
  return out;
}
const google::protobuf::Message& Fill(const AlertState& after, const AlertDeliveryFailed& event,
                                      v1::NotificationsEvent& envelope) {
  if (after.IsNotice()) {
    v1::NoticeDropped& out = FillAny(after, event, *envelope.mutable_notice_dropped());
    out.set_cause(std::string(FailureName(event.cause)));
    return out;
  }
  v1::AlertDeliveryFailed& out = *envelope.mutable_alert_delivery_failed();
  out.set_delivery_id(IdOf(after, after.run, event.level, event.role, event.staff));
  out.set_level(event.level);
  out.set_role(ToProto(event.role));
  out.set_cause(std::string(FailureName(event.cause)));
  return out;
}
const google::protobuf::Message& Fill(const AlertState&, const AlertAcknowledged& event,
                                      v1::NotificationsEvent& envelope) {
  v1::AlertAcknowledged& out = *envelope.mutable_alert_acknowledged();
  out.set_role(ToProto(event.role));
  return out;
}
const google::protobuf::Message& Fill(const AlertState&, const AlertRedeliveryRequested& event,
                                      v1::NotificationsEvent& envelope) {
  v1::AlertRedeliveryRequested& out = *envelope.mutable_alert_redelivery_requested();
  out.set_level(event.level);
  out.set_role(ToProto(event.role));
  return out;
}
const google::protobuf::Message& Fill(const AlertState&, const AlertResolved& event,
                                      v1::NotificationsEvent& envelope) {
  v1::AlertResolved& out = *envelope.mutable_alert_resolved();
  out.set_cause(std::string(ResolvedName(event.cause)));
  return out;
}
const google::protobuf::Message& Fill(const AlertState&, const AlertMoved& event,
                                      v1::NotificationsEvent& envelope) {
  v1::AlertMoved& out = *envelope.mutable_alert_moved();
  *out.mutable_due_at() = ToTimestamp(event.instants.due_at);
  return out;
}

const google::protobuf::Message& Fill(const AlertState& after, const NoticeGiven& event,
                                      v1::NotificationsEvent& envelope) {
  v1::NoticeGiven& out = *envelope.mutable_notice_given();
  out.set_kind(after.reference.rule_id);
  *out.mutable_happened_at() = ToTimestamp(event.notice.happened_at);
  AddRecipients(after, 0, out);
  return out;
}

// The contract has no message for the claims of the service's own replicas.
template <class Event>
constexpr bool kIsPublished =
    !std::is_same_v<Event, MessageClaimed> && !std::is_same_v<Event, MessageReleased>;

}  // namespace

bool AlertCodec::IsPublished(const AlertEvent& event) {
  return std::visit([]<class Event>(const Event&) { return kIsPublished<Event>; }, event);
}

EncodedEvent AlertCodec::EncodeEvent(const AlertState& after, const AlertEvent& event,
                                     const common::v1::EventHeader& header) {
  v1::NotificationsEvent envelope;
  *envelope.mutable_header() = header;
  *envelope.mutable_alert() = ToProto(after.reference);
  std::string type;
  std::visit(
      [&]<class Event>(const Event& one) {
        if constexpr (kIsPublished<Event>) {
          type = Fill(after, one, envelope).GetDescriptor()->full_name();
        }
      },
      event);
  return {std::move(type), after.reference.routing_id(), envelope.SerializeAsString()};
}

}  // namespace pepline::notifications
