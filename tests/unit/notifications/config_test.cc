// Settings of notifications: what is wrong is said with the fix.
#include "services/notifications/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pepline::notifications {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::map<std::string, std::string> Good() {
  return {{"PEPLINE_GRPC_PLAIN_TEXT", "true"},
          {"PEPLINE_KAFKA_BOOTSTRAP", "kafka:9092"},
          {"PEPLINE_JWKS_FILE", "/keys.jwks"},
          {"PEPLINE_TOKEN_ISSUER", "council"},
          {"PEPLINE_SMTP_URL", "smtp+starttls://mail:25"},
          {"PEPLINE_MAIL_FROM", "pepline@virtual-school.example"},
          {"PEPLINE_MAIL_ALLOWED_DOMAINS", "Example, example.org"},
          {"PEPLINE_REGISTRY_ADDRESS", "registry:9090"},
          {"PEPLINE_SIGNING_KEY_FILE", "/key.jwk"}};
}

std::string Mistakes(std::map<std::string, std::string> environment) {
  Settings settings(std::move(environment));
  ReadConfig(settings);
  return std::string(settings.Check().message());
}

TEST(NotificationsConfig, ReadsWhatIsGiven) {
  Settings settings(Good());
  const Config config = ReadConfig(settings);
  EXPECT_TRUE(settings.Check().ok()) << settings.Check();
  EXPECT_EQ(config.mail.server->url, "smtp://mail:25");
  EXPECT_EQ(config.mail.server->security, SmtpServer::Security::kStartTls);
  EXPECT_THAT(config.mail.allowed_domains, ElementsAre("example", "example.org"));
  EXPECT_EQ(config.registry_address, "registry:9090");
}

TEST(NotificationsConfig, NamesEveryMistakeAndItsFix) {
  auto environment = Good();
  environment["PEPLINE_SMTP_URL"] = "http://mail";
  environment["PEPLINE_MAIL_FROM"] = "Pepline <pepline@x>";
  environment.erase("PEPLINE_REGISTRY_ADDRESS");
  environment["PEPLINE_MAIL_MAX_ATTEMPTS"] = "0";
  const std::string mistakes = Mistakes(environment);
  EXPECT_THAT(mistakes, HasSubstr("PEPLINE_SMTP_URL: give smtp+starttls://"));
  EXPECT_THAT(mistakes, HasSubstr("PEPLINE_MAIL_FROM: give one plain mail address"));
  EXPECT_THAT(mistakes, HasSubstr("PEPLINE_REGISTRY_ADDRESS: must be set"));
  EXPECT_THAT(mistakes, HasSubstr("PEPLINE_MAIL_MAX_ATTEMPTS"));
}

TEST(NotificationsConfig, WantsSomewhereToSendMail) {
  auto environment = Good();
  environment.erase("PEPLINE_SMTP_URL");
  EXPECT_THAT(Mistakes(environment), HasSubstr("nowhere to send mail"));
  environment["PEPLINE_MAIL_FOLDER"] = "/mail";
  EXPECT_EQ(Mistakes(environment), "");
}

TEST(NotificationsConfig, TakesPlainTextOnlyWhereItIsAllowed) {
  auto environment = Good();
  environment["PEPLINE_SMTP_URL"] = "smtp://mail:25";
  EXPECT_THAT(Mistakes(environment), HasSubstr("PEPLINE_SMTP_PLAIN_TEXT=allowed"));
  environment["PEPLINE_SMTP_PLAIN_TEXT"] = "yes";
  EXPECT_THAT(Mistakes(environment), HasSubstr("give \"allowed\" or nothing"));
  environment["PEPLINE_SMTP_PLAIN_TEXT"] = "allowed";
  EXPECT_EQ(Mistakes(environment), "");
  Settings settings(environment);
  EXPECT_EQ(ReadConfig(settings).mail.server->security, SmtpServer::Security::kPlainText);
}

TEST(NotificationsConfig, NeverTakesAPasswordWithoutTls) {
  auto environment = Good();
  environment["PEPLINE_SMTP_URL"] = "smtp://user:secret@mail:25";
  environment["PEPLINE_SMTP_PLAIN_TEXT"] = "allowed";
  const std::string mistakes = Mistakes(environment);
  EXPECT_THAT(mistakes, HasSubstr("never go without TLS"));
  EXPECT_THAT(mistakes, testing::Not(HasSubstr("secret")));
  for (const char* url : {"smtps://user:secret@mail", "smtp+starttls://user:secret@mail:587"}) {
    environment["PEPLINE_SMTP_URL"] = url;
    EXPECT_EQ(Mistakes(environment), "");
  }
}

TEST(NotificationsConfig, WantsAFileOfAuthoritiesThatCanBeRead) {
  auto environment = Good();
  environment["PEPLINE_SMTP_CA_FILE"] = "/nowhere/ca.pem";
  EXPECT_THAT(Mistakes(environment), HasSubstr("PEPLINE_SMTP_CA_FILE: the file cannot be read"));
}

TEST(NotificationsConfig, PrintsNoPasswordOfTheMailServer) {
  auto environment = Good();
  environment["PEPLINE_SMTP_URL"] = "smtps://user:secret@mail";
  Settings settings(environment);
  ReadConfig(settings);
  EXPECT_THAT(settings.Print(), testing::Not(HasSubstr("secret")));
}

}  // namespace
}  // namespace pepline::notifications
