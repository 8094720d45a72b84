#include "services/notifications/config.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "services/notifications/mail.h"

namespace pepline::notifications {

Config ReadConfig(Settings& settings) {
  Config config{.common = ReadCommonConfig("notifications", settings),
                .mail = {},
                .registry_address = {},
                .signing_key_file = {}};
  MailSettings& mail = config.mail;
  // It may hold a user and a password.
  mail.smtp_url = settings.Secret("PEPLINE_SMTP_URL",
                                  "mail server, smtp://host:port or smtps://user:password@host; "
                                  "empty: mail is written to PEPLINE_MAIL_FOLDER alone");
  mail.from = settings.Text("PEPLINE_MAIL_FROM", "", "sender's address of all mail", true);
  mail.folder = settings.Text("PEPLINE_MAIL_FOLDER", "",
                              "folder that gets a copy of every mail sent; empty: none");
  const std::string domains =
      settings.Text("PEPLINE_MAIL_ALLOWED_DOMAINS", "",
                    "domains that mail may be sent to, with their subdomains, comma-separated; "
                    "empty: any. A safety net for demo and training");
  for (absl::string_view domain : absl::StrSplit(domains, ',', absl::SkipWhitespace())) {
    mail.allowed_domains.push_back(absl::AsciiStrToLower(absl::StripAsciiWhitespace(domain)));
  }
  mail.max_attempts =
      settings.Number("PEPLINE_MAIL_MAX_ATTEMPTS", mail.max_attempts, 1, 100'000,
                      "attempts of one delivery before it is given up; 1000 take about a day");
  config.registry_address = settings.Text("PEPLINE_REGISTRY_ADDRESS", "",
                                          "host:port of registry's gRPC port, which knows the "
                                          "addresses",
                                          true);
  config.signing_key_file =
      settings.Text("PEPLINE_SIGNING_KEY_FILE", "",
                    "file with the private key (JWK) that signs this service's own tokens", true);

  const bool is_smtp =
      absl::StartsWith(mail.smtp_url, "smtp://") || absl::StartsWith(mail.smtp_url, "smtps://");
  if (!mail.smtp_url.empty() && !is_smtp) {
    settings.Reject("PEPLINE_SMTP_URL", "give smtp://host:port or smtps://host:port");
  }
  if (mail.smtp_url.empty() && mail.folder.empty()) {
    settings.Reject("PEPLINE_SMTP_URL",
                    "there is nowhere to send mail; give a mail server, or PEPLINE_MAIL_FOLDER");
  }
  if (!mail.from.empty() && !IsMailAddress(mail.from)) {
    settings.Reject("PEPLINE_MAIL_FROM",
                    "give one plain mail address, such as pepline@host.gov.uk");
  }
  return config;
}

}  // namespace pepline::notifications
