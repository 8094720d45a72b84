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
          {"PEPLINE_SMTP_URL", "smtp://mail:25"},
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
  EXPECT_EQ(config.mail.smtp_url, "smtp://mail:25");
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
  EXPECT_THAT(mistakes, HasSubstr("PEPLINE_SMTP_URL: give smtp://"));
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

TEST(NotificationsConfig, PrintsNoPasswordOfTheMailServer) {
  auto environment = Good();
  environment["PEPLINE_SMTP_URL"] = "smtps://user:secret@mail";
  Settings settings(environment);
  ReadConfig(settings);
  EXPECT_THAT(settings.Print(), testing::Not(HasSubstr("secret")));
}

}  // namespace
}  // namespace pepline::notifications
