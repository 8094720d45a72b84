// A folder with a copy of every mail that left: one file per delivery, named after it.
// Promises: a repeat of a delivery replaces its file; a file is there whole or not at all; readable
// by the service's own user alone, since a text may name a school. Errors: Internal with the
// system's words. Threads: safe from any thread.
#ifndef PEPLINE_SERVICES_NOTIFICATIONS_DELIVERY_MAIL_COPIES_H_
#define PEPLINE_SERVICES_NOTIFICATIONS_DELIVERY_MAIL_COPIES_H_

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "services/notifications/delivery/mail.h"

namespace pepline::notifications {

class MailCopies {
 public:
  explicit MailCopies(std::string folder) : folder_(std::move(folder)) {}
  absl::Status Keep(const Mail& mail) const;

 private:
  const std::string folder_;
};

}  // namespace pepline::notifications

#endif  // PEPLINE_SERVICES_NOTIFICATIONS_DELIVERY_MAIL_COPIES_H_
