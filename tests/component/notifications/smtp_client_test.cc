// The client of mail servers against servers that refuse, are slow, or speak TLS.
#include "services/notifications/delivery/smtp_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <future>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/component/notifications/scripted_mail_server.h"
#include "tools/stack/certificate_authority.h"
#include "tools/stack/environment.h"
#include "tools/stack/processes.h"

namespace pepline::notifications {
namespace {

using testing::ElementsAre;
using testing::StartsWith;
using Kind = SmtpAnswer::Kind;
using Security = SmtpServer::Security;

constexpr absl::Duration kPatience = absl::Seconds(30);

Mail AMail(const std::string& to = "dt@school.example") {
  return {"chd-a.1.rule/1/designated-teacher/stf-a",
          "pepline@virtual-school.example",
          to,
          "Alert",
          "A text.\n",
          absl::FromUnixSeconds(1'760'000'000)};
}

class SmtpClientTest : public testing::Test {
 protected:
  SmtpServer Plain() const { return {Security::kPlainText, server_.url(), {}}; }
  // Of a client of its own, so that no connection is used again.
  SmtpAnswer Send() {
    SmtpClient client(Plain());
    return client.Send(AMail());
  }
  void ExpectAnswer(Kind kind, std::string_view cause) {
    const SmtpAnswer answer = Send();
    EXPECT_EQ(answer.kind, kind) << answer.cause;
    EXPECT_EQ(answer.cause, cause);
  }
  ScriptedMailServer server_;
};

TEST_F(SmtpClientTest, HandsAMailOverAndUsesTheConnectionAgain) {
  SmtpClient client(Plain());
  EXPECT_EQ(client.Send(AMail("a@school.example")).kind, Kind::kAccepted);
  EXPECT_EQ(client.Send(AMail("b@school.example")).kind, Kind::kAccepted);
  EXPECT_THAT(server_.Taken(), ElementsAre("a@school.example", "b@school.example"));
  EXPECT_EQ(server_.Connections(), 1);
}

TEST_F(SmtpClientTest, GreetsWithTheSendersDomainOrTheNameOfTheSetting) {
  EXPECT_EQ(Send().kind, Kind::kAccepted);
  SmtpClient named({Security::kPlainText, server_.url() + "/pepline.council.example", {}});
  EXPECT_EQ(named.Send(AMail()).kind, Kind::kAccepted);
  std::vector<std::string> greetings;
  for (const std::string& line : server_.Lines()) {
    if (line.starts_with("EHLO")) greetings.push_back(line);
  }
  EXPECT_THAT(greetings,
              ElementsAre("EHLO virtual-school.example", "EHLO pepline.council.example"));
}

TEST_F(SmtpClientTest, ATextThatBeginsLinesWithDotsArrivesWhole) {
  SmtpClient client(Plain());
  Mail mail = AMail();
  mail.text = ".\n..two\n.end\n";
  EXPECT_EQ(client.Send(mail).kind, Kind::kAccepted);
  ASSERT_EQ(server_.TakenTexts().size(), 1u);
  EXPECT_THAT(server_.TakenTexts()[0], testing::EndsWith("\n\n.\n..two\n.end\n"));
}

TEST_F(SmtpClientTest, AServerThatEndedTheConversationMeanwhileIsCalledAnew) {
  SmtpClient client(Plain());
  EXPECT_EQ(client.Send(AMail("a@school.example")).kind, Kind::kAccepted);
  server_.Dismiss("421 4.4.2 idle for too long");
  EXPECT_EQ(client.Send(AMail("b@school.example")).kind, Kind::kAccepted);
  EXPECT_THAT(server_.Taken(), ElementsAre("a@school.example", "b@school.example"));
  EXPECT_EQ(server_.Connections(), 2);
}

TEST_F(SmtpClientTest, TellsWhoseMatterARefusalIsByTheCommandThatWasRefused) {
  server_.Answer("greeting", "554 5.3.2 closed");
  ExpectAnswer(Kind::kServerWaits, "greeting-refused");
  server_.Answer("greeting", "421 too many connections");
  ExpectAnswer(Kind::kServerWaits, "mail-server-busy");
  server_.Answer("greeting", "");
  server_.Answer("MAIL", "550 5.1.8 sender rejected");
  ExpectAnswer(Kind::kServerWaits, "sender-refused");
  server_.Answer("MAIL", "530 5.7.0 authentication required");
  ExpectAnswer(Kind::kServerWaits, "login-refused");
  server_.Answer("MAIL", "");
  server_.Answer("RCPT", "554 5.7.1 Relay access denied");
  ExpectAnswer(Kind::kMailWaits, "relay-refused");
  server_.Answer("RCPT", "550 relay not permitted");
  ExpectAnswer(Kind::kMailWaits, "relay-refused");
  server_.Answer("RCPT", "450 4.2.0 greylisted");
  ExpectAnswer(Kind::kAddressWaits, "refused-for-now");
  server_.Answer("RCPT", "550 5.1.1 user unknown");
  ExpectAnswer(Kind::kAddressRefused, "address-refused");
  server_.Answer("RCPT", "");
  server_.Answer("DATA", "554 no valid recipients");
  ExpectAnswer(Kind::kMailWaits, "content-refused");
  server_.Answer("DATA", "");
  server_.Answer(".", "554 5.7.1 spam");
  ExpectAnswer(Kind::kMailWaits, "content-refused");
  server_.Answer(".", "550 no such user here");
  ExpectAnswer(Kind::kMailWaits, "content-refused");
  server_.Answer(".", "");
  EXPECT_EQ(Send().kind, Kind::kAccepted);
}

TEST_F(SmtpClientTest, OfAServerThatIsNotThereSaysSo) {
  const int port = FreePort();
  SmtpClient client({Security::kPlainText, absl::StrCat("smtp://127.0.0.1:", port), {}});
  EXPECT_EQ(client.Send(AMail()).cause, "mail-server-away");
}

TEST_F(SmtpClientTest, WaitsForTheAnswerToTheFinalDotLongerThanTenSeconds) {
  server_.Hold(".");
  SmtpClient client(Plain());
  auto answer = std::async(std::launch::async, [&] { return client.Send(AMail()); });
  EXPECT_EQ(answer.wait_for(std::chrono::seconds(12)), std::future_status::timeout);
  server_.Release(".");
  EXPECT_EQ(answer.get().kind, Kind::kAccepted);
  EXPECT_THAT(server_.Taken(), ElementsAre("dt@school.example")) << "and did not send it again";
}

TEST_F(SmtpClientTest, WaitsAsLongAsTheStandardSaysForEachAnswer) {
  const SmtpPatience patience;  // RFC 5321 4.5.3.2
  EXPECT_GE(patience.answer, absl::Minutes(5));
  EXPECT_GE(patience.data, absl::Minutes(2));
  EXPECT_GE(patience.final_dot, absl::Minutes(10));
}

TEST_F(SmtpClientTest, EndsWithAServerThatAnswersNothingForTooLong) {
  for (const char* silent : {"greeting", "EHLO", "MAIL", "RCPT", "DATA", "."}) {
    server_.Hold(silent);
    SmtpPatience patience;
    patience.answer = patience.data = patience.final_dot = absl::Milliseconds(300);
    SmtpClient client(Plain(), patience);
    EXPECT_EQ(client.Send(AMail()).cause, "mail-server-away") << silent;
    server_.Release(silent);
  }
}

TEST_F(SmtpClientTest, StopsAtOnceBeforeTheTextAndLeavesTimeToWhatMayHaveBeenTaken) {
  server_.Hold("MAIL");
  SmtpClient before_the_text(Plain());
  auto early = std::async(std::launch::async, [&] { return before_the_text.Send(AMail()); });
  ASSERT_TRUE(WaitUntil([this] { return server_.Held() == 1; }, kPatience));
  before_the_text.Stop();
  EXPECT_EQ(early.get().kind, Kind::kServerWaits);
  server_.Release("MAIL");

  server_.Hold(".");
  SmtpPatience patience;
  patience.farewell = kPatience;
  SmtpClient after_the_text(Plain(), patience);
  auto late = std::async(std::launch::async, [&] { return after_the_text.Send(AMail()); });
  ASSERT_TRUE(WaitUntil([this] { return server_.Lines().back() == "(text)"; }, kPatience));
  after_the_text.Stop();
  EXPECT_EQ(late.wait_for(std::chrono::milliseconds(1500)), std::future_status::timeout);
  server_.Release(".");
  EXPECT_EQ(late.get().kind, Kind::kAccepted);
}

TEST_F(SmtpClientTest, EndsWithoutWaitingForAServerThatDoesNotAnswerToTheFarewell) {
  server_.Hold("QUIT");
  const absl::Time start = absl::Now();
  EXPECT_EQ(Send().kind, Kind::kAccepted);
  EXPECT_LT(absl::Now() - start, absl::Seconds(10));
}

TEST_F(SmtpClientTest, SendsNothingToAServerThatOffersNoTls) {
  server_.Offer("AUTH PLAIN LOGIN");
  SmtpClient client(
      {Security::kStartTls, absl::StrCat("smtp://user:secret@127.0.0.1:", server_.port()), {}});
  const SmtpAnswer answer = client.Send(AMail());
  EXPECT_EQ(answer.kind, Kind::kServerWaits);
  EXPECT_EQ(answer.cause, "mail-server-tls");
  for (const std::string& line : server_.Lines()) {
    EXPECT_THAT(line, testing::AnyOf(StartsWith("EHLO"), StartsWith("QUIT")));
  }
}

TEST_F(SmtpClientTest, UsesNoProxyOfTheEnvironment) {
  ScriptedMailServer proxy;
  for (const char* name : {"ALL_PROXY", "all_proxy", "smtp_proxy", "SMTP_PROXY"}) {
    ASSERT_EQ(setenv(name, absl::StrCat("http://127.0.0.1:", proxy.port()).c_str(), 1), 0);
  }
  EXPECT_EQ(Send().kind, Kind::kAccepted);
  EXPECT_EQ(proxy.Connections(), 0);
  for (const char* name : {"ALL_PROXY", "all_proxy", "smtp_proxy", "SMTP_PROXY"}) unsetenv(name);
}

// A real mail server (aiosmtpd) with a certificate that an authority of the test vouches for.
class SmtpTlsTest : public testing::Test {
 protected:
  void StartServer(Security security, const CertificateWish& wish = {}) {
    auto authority = CertificateAuthority::Create("test authority");
    ASSERT_TRUE(authority.ok()) << authority.status();
    const auto issued = (*authority)->Issue(wish);
    ASSERT_TRUE(issued.ok()) << issued.status();
    const std::string certificate = folder_.path() + "/server.crt";
    const std::string key = folder_.path() + "/server.key";
    ASSERT_TRUE(WriteFile(certificate, issued->certificate).ok());
    ASSERT_TRUE(WriteFile(key, issued->key).ok());
    ca_file_ = folder_.path() + "/ca.pem";
    ASSERT_TRUE(WriteFile(ca_file_, (*authority)->certificate()).ok());
    port_ = FreePort();
    const bool from_the_start = security == Security::kTls;
    auto process =
        ChildProcess::Start({.command = {"/usr/bin/python3", "-B", "-m", "aiosmtpd", "-n", "-c",
                                         "aiosmtpd.handlers.Mailbox", folder_.path() + "/mail",
                                         "-l", absl::StrCat("127.0.0.1:", port_),
                                         from_the_start ? "--smtpscert" : "--tlscert", certificate,
                                         from_the_start ? "--smtpskey" : "--tlskey", key},
                             .environment = {},
                             .output_file = folder_.path() + "/mail.log",
                             .folder = {}});
    ASSERT_TRUE(process.ok()) << process.status();
    process_ = *std::move(process);
    ASSERT_TRUE(WaitUntil([this] { return Accepts(port_); }, kPatience));
  }
  SmtpAnswer Send(Security security, const std::string& ca_file) {
    const char* scheme = security == Security::kTls ? "smtps" : "smtp";
    SmtpClient client({security, absl::StrCat(scheme, "://127.0.0.1:", port_), ca_file});
    return client.Send(AMail());
  }
  int Mails() const {
    std::error_code none;  // no folder: no mail yet
    const std::filesystem::directory_iterator mails(folder_.path() + "/mail/new", none);
    return static_cast<int>(std::distance(begin(mails), end(mails)));
  }

  TemporaryFolder folder_;
  std::string ca_file_;
  int port_ = 0;
  std::unique_ptr<ChildProcess> process_;
};

TEST_F(SmtpTlsTest, GoesByStartTlsToAServerThatOurAuthorityVouchesFor) {
  ASSERT_NO_FATAL_FAILURE(StartServer(Security::kStartTls));
  EXPECT_EQ(Send(Security::kStartTls, ca_file_).kind, Kind::kAccepted);
  EXPECT_EQ(Mails(), 1);
}

TEST_F(SmtpTlsTest, GoesByTlsFromTheFirstByte) {
  ASSERT_NO_FATAL_FAILURE(StartServer(Security::kTls));
  EXPECT_EQ(Send(Security::kTls, ca_file_).kind, Kind::kAccepted);
  EXPECT_EQ(Mails(), 1);
}

TEST_F(SmtpTlsTest, SendsNothingToAServerThatNobodyVouchesFor) {
  ASSERT_NO_FATAL_FAILURE(StartServer(Security::kStartTls));
  const SmtpAnswer answer = Send(Security::kStartTls, "");  // the system's authorities
  EXPECT_EQ(answer.kind, Kind::kServerWaits);
  EXPECT_EQ(answer.cause, "mail-server-tls");
  EXPECT_EQ(Mails(), 0);
}

TEST_F(SmtpTlsTest, SendsNothingToAServerWithTheCertificateOfAnother) {
  CertificateWish of_another;
  of_another.dns_names = {"mail.other.example"};
  of_another.addresses = {"192.0.2.1"};
  ASSERT_NO_FATAL_FAILURE(StartServer(Security::kTls, of_another));
  EXPECT_EQ(Send(Security::kTls, ca_file_).cause, "mail-server-tls");
  EXPECT_EQ(Mails(), 0);
}

}  // namespace
}  // namespace pepline::notifications
