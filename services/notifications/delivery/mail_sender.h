// Hands one mail over: to the mail server, or where there is none to the folder. Counts what became
// of it, and keeps a copy of what left.
// Promises: a server that takes no mail is left alone for a growing while (server_pause.h), which
// uses no attempt up; the log and the metrics name the cause and no address. Does not: repeat,
// record. Threads: safe from any thread; blocks for as long as the server takes (smtp_client.h).
#ifndef PEPLINE_SERVICES_NOTIFICATIONS_DELIVERY_MAIL_SENDER_H_
#define PEPLINE_SERVICES_NOTIFICATIONS_DELIVERY_MAIL_SENDER_H_

#include <optional>
#include <string>

#include "absl/time/time.h"
#include "services/notifications/config.h"
#include "services/notifications/delivery/mail.h"
#include "services/notifications/delivery/mail_copies.h"
#include "services/notifications/delivery/server_pause.h"
#include "services/notifications/delivery/smtp_client.h"
#include "services/notifications/domain/recipient.h"
#include "shared/observability/metrics.h"

namespace pepline::notifications {

class MailSender {
 public:
  MailSender(const MailSettings& settings, Metrics& metrics);

  // Before then nothing is handed over.
  absl::Time closed_until() const { return pause_.until(); }
  Channel channel() const { return smtp_ ? Channel::kSmtp : Channel::kFile; }
  // True for an address that mail may be sent to at all.
  bool MayGoTo(const std::string& address) const;
  // `trace` is what the mail belongs to.
  SmtpAnswer::Kind Send(const Mail& mail, const std::string& trace);
  void Stop();
  void Failed(std::string_view cause);

 private:
  SmtpAnswer::Kind SendToServer(const Mail& mail, const std::string& trace);

  const MailSettings settings_;
  Metrics& metrics_;
  std::optional<SmtpClient> smtp_;
  const MailCopies copies_;
  ServerPause pause_;
};

}  // namespace pepline::notifications

#endif  // PEPLINE_SERVICES_NOTIFICATIONS_DELIVERY_MAIL_SENDER_H_
