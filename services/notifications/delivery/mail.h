// One mail as text (RFC 5322, MIME quoted-printable), and what counts as an address.
// Promises: the same delivery always has the same Message-ID and X-Pepline-Delivery-Id, so that a
// repeat is recognisable; no value can begin a header of its own; plain ASCII, CRLF, lines of at
// most 78 characters in the text. Does not: check whether anybody lives at an address. Threads:
// pure functions.
#ifndef PEPLINE_SERVICES_NOTIFICATIONS_DELIVERY_MAIL_H_
#define PEPLINE_SERVICES_NOTIFICATIONS_DELIVERY_MAIL_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"

namespace pepline::notifications {

struct Mail {
  std::string delivery_id;
  std::string from;
  std::string to;
  std::string subject;  // ASCII
  std::string text;     // UTF-8, lines ended by '\n'
  absl::Time date;
};

// One plain address: "name@domain", ASCII, no spaces, quotes, brackets or control characters.
bool IsMailAddress(std::string_view address);
std::string DomainOf(std::string_view address);
// True for an empty list, and where the address's domain is one of the list or below it.
bool IsDomainAllowed(std::string_view address, const std::vector<std::string>& domains);

std::string MessageId(const Mail& mail);
std::string QuotedPrintable(std::string_view text);
std::string ToMessage(const Mail& mail);

}  // namespace pepline::notifications

#endif  // PEPLINE_SERVICES_NOTIFICATIONS_DELIVERY_MAIL_H_
