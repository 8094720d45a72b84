// Whose matter a mail server's refusal is: an address's, one mail's, or everybody's.
#include "services/notifications/delivery/smtp_answer.h"

#include <gtest/gtest.h>

#include <string>

namespace pepline::notifications {
namespace {

using Kind = SmtpAnswer::Kind;
using Stage = SmtpStage;

struct Answered {
  Stage stage;
  int code;
  const char* text;
};

void ExpectAll(const std::vector<Answered>& answers, Kind kind, const std::string& cause) {
  for (const Answered& one : answers) {
    const SmtpAnswer answer = ReadReply(one.stage, one.code, one.text);
    EXPECT_EQ(answer.kind, kind) << one.code << " " << one.text;
    EXPECT_EQ(answer.cause, cause) << one.code << " " << one.text;
    EXPECT_EQ(answer.code, one.code);
  }
}

TEST(SmtpAnswers, AreAboutAnAddressOnlyWhereRcptIsRefusedWithAnAddressCode) {
  ExpectAll({{Stage::kRecipient, 550, "5.1.1 User unknown"},
             {Stage::kRecipient, 554, "5.1.2 Bad destination system"},
             {Stage::kRecipient, 501, "5.1.3 Bad syntax"},
             {Stage::kRecipient, 550, "No such user here"},
             {Stage::kRecipient, 551, "User not local"},
             {Stage::kRecipient, 553, "Mailbox name not allowed"},
             {Stage::kRecipient, 550, ""}},
            Kind::kAddressRefused, "address-refused");
}

TEST(SmtpAnswers, OfARelayThatIsRefusedAreOurOwnMatter) {
  ExpectAll({{Stage::kRecipient, 550, "5.7.1 Relaying denied"},
             {Stage::kRecipient, 554, "5.7.1 <dt@school.example>: Relay access denied"},
             {Stage::kRecipient, 550, "relay not permitted"},
             {Stage::kRecipient, 553, "sorry, Relaying is not for you"},
             {Stage::kRecipient, 550, "5.2.1 Mailbox disabled"},
             {Stage::kRecipient, 552, "Mailbox full"},
             {Stage::kRecipient, 554, "Transaction failed"},
             {Stage::kRecipient, 503, "Bad sequence"}},
            Kind::kMailWaits, "relay-refused");
}

TEST(SmtpAnswers, OfAServerThatTakesNobodysMailCloseItForAll) {
  ExpectAll({{Stage::kConnecting, 554, "No SMTP service here"},
             {Stage::kGreeting, 554, "5.3.2 closed for maintenance"},
             {Stage::kHello, 550, "access denied"}},
            Kind::kServerWaits, "greeting-refused");
  ExpectAll({{Stage::kLogin, 535, "5.7.8 Bad credentials"},
             {Stage::kLogin, 454, "4.7.0 Temporary authentication failure"},
             {Stage::kSender, 530, "5.7.0 Authentication required"},
             {Stage::kRecipient, 530, "Authentication required"}},
            Kind::kServerWaits, "login-refused");
  ExpectAll({{Stage::kSender, 550, "5.1.8 sender rejected"},
             {Stage::kSender, 553, "5.7.1 not owned by user"},
             {Stage::kSender, 550, "not you"}},
            Kind::kServerWaits, "sender-refused");
  ExpectAll({{Stage::kTls, 502, "not implemented"}, {Stage::kTls, 454, "TLS not available"}},
            Kind::kServerWaits, "mail-server-tls");
  ExpectAll({{Stage::kGreeting, 421, "too many connections"}, {Stage::kSender, 451, "later"}},
            Kind::kServerWaits, "mail-server-busy");
}

TEST(SmtpAnswers, OfAContentThatIsRefusedAreNoAddresssMatter) {
  ExpectAll({{Stage::kContent, 550, "5.1.1 looks like an address code"},
             {Stage::kContent, 554, "5.7.1 spam"},
             {Stage::kContent, 552, "too much mail data"},
             {Stage::kData, 554, "no valid recipients"}},
            Kind::kMailWaits, "content-refused");
}

TEST(SmtpAnswers, ForNowCountOnlyWhereTheyAreAboutTheAddress) {
  ExpectAll({{Stage::kRecipient, 450, "mailbox busy"},
             {Stage::kRecipient, 450, "4.2.0 Greylisted"},
             {Stage::kRecipient, 451, "4.7.1 Greylisted"},
             {Stage::kRecipient, 450, "4.1.1 unverified address"}},
            Kind::kAddressWaits, "refused-for-now");
  ExpectAll({{Stage::kRecipient, 421, "shutting down"},
             {Stage::kRecipient, 451, "4.3.0 Temporary lookup failure"},
             {Stage::kRecipient, 452, "insufficient storage"},
             {Stage::kRecipient, 450, "4.4.1 no answer from host"},
             {Stage::kContent, 451, "4.3.2 queue full"}},
            Kind::kMailWaits, "mail-server-busy");
}

TEST(SmtpAnswers, ThatAreNoneMeanThatTheServerIsAway) {
  ExpectAll({{Stage::kRecipient, 0, ""}, {Stage::kContent, 354, "go on"}}, Kind::kServerWaits,
            "mail-server-away");
  EXPECT_EQ(ServerAway().kind, Kind::kServerWaits);
  EXPECT_EQ(NoTls().cause, "mail-server-tls");
}

}  // namespace
}  // namespace pepline::notifications
