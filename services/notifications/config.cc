#include "services/notifications/config.h"

#include <unistd.h>

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "services/notifications/delivery/mail.h"

namespace pepline::notifications {
namespace {

using Security = SmtpServer::Security;

// The server of a URL; mistakes are told with their fix.
std::optional<SmtpServer> ReadServer(const std::string& url, bool plain_text_allowed,
                                     Settings& settings) {
  constexpr char kName[] = "PEPLINE_SMTP_URL";
  if (url.empty()) return std::nullopt;
  const std::pair<std::string, std::string> parts = absl::StrSplit(url, absl::MaxSplits("://", 1));
  const bool has_credentials = absl::StrContains(parts.second, "@");
  if (parts.first == "smtp+starttls" && !parts.second.empty()) {
    return SmtpServer{Security::kStartTls, absl::StrCat("smtp://", parts.second), {}};
  }
  if (parts.first == "smtps" && !parts.second.empty()) {
    return SmtpServer{Security::kTls, url, {}};
  }
  if (parts.first != "smtp" || parts.second.empty()) {
    settings.Reject(kName, "give smtp+starttls://host:port or smtps://host:port");
  } else if (has_credentials) {
    settings.Reject(
        kName, "a user and a password never go without TLS; give smtp+starttls:// or smtps://");
  } else if (!plain_text_allowed) {
    settings.Reject(kName,
                    "smtp:// sends mail about children in the clear; give smtp+starttls:// or "
                    "smtps://, or allow it with PEPLINE_SMTP_PLAIN_TEXT=allowed");
  }
  return SmtpServer{Security::kPlainText, url, {}};
}

}  // namespace

Config ReadConfig(Settings& settings) {
  Config config{.common = ReadCommonConfig("notifications", settings),
                .mail = {},
                .registry_address = {},
                .signing_key_file = {}};
  MailSettings& mail = config.mail;
  mail.farewell = config.common.drain / 2;
  // It may hold a user and a password.
  const std::string url = settings.Secret(
      "PEPLINE_SMTP_URL",
      "mail server, smtp+starttls://user:password@host:587 or smtps://user:password@host; its "
      "certificate is verified. Where it asks for another name in EHLO than the domain of "
      "PEPLINE_MAIL_FROM, add that: smtps://host/name. Empty: mail is written to "
      "PEPLINE_MAIL_FOLDER alone");
  const std::string plain_text =
      settings.Text("PEPLINE_SMTP_PLAIN_TEXT", "",
                    "\"allowed\": smtp://host:port without TLS may be used, never with a password; "
                    "for a mail server of the same machine, a demo, a training");
  const std::string ca_file =
      settings.Text("PEPLINE_SMTP_CA_FILE", "",
                    "PEM file with the authorities that vouch for the mail server; empty: those "
                    "of the system");
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
                      "how often the mail server may put one address off before its delivery is "
                      "given up; 1000 take more than three days");
  config.registry_address = settings.Text("PEPLINE_REGISTRY_ADDRESS", "",
                                          "host:port of registry's gRPC port, which knows the "
                                          "addresses",
                                          true);
  config.signing_key_file =
      settings.Text("PEPLINE_SIGNING_KEY_FILE", "",
                    "file with the private key (JWK) that signs this service's own tokens", true);

  if (!plain_text.empty() && plain_text != "allowed") {
    settings.Reject("PEPLINE_SMTP_PLAIN_TEXT", "give \"allowed\" or nothing");
  }
  mail.server = ReadServer(url, plain_text == "allowed", settings);
  if (mail.server) mail.server->ca_file = ca_file;
  // A file that cannot be read would look like a server that nobody vouches for.
  if (!ca_file.empty() && access(ca_file.c_str(), R_OK) != 0) {
    settings.Reject("PEPLINE_SMTP_CA_FILE", "the file cannot be read");
  }
  if (url.empty() && mail.folder.empty()) {
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
