#include "services/notifications/delivery/smtp_answer.h"

#include <algorithm>
#include <cstddef>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"

namespace pepline::notifications {
namespace {

using Kind = SmtpAnswer::Kind;

// The subject of an enhanced code (RFC 3463), such as 1 in "5.1.2"; -1 where there is none.
int EnhancedSubject(int code, std::string_view text) {
  const std::string_view line = text.substr(std::min(text.size(), text.find_first_not_of(' ')));
  if (line.size() < 5 || line[0] != static_cast<char>('0' + code / 100) || line[1] != '.') {
    return -1;
  }
  int subject = 0;
  std::size_t at = 2;
  for (; at < line.size() && absl::ascii_isdigit(static_cast<unsigned char>(line[at])); ++at) {
    if (at > 4) return -1;
    subject = subject * 10 + (line[at] - '0');
  }
  const bool has_detail = at > 2 && at + 1 < line.size() && line[at] == '.' &&
                          absl::ascii_isdigit(static_cast<unsigned char>(line[at + 1]));
  return has_detail ? subject : -1;
}

bool IsAboutTheAddress(int code, std::string_view text) {
  const int subject = EnhancedSubject(code, text);
  if (subject >= 0) return subject == 1;
  return (code == 550 || code == 551 || code == 553) &&
         !absl::StrContains(absl::AsciiStrToLower(std::string(text)), "relay");
}

// A server that is closing, or short of something, says nothing about the address. What greets an
// unknown sender with "later" does.
bool IsAboutTheAddressForNow(int code, std::string_view text) {
  if (code == 421 || code == 452 || code == 454 || code == 455) return false;
  const int subject = EnhancedSubject(code, text);
  return subject < 3 || subject == 7;
}

}  // namespace

SmtpAnswer ReadReply(SmtpStage stage, int code, std::string_view text) {
  if (code < 400 || code > 599) return {Kind::kServerWaits, "mail-server-away", code};
  const bool for_good = code >= 500;
  // "Authentication required" comes at any command.
  if (code == 530 || code == 534 || code == 535 || code == 538) {
    return {Kind::kServerWaits, "login-refused", code};
  }
  switch (stage) {
    case SmtpStage::kConnecting:
    case SmtpStage::kGreeting:
    case SmtpStage::kHello:
      return {Kind::kServerWaits, for_good ? "greeting-refused" : "mail-server-busy", code};
    case SmtpStage::kTls:
      return {Kind::kServerWaits, "mail-server-tls", code};
    case SmtpStage::kLogin:
      return {Kind::kServerWaits, "login-refused", code};
    case SmtpStage::kSender:
      return {Kind::kServerWaits, for_good ? "sender-refused" : "mail-server-busy", code};
    case SmtpStage::kRecipient:
      if (for_good && IsAboutTheAddress(code, text)) {
        return {Kind::kAddressRefused, "address-refused", code};
      }
      if (for_good) return {Kind::kMailWaits, "relay-refused", code};
      if (IsAboutTheAddressForNow(code, text)) {
        return {Kind::kAddressWaits, "refused-for-now", code};
      }
      return {Kind::kMailWaits, "mail-server-busy", code};
    case SmtpStage::kData:
    case SmtpStage::kContent:
      return {Kind::kMailWaits, for_good ? "content-refused" : "mail-server-busy", code};
  }
  return ServerAway();
}

SmtpAnswer ServerAway() { return {Kind::kServerWaits, "mail-server-away", 0}; }
SmtpAnswer NoTls() { return {Kind::kServerWaits, "mail-server-tls", 0}; }
SmtpAnswer Accepted(int code) { return {Kind::kAccepted, "accepted", code}; }

}  // namespace pepline::notifications
