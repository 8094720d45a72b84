#include "services/notifications/delivery/one_mail.h"

#include <algorithm>

#include "absl/strings/match.h"

namespace pepline::notifications {

SameAddress FindSameAddress(const AlertState& alert, const Contacts& contacts,
                            const PendingDelivery& pending, const Contact& contact) {
  SameAddress found;
  if (contact.email.empty()) return found;
  bool comes_first = true;
  for (const PendingDelivery& delivery : alert.deliveries) {
    if (delivery.level != pending.level) continue;
    for (const Contact& other : contacts.In(delivery.role)) {
      if (delivery.role == pending.role && other.staff == contact.staff) {
        comes_first = false;
        continue;
      }
      if (!absl::EqualsIgnoreCase(other.email, contact.email)) continue;
      const auto settled = std::ranges::find(delivery.settled, other.staff, &Settled::staff);
      if (settled != delivery.settled.end()) {
        if (settled->channel) found.told = settled->channel;
      } else if (comes_first && delivery.state == DeliveryState::kWaiting) {
        found.waits = true;
      }
    }
  }
  return found;
}

}  // namespace pepline::notifications
