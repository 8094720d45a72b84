// What a mail server's answer says, and about what: about one address, about one mail, or about the
// server and our own settings.
// Promises: only a 5xx to RCPT with an address code (enhanced 5.1.x; or 550, 551, 553 without an
// enhanced code and without talk of relaying) is about an address for good. Everything else waits.
// Does not: talk to anybody, keep the server's words (they may hold an address). Source: RFC 5321
// 4.2, RFC 3463. Threads: values and pure functions.
#ifndef PEPLINE_SERVICES_NOTIFICATIONS_DELIVERY_SMTP_ANSWER_H_
#define PEPLINE_SERVICES_NOTIFICATIONS_DELIVERY_SMTP_ANSWER_H_

#include <string>
#include <string_view>

namespace pepline::notifications {

// What the server was to answer last.
enum class SmtpStage {
  kConnecting,
  kGreeting,   // its first line
  kHello,      // EHLO
  kTls,        // STARTTLS, and the handshake after it
  kLogin,      // AUTH
  kSender,     // MAIL FROM
  kRecipient,  // RCPT TO
  kData,       // DATA
  kContent,    // the text and its final dot
};

struct SmtpAnswer {
  enum class Kind {
    kAccepted,
    kAddressRefused,  // this address, for good
    kAddressWaits,    // this address, for now: it counts as an attempt
    kMailWaits,       // this mail and perhaps no other; it is nobody's address
    kServerWaits,     // no mail gets through
  };
  Kind kind = Kind::kServerWaits;
  std::string_view cause;  // "mail-server-away"; the label of the metric, from kWaitingCauses
  int code = 0;            // the server's last answer; 0: none
};

// Why a mail waits, as pepline_notifications_delivery_attempts_failed_total tells it.
inline constexpr std::string_view kWaitingCauses[] = {
    "mail-server-away",     // no connection, or no answer in time
    "mail-server-tls",      // no TLS offered, or a certificate that nobody vouches for
    "mail-server-busy",     // 4xx that is about no address
    "greeting-refused",     // 5xx before the login
    "login-refused",        // user and password, or the lack of them
    "sender-refused",       // MAIL FROM
    "relay-refused",        // 5xx to RCPT that is about no address
    "content-refused",      // 5xx to DATA or to the text
    "refused-for-now",      // 4xx to RCPT
    "folder",               // PEPLINE_MAIL_FOLDER cannot be written
    "registry-away",        // it does not say who holds a role
    "unknown-to-registry",  // it does not know the child or the school
};

// Of a server that answered with this line at this stage.
SmtpAnswer ReadReply(SmtpStage stage, int code, std::string_view text);
// Of one that did not answer, or with which no TLS could be had.
SmtpAnswer ServerAway();
SmtpAnswer NoTls();
SmtpAnswer Accepted(int code);

}  // namespace pepline::notifications

#endif  // PEPLINE_SERVICES_NOTIFICATIONS_DELIVERY_SMTP_ANSWER_H_
