#include "services/notifications/delivery/mail.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace pepline::notifications {
namespace {

constexpr std::size_t kLongestLine = 75;  // of quoted-printable text, its '=' not counted

bool IsAddressCharacter(unsigned char c) {
  return absl::ascii_isalnum(c) ||
         std::string_view(".!#$%&'*+/=?^_`{|}~-").find(c) != std::string_view::npos;
}

// Header values are made of ids and words of our own; whatever else came in is left out.
std::string Clean(const std::string& value) {
  std::string clean;
  std::ranges::copy_if(value, std::back_inserter(clean),
                       [](unsigned char c) { return c >= 0x20 && c < 0x7f; });
  return clean;
}

}  // namespace

std::string DomainOf(std::string_view address) {
  return std::string(address.substr(address.rfind('@') + 1));
}

bool IsMailAddress(std::string_view address) {
  const auto at = address.find('@');
  if (address.size() > 254 || at == std::string_view::npos || at == 0 || at > 64) return false;
  const std::string_view domain = address.substr(at + 1);
  return !domain.empty() && domain.front() != '.' && domain.back() != '.' &&
         std::ranges::all_of(address.substr(0, at), IsAddressCharacter) &&
         std::ranges::all_of(domain, [](unsigned char c) {
           return absl::ascii_isalnum(c) || c == '.' || c == '-';
         });
}

bool IsDomainAllowed(std::string_view address, const std::vector<std::string>& domains) {
  if (domains.empty()) return true;
  const std::string own = absl::AsciiStrToLower(DomainOf(address));
  return std::ranges::any_of(domains, [&](const std::string& domain) {
    return own == domain || absl::EndsWith(own, absl::StrCat(".", domain));
  });
}

std::string MessageId(const Mail& mail) {
  return absl::StrCat("<", Clean(mail.delivery_id), "@", DomainOf(mail.from), ">");
}

std::string QuotedPrintable(std::string_view text) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out, line;
  auto put = [&](const std::string& piece) {
    if (line.size() + piece.size() > kLongestLine) {
      absl::StrAppend(&out, line, "=\r\n");
      line.clear();
    }
    line += piece;
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c == '\r') continue;
    if (c == '\n') {
      absl::StrAppend(&out, line, "\r\n");
      line.clear();
      continue;
    }
    // A space at the end of a line would be lost on the way.
    const bool last = i + 1 == text.size() || text[i + 1] == '\n' || text[i + 1] == '\r';
    const bool plain = (c > 0x20 && c < 0x7f && c != '=') || (c == ' ' && !last);
    put(plain ? std::string(1, static_cast<char>(c))
              : std::string{'=', kDigits[c >> 4], kDigits[c & 15]});
  }
  return out + line;
}

std::string ToMessage(const Mail& mail) {
  std::string out;
  auto header = [&](const std::string& name, const std::string& value) {
    absl::StrAppend(&out, name, ": ", Clean(value), "\r\n");
  };
  header("Date", absl::FormatTime("%a, %d %b %Y %H:%M:%S +0000", mail.date, absl::UTCTimeZone()));
  header("From", absl::StrCat("Pepline <", mail.from, ">"));
  header("To", absl::StrCat("<", mail.to, ">"));
  header("Subject", mail.subject);
  header("Message-ID", MessageId(mail));
  header("X-Pepline-Delivery-Id", mail.delivery_id);
  // No machine should answer a machine. Exchange goes by a header of its own.
  header("Auto-Submitted", "auto-generated");
  header("X-Auto-Response-Suppress", "OOF, AutoReply");
  header("MIME-Version", "1.0");
  header("Content-Type", "text/plain; charset=utf-8");
  header("Content-Transfer-Encoding", "quoted-printable");
  return absl::StrCat(out, "\r\n", QuotedPrintable(mail.text));
}

}  // namespace pepline::notifications
