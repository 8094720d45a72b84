// Mail servers that refuse or are away, roles that nobody holds, and a registry that is away.
#include <algorithm>
#include <filesystem>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/component/notifications/notifications_fixture.h"

namespace pepline::notifications {
namespace {

using testing::HasSubstr;

// A deadline with one recipient a level: the Designated Teacher, and nobody later for a year.
Instants TeacherAlone() {
  return {At("2025-10-20 23:59:59"),
          {{1, At("2025-10-20 23:59:59"), {RecipientRole::kDesignatedTeacher}}}};
}

class NotificationsDeliveryTest : public NotificationsTest {
 protected:
  void BeginLate(std::map<std::string, std::string> environment = {}) {
    ASSERT_NO_FATAL_FAILURE(Begin("2025-10-21 00:00", std::move(environment)));
    EmitInCare(kChild, kSchool);
  }
  double AttemptsFailed(const std::string& cause) {
    return service_->Metric(absl::StrCat(
        "pepline_notifications_delivery_attempts_failed_total{cause=\"", cause, "\"}"));
  }
  const std::string alert_ = AlertIdOf(kChild);
};

TEST_F(NotificationsDeliveryTest, AVacantDesignatedTeachersDeputyIsToldInTheirPlace) {
  AppointTheUsual();
  registry_.Dismiss(kTeacher);
  ASSERT_NO_FATAL_FAILURE(BeginLate());
  EmitMissed(kChild, TeacherAlone());
  ASSERT_TRUE(AwaitStory(alert_, {"raised 1", "failed 1 designated-teacher nobody-in-role",
                                  "delivered 1 deputy-designated-teacher"}));
  ASSERT_TRUE(AwaitMails(1));
  std::string text = Mails()[0].text;
  std::ranges::replace(text, '\n', ' ');
  EXPECT_THAT(text, HasSubstr("in place of the Designated Teacher"));
}

TEST_F(NotificationsDeliveryTest, NobodyAnywhereEndsInTheOpenAndIsCounted) {
  ASSERT_NO_FATAL_FAILURE(BeginLate());
  EmitMissed(kChild, TeacherAlone());
  ASSERT_TRUE(AwaitStory(alert_, {"raised 1", "failed 1 designated-teacher nobody-in-role",
                                  "failed 1 deputy-designated-teacher nobody-in-role",
                                  "failed 1 headteacher nobody-in-role",
                                  "failed 1 virtual-school-caseworker nobody-in-role",
                                  "failed 1 virtual-school-head nobody-in-role"}));
  EXPECT_EQ(GetAlert(alert_).state(), v1::ALERT_STATE_OPEN);
  EXPECT_TRUE(Eventually([this] {
    return service_->Metric("pepline_notifications_deliveries_total{outcome=\"nobody-in-role\"}") ==
           5;
  }));
}

TEST_F(NotificationsDeliveryTest, AChildThatRegistryDoesNotKnowIsWaitedForAndNotGivenUp) {
  AppointTheUsual();
  registry_.FailWith(grpc::StatusCode::NOT_FOUND);  // it lost its records, or has not heard of it
  ASSERT_NO_FATAL_FAILURE(BeginLate());
  EmitMissed(kChild, TeacherAlone());
  ASSERT_TRUE(EventuallyTicking([this] { return AttemptsFailed("unknown-to-registry") >= 3; }));
  EXPECT_TRUE(AwaitStory(alert_, {"raised 1"}));
  registry_.FailWith(grpc::StatusCode::OK);
  ASSERT_TRUE(TickUntilStory(alert_, {"raised 1", "delivered 1 designated-teacher"}));
}

TEST_F(NotificationsDeliveryTest, AnAddressRefusedForGoodIsNotTriedAgain) {
  AppointTheUsual();
  ASSERT_NO_FATAL_FAILURE(BeginLate());
  ASSERT_TRUE(service_->mail().Refuse("dt@school.example", 550).ok());
  EmitMissed(kChild, TeacherAlone());
  ASSERT_TRUE(AwaitStory(alert_, {"raised 1", "failed 1 designated-teacher address-refused",
                                  "delivered 1 deputy-designated-teacher"}));
  for (const Event& event : Emitted()) {
    if (!event.has_alert_delivery_failed()) continue;
    EXPECT_EQ(event.alert_delivery_failed().delivery_id(),
              absl::StrCat(alert_, "/1/designated-teacher/", kTeacher));
  }
  EXPECT_EQ(AttemptsFailed("refused-for-now"), 0);
}

TEST_F(NotificationsDeliveryTest, ARefusalForNowIsTriedAgainUntilItIsTaken) {
  AppointTheUsual();
  ASSERT_NO_FATAL_FAILURE(BeginLate());
  ASSERT_TRUE(service_->mail().Refuse("dt@school.example", 450).ok());
  EmitMissed(kChild, TeacherAlone());
  ASSERT_TRUE(EventuallyTicking([this] { return AttemptsFailed("refused-for-now") >= 2; }));
  EXPECT_EQ(GetAlert(alert_).deliveries(0).state(), v1::DELIVERY_STATE_WAITING);
  EXPECT_TRUE(EventuallyTicking(
      [this] { return service_->Metric("pepline_notifications_alerts_untold") == 1; }));
  service_->mail().AcceptAll();
  ASSERT_TRUE(TickUntilStory(alert_, {"raised 1", "delivered 1 designated-teacher"}));
  EXPECT_TRUE(AwaitMails(1));
  EXPECT_TRUE(EventuallyTicking(
      [this] { return service_->Metric("pepline_notifications_alerts_untold") == 0; }));
}

TEST_F(NotificationsDeliveryTest, TooManyAttemptsAreGivenUpAndTheDeputyIsTold) {
  AppointTheUsual();
  ASSERT_NO_FATAL_FAILURE(BeginLate({{"PEPLINE_MAIL_MAX_ATTEMPTS", "3"}}));
  ASSERT_TRUE(service_->mail().Refuse("dt@school.example", 450).ok());
  EmitMissed(kChild, TeacherAlone());
  ASSERT_TRUE(TickUntilStory(alert_, {"raised 1", "failed 1 designated-teacher too-many-attempts",
                                      "delivered 1 deputy-designated-teacher"}));
  EXPECT_EQ(AttemptsFailed("refused-for-now"), 3);
}

TEST_F(NotificationsDeliveryTest, OneOfTwoInARoleIsNotToldAgainWhileTheOtherWaits) {
  AppointTheUsual();
  registry_.Appoint(common::v1::RECIPIENT_ROLE_DESIGNATED_TEACHER, "stf-second000000000001",
                    "second@school.example");
  ASSERT_NO_FATAL_FAILURE(BeginLate());
  ASSERT_TRUE(service_->mail().Refuse("second@school.example", 421).ok());
  EmitMissed(kChild, TeacherAlone());
  ASSERT_TRUE(EventuallyTicking([this] {
    return AttemptsFailed("refused-for-now") + AttemptsFailed("mail-server-away") +
               AttemptsFailed("mail-server-busy") >=
           2;
  }));
  service_->mail().AcceptAll();
  ASSERT_TRUE(TickUntilStory(
      alert_, {"raised 1", "delivered 1 designated-teacher", "delivered 1 designated-teacher"}));
  ASSERT_TRUE(AwaitMails(2));
}

TEST_F(NotificationsDeliveryTest, ADomainThatIsNotAllowedGetsNoMail) {
  registry_.Appoint(common::v1::RECIPIENT_ROLE_DESIGNATED_TEACHER, kTeacher,
                    "dt@somewhere.invalid");
  registry_.Appoint(common::v1::RECIPIENT_ROLE_VIRTUAL_SCHOOL_CASEWORKER, kCaseworker,
                    "not an address");
  registry_.Appoint(common::v1::RECIPIENT_ROLE_VIRTUAL_SCHOOL_HEAD, kHead,
                    "head@virtual-school.example");
  ASSERT_NO_FATAL_FAILURE(BeginLate());
  EmitMissed(kChild, TeacherAlone());
  ASSERT_TRUE(AwaitStory(
      alert_,
      {"raised 1", "failed 1 designated-teacher address-refused",
       "failed 1 deputy-designated-teacher nobody-in-role", "failed 1 headteacher nobody-in-role",
       "failed 1 virtual-school-caseworker address-refused", "delivered 1 virtual-school-head"}));
  ASSERT_TRUE(AwaitMails(1));
}

TEST_F(NotificationsDeliveryTest, AMailServerThatComesBackGetsWhatWaited) {
  AppointTheUsual();
  ASSERT_NO_FATAL_FAILURE(BeginLate());
  service_->mail().Kill();
  for (const std::string child : {"chd-a", "chd-b", "chd-c"}) EmitMissed(child, TeacherAlone());
  ASSERT_TRUE(EventuallyTicking([this] { return AttemptsFailed("mail-server-away") >= 2; }));
  EXPECT_TRUE(service_->process().Ready()) << "others' absence is not ours";
  ASSERT_TRUE(service_->mail().Restart().ok());
  ASSERT_TRUE(EventuallyTicking([this] { return service_->mail().Mails().size() == 3; }));
  for (const std::string child : {"chd-a", "chd-b", "chd-c"}) {
    ASSERT_TRUE(AwaitStory(AlertIdOf(child), {"raised 1", "delivered 1 designated-teacher"}));
  }
}

TEST_F(NotificationsDeliveryTest, ARegistryThatComesBackIsAskedWhoHoldsTheRoleThen) {
  AppointTheUsual();
  ASSERT_NO_FATAL_FAILURE(BeginLate({{"PEPLINE_MAIL_MAX_ATTEMPTS", "1"}}));
  registry_.Close();
  EmitMissed(kChild, TeacherAlone());
  ASSERT_TRUE(EventuallyTicking([this] { return AttemptsFailed("registry-away") >= 3; }));
  registry_.Dismiss(kTeacher);
  registry_.Appoint(common::v1::RECIPIENT_ROLE_DESIGNATED_TEACHER, "stf-successor000000001",
                    "successor@school.example");
  registry_.Open();
  ASSERT_TRUE(TickUntilStory(alert_, {"raised 1", "delivered 1 designated-teacher"}));
  ASSERT_TRUE(AwaitMails(1));
  EXPECT_EQ(Mails()[0].headers.at("to"), "<successor@school.example>");
}

TEST_F(NotificationsDeliveryTest, WhatWasDoneMeanwhileIsNotTold) {
  AppointTheUsual();
  ASSERT_NO_FATAL_FAILURE(BeginLate());
  service_->mail().Kill();
  EmitMissed(kChild, TeacherAlone());
  ASSERT_TRUE(EventuallyTicking([this] { return AttemptsFailed("mail-server-away") >= 1; }));
  EmitMet(kChild, TeacherAlone(), /*late=*/true);
  ASSERT_TRUE(AwaitStory(alert_, {"raised 1", "resolved met-late"}));
  ASSERT_TRUE(service_->mail().Restart().ok());
  EmitMissed("chd-other", TeacherAlone());
  ASSERT_TRUE(EventuallyTicking([this] { return !service_->mail().Mails().empty(); }));
  EXPECT_EQ(StoryOf(alert_).size(), 2u);
  EXPECT_EQ(GetAlert(alert_).deliveries(0).state(), v1::DELIVERY_STATE_DROPPED);
  for (const ReceivedMail& mail : Mails()) {
    EXPECT_FALSE(absl::StartsWith(mail.headers.at("x-pepline-delivery-id"), alert_));
  }
}

TEST_F(NotificationsDeliveryTest, EveryMailLeavesACopyInTheFolder) {
  AppointTheUsual();
  ASSERT_NO_FATAL_FAILURE(BeginLate());
  EmitMissed(kChild, UsualInstants());
  ASSERT_TRUE(AwaitMails(2));  // a delivery is on record after its copy was made
  int copies = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(service_->folder() + "/mail-copies")) {
    auto text = ReadFile(entry.path().string());
    ASSERT_TRUE(text.ok());
    EXPECT_THAT(*text, HasSubstr("X-Pepline-Delivery-Id: " + alert_ + "/1/"));
    EXPECT_EQ(entry.path().extension(), ".eml");
    ++copies;
  }
  EXPECT_EQ(copies, 2);
}

TEST_F(NotificationsDeliveryTest, WithoutAMailServerTheFolderIsTheChannel) {
  AppointTheUsual();
  ASSERT_NO_FATAL_FAILURE(BeginLate({{"PEPLINE_SMTP_URL", ""}}));
  EmitMissed(kChild, TeacherAlone());
  ASSERT_TRUE(AwaitStory(alert_, {"raised 1", "delivered 1 designated-teacher"}));
  EXPECT_EQ(Emitted().back().alert_delivered().channel(), "file");
  EXPECT_TRUE(service_->mail().Mails().empty());
}

}  // namespace
}  // namespace pepline::notifications
