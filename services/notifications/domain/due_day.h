// What people have to know of an alert's due day besides the day: what was assumed where it was not
// counted from days on record, and what to do about it.
// Promises: pure; whole sentences, the same in a mail and in what RPCs answer; nothing personal.
// Empty where the day is as it seems. Threads: pure.
#ifndef PEPLINE_SERVICES_NOTIFICATIONS_DOMAIN_DUE_DAY_H_
#define PEPLINE_SERVICES_NOTIFICATIONS_DOMAIN_DUE_DAY_H_

#include <string>

#include "services/notifications/domain/alert.h"

namespace pepline::notifications {

std::string RemarksOnDueDay(const std::string& rule_id, const Instants& instants);

}  // namespace pepline::notifications

#endif  // PEPLINE_SERVICES_NOTIFICATIONS_DOMAIN_DUE_DAY_H_
