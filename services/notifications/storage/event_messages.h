// The contract's messages of the events of alerts and notices.
#ifndef PEPLINE_SERVICES_NOTIFICATIONS_STORAGE_EVENT_MESSAGES_H_
#define PEPLINE_SERVICES_NOTIFICATIONS_STORAGE_EVENT_MESSAGES_H_

#include <variant>

#include "pepline/notifications/v1/notifications_events.pb.h"
#include "shared/engine/event_mapping.h"

namespace pepline::notifications {

// In the order of AlertEvent. How the service's own replicas share and repeat the sending is
// not published.
using AlertMessages =
    std::variant<v1::AlertRaised, v1::AlertEscalated, v1::AlertDelivered, v1::AlertDeliveryFailed,
                 v1::AlertAcknowledged, v1::AlertRedeliveryRequested, v1::AlertResolved,
                 v1::AlertMoved, v1::NoticeGiven, Unpublished, Unpublished, Unpublished,
                 Unpublished>;

}  // namespace pepline::notifications

#endif  // PEPLINE_SERVICES_NOTIFICATIONS_STORAGE_EVENT_MESSAGES_H_
