#include "services/notifications/delivery/mail_sender.h"

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "shared/observability/log.h"
#include "shared/observability/trace.h"

namespace pepline::notifications {
namespace {

using Kind = SmtpAnswer::Kind;

void Warn(const SmtpAnswer& answer) {
  const LogFields fields = {{LogField::kCause, std::string(answer.cause)},
                            {LogField::kCount, absl::StrCat(answer.code)}};
  switch (answer.kind) {
    case Kind::kAccepted:
      return;
    case Kind::kAddressRefused:
      return LogWarning("the mail server refused an address for good", fields);
    case Kind::kAddressWaits:
      return LogWarning("the mail server puts an address off; its delivery waits", fields);
    case Kind::kMailWaits:
      return LogWarning("the mail server refused a mail for another reason; its delivery waits",
                        fields);
    case Kind::kServerWaits:
      return LogWarning("the mail server takes no mail; deliveries wait", fields);
  }
}

}  // namespace

MailSender::MailSender(const MailSettings& settings, Metrics& metrics)
    : settings_(settings), metrics_(metrics), copies_(settings.folder) {
  if (settings.server) smtp_.emplace(*settings.server);
}

bool MailSender::MayGoTo(const std::string& address) const {
  return IsMailAddress(address) && IsDomainAllowed(address, settings_.allowed_domains);
}

void MailSender::Stop() {
  if (smtp_) smtp_->Stop();
}

void MailSender::Failed(std::string_view cause) {
  metrics_.Count("pepline_notifications_delivery_attempts_failed_total", {{"cause", cause}});
}

Kind MailSender::SendToServer(const Mail& mail, const std::string& trace) {
  const absl::Time start = absl::Now();
  Span span(SpanKind::kClient, "send mail", trace);
  const SmtpAnswer answer = smtp_->Send(mail);
  span.Note(SpanNote::kOutcome, std::string(answer.cause));
  metrics_.Observe("pepline_notifications_send_seconds", {}, absl::Now() - start);
  if (answer.kind == Kind::kServerWaits) {
    pause_.Failed(absl::Now());
  } else {
    pause_.Worked();
  }
  if (answer.kind == Kind::kAccepted) return answer.kind;
  span.Fail(std::string(answer.cause));
  // An address that is refused for good is no attempt that is repeated.
  if (answer.kind != Kind::kAddressRefused) Failed(answer.cause);
  Warn(answer);
  return answer.kind;
}

Kind MailSender::Send(const Mail& mail, const std::string& trace) {
  if (smtp_) {
    const Kind kind = SendToServer(mail, trace);
    if (kind != Kind::kAccepted) return kind;
  }
  if (settings_.folder.empty()) return Kind::kAccepted;
  const absl::Status kept = copies_.Keep(mail);
  if (kept.ok()) return Kind::kAccepted;
  Failed("folder");
  LogWarning("a mail could not be copied", {{LogField::kCause, std::string(kept.message())}});
  // With a mail server the copy is only a copy; without one it is the delivery.
  return smtp_ ? Kind::kAccepted : Kind::kMailWaits;
}

}  // namespace pepline::notifications
