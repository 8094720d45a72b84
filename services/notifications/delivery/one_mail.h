// One person, one mail: who is on record twice, as by two authorities or in two roles, has one
// address, and gets one mail of a level of an alert.
#ifndef PEPLINE_SERVICES_NOTIFICATIONS_DELIVERY_ONE_MAIL_H_
#define PEPLINE_SERVICES_NOTIFICATIONS_DELIVERY_ONE_MAIL_H_

#include <optional>

#include "services/notifications/delivery/contacts.h"
#include "services/notifications/domain/alert.h"

namespace pepline::notifications {

// What another message of the same level to the same address makes of one.
struct SameAddress {
  std::optional<Channel> told;  // the other left by it, so this person has been told
  bool waits = false;           // the other goes first, and has neither left nor been given up
};
// Of the message to that person in that role. Of several that wait the first goes: by the order of
// the alert's roles, then of their people. An address that is empty is nobody's.
SameAddress FindSameAddress(const AlertState& alert, const Contacts& contacts,
                            const PendingDelivery& pending, const Contact& contact);

}  // namespace pepline::notifications

#endif  // PEPLINE_SERVICES_NOTIFICATIONS_DELIVERY_ONE_MAIL_H_
