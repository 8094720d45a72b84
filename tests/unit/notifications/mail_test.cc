// A mail as it goes over the wire.
#include "services/notifications/delivery/mail.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"

namespace pepline::notifications {
namespace {

using testing::HasSubstr;
using testing::Not;

Mail UsualMail() {
  return {"chd-a.1.rule/1/designated-teacher/stf-b",
          "pepline@virtual-school.example",
          "dt@school.example",
          "PEP alert: ePEP not finalised in time",
          "One line.\n",
          absl::FromUnixSeconds(1'760'000'000)};
}

TEST(MailMessage, HasTheHeadersThatMakeARepeatRecognisable) {
  const std::string message = ToMessage(UsualMail());
  EXPECT_THAT(message,
              HasSubstr("X-Pepline-Delivery-Id: chd-a.1.rule/1/designated-teacher/stf-b\r\n"));
  EXPECT_THAT(message, HasSubstr("Message-ID: "
                                 "<chd-a.1.rule/1/designated-teacher/stf-b@virtual-school.example>"
                                 "\r\n"));
  EXPECT_THAT(message, HasSubstr("Date: Thu, 09 Oct 2025 08:53:20 +0000\r\n"));
  EXPECT_THAT(message, HasSubstr("To: <dt@school.example>\r\n"));
  EXPECT_THAT(message, HasSubstr("Auto-Submitted: auto-generated\r\n"));
  EXPECT_THAT(message, HasSubstr("X-Auto-Response-Suppress: OOF, AutoReply\r\n"));
  EXPECT_TRUE(absl::EndsWith(message, "\r\n\r\nOne line.\r\n"));
}

TEST(MailMessage, LetsNoValueBeginAHeaderOfItsOwn) {
  Mail mail = UsualMail();
  mail.subject = "x\r\nBcc: everybody@example.org";
  mail.delivery_id = "a\nTo: b";
  const std::string message = ToMessage(mail);
  EXPECT_THAT(message, Not(HasSubstr("\nBcc:")));
  EXPECT_THAT(message, Not(HasSubstr("\nTo: b")));
  for (absl::string_view line : absl::StrSplit(message, "\r\n")) {
    EXPECT_THAT(std::string(line), Not(testing::ContainsRegex("[\r\n]")));
  }
}

// A line end that is half of one ends the text at some servers, and what follows is a mail of
// somebody else's.
TEST(MailMessage, HasNoHalfLineEnds) {
  Mail mail = UsualMail();
  mail.text = "a\n.\r\nb\r.\rc\n";
  const std::string message = ToMessage(mail);
  for (std::size_t at = message.find_first_of("\r\n"); at != std::string::npos;
       at = message.find_first_of("\r\n", at + 2)) {
    EXPECT_EQ(message.substr(at, 2), "\r\n") << at;
  }
}

TEST(QuotedPrintableText, KeepsPlainWordsAndEncodesTheRest) {
  EXPECT_EQ(QuotedPrintable("St Ebbe\xe2\x80\x99s = 1\n"), "St Ebbe=E2=80=99s =3D 1\r\n");
  EXPECT_EQ(QuotedPrintable("end \n"), "end=20\r\n");
  EXPECT_EQ(QuotedPrintable("a\r\nb"), "a\r\nb");
  EXPECT_EQ(QuotedPrintable(""), "");
}

TEST(QuotedPrintableText, HasNoLineAbove76Characters) {
  const std::string encoded = QuotedPrintable(std::string(500, 'x') + std::string(100, '\xe4'));
  for (absl::string_view line : absl::StrSplit(encoded, "\r\n")) EXPECT_LE(line.size(), 76u);
}

TEST(MailAddress, IsOnePlainAddress) {
  for (const char* good : {"dt@school.example", "a.b+c@x.org", "o'neill@virtual-school.gov.uk"}) {
    EXPECT_TRUE(IsMailAddress(good)) << good;
  }
  for (const char* bad :
       {"", "dt", "@x.org", "a@", "a@b@c", "a b@x.org", "<a@x.org>", "a@x.org\r\nRCPT TO:<b@x.org>",
        "a@.org", "a@x.org.", "\"a\"@x.org", "a@x.org,b@x.org"}) {
    EXPECT_FALSE(IsMailAddress(bad)) << bad;
  }
  EXPECT_FALSE(IsMailAddress(std::string(65, 'a') + "@x.org"));
}

TEST(MailAddress, IsInAnAllowedDomainOrBelow) {
  const std::vector<std::string> allowed = {"example", "example.org"};
  EXPECT_TRUE(IsDomainAllowed("dt@school.example", allowed));
  EXPECT_TRUE(IsDomainAllowed("dt@Example.ORG", allowed));
  EXPECT_FALSE(IsDomainAllowed("dt@notexample.org", allowed));
  EXPECT_FALSE(IsDomainAllowed("dt@example.org.attacker.net", allowed));
  EXPECT_TRUE(IsDomainAllowed("dt@anywhere.net", {}));
}

}  // namespace
}  // namespace pepline::notifications
