// The whole service against a mail server that refuses, is slow, or answers when Redis is away; and
// how what was given up is told again.
#include "absl/strings/str_cat.h"
#include "tests/component/notifications/notifications_fixture.h"
#include "tests/component/notifications/scripted_mail_server.h"

namespace pepline::notifications {
namespace {

using testing::ElementsAre;

Instants TeacherAlone() {
  return {At("2025-10-20 23:59:59"),
          {{1, At("2025-10-20 23:59:59"), {RecipientRole::kDesignatedTeacher}}}};
}

class NotificationsMailServerTest : public NotificationsTest {
 protected:
  void BeginLate() {
    AppointTheUsual();
    ASSERT_NO_FATAL_FAILURE(Begin("2025-10-21 00:00", {{"PEPLINE_SMTP_URL", server_.url()},
                                                       {"PEPLINE_SMTP_PLAIN_TEXT", "allowed"}}));
    EmitInCare(kChild, kSchool);
  }
  double AttemptsFailed(const std::string& cause) {
    return service_->Metric(absl::StrCat(
        "pepline_notifications_delivery_attempts_failed_total{cause=\"", cause, "\"}"));
  }
  grpc::Status Redeliver(const std::string& alert, const Actor& actor,
                         const std::string& request_id = "") {
    v1::RedeliverAlertRequest request;
    request.set_alert_id(alert);
    request.set_request_id(request_id);
    redelivered_.Clear();
    return Call(&Stub::RedeliverAlert, Complete(request), redelivered_, actor);
  }
  std::vector<std::string> AlertsWithFailures() {
    v1::ListAlertsRequest request;
    request.set_with_failed_deliveries(true);
    v1::ListAlertsResponse response;
    const grpc::Status status = Call(&Stub::ListAlerts, request, response, VirtualSchool());
    EXPECT_TRUE(status.ok()) << status.error_message();
    std::vector<std::string> alerts;
    for (const v1::Alert& alert : response.alerts()) {
      alerts.push_back(alert.reference().alert_id());
    }
    return alerts;
  }
  bool TextCame() const {
    const auto lines = server_.Lines();
    return !lines.empty() && lines.back() == "(text)";
  }

  const std::string alert_ = AlertIdOf(kChild);
  ScriptedMailServer server_;
  v1::RedeliverAlertResponse redelivered_;
};

TEST_F(NotificationsMailServerTest, BurnsNoAlertWhileItRefusesToRelayAndTellsAllAfterTheMend) {
  constexpr int kAlerts = 7;
  ASSERT_NO_FATAL_FAILURE(BeginLate());
  server_.Answer("RCPT", "550 5.7.1 Relaying denied");
  for (int i = 0; i < kAlerts; ++i) EmitMissed(absl::StrCat("chd-", i), TeacherAlone());
  ASSERT_TRUE(EventuallyTicking([&] { return AttemptsFailed("relay-refused") >= 3 * kAlerts; }));
  for (int i = 0; i < kAlerts; ++i) {
    EXPECT_TRUE(AwaitStory(AlertIdOf(absl::StrCat("chd-", i)), {"raised 1"}));
  }
  server_.Answer("RCPT", "");
  for (int i = 0; i < kAlerts; ++i) {
    EXPECT_TRUE(TickUntilStory(AlertIdOf(absl::StrCat("chd-", i)),
                               {"raised 1", "delivered 1 designated-teacher"}));
  }
}

TEST_F(NotificationsMailServerTest, BurnsNoAlertWhileItGreetsEverybodyWithARefusal) {
  ASSERT_NO_FATAL_FAILURE(BeginLate());
  server_.Answer("greeting", "554 5.3.2 closed for maintenance");
  EmitMissed(kChild, TeacherAlone());
  ASSERT_TRUE(EventuallyTicking([&] { return AttemptsFailed("greeting-refused") >= 3; }));
  EXPECT_TRUE(AwaitStory(alert_, {"raised 1"}));
  server_.Answer("greeting", "");
  EXPECT_TRUE(TickUntilStory(alert_, {"raised 1", "delivered 1 designated-teacher"}));
}

TEST_F(NotificationsMailServerTest, IsWaitedForAfterTheTextAndGetsNoMailTwice) {
  ASSERT_NO_FATAL_FAILURE(BeginLate());
  server_.Hold(".");
  EmitMissed(kChild, TeacherAlone());
  ASSERT_TRUE(Eventually([&] { return TextCame(); }));
  // Longer than ten seconds, which is what was waited for at first.
  EXPECT_FALSE(WaitUntil([&] { return server_.Connections() > 1; }, absl::Seconds(14)));
  server_.Release(".");
  EXPECT_TRUE(AwaitStory(alert_, {"raised 1", "delivered 1 designated-teacher"}));
  EXPECT_THAT(server_.Taken(), ElementsAre("dt@school.example"));
}

TEST_F(NotificationsMailServerTest,
       ThatTookAMailWhileRedisWasAwayFindsItOnRecordThoughTheWorkIsDone) {
  ASSERT_NO_FATAL_FAILURE(BeginLate());
  server_.Hold(".");
  EmitMissed(kChild, TeacherAlone());
  ASSERT_TRUE(Eventually([&] { return TextCame(); }));
  ASSERT_TRUE(AwaitStory(alert_, {"raised 1"}));
  EmitMet(kChild, TeacherAlone(), /*late=*/true);
  ASSERT_TRUE(AwaitStory(alert_, {"raised 1", "resolved met-late"}));
  service_->redis().Kill();
  server_.Release(".");
  ASSERT_TRUE(Eventually([&] { return server_.Taken().size() == 1; }));
  ASSERT_TRUE(Eventually(
      [&] { return service_->Metric("pepline_notifications_deliveries_unrecorded") == 1; }));
  ASSERT_TRUE(service_->redis().Restart().ok());
  EXPECT_TRUE(
      AwaitStory(alert_, {"raised 1", "resolved met-late", "delivered 1 designated-teacher"}));
  EXPECT_THAT(server_.Taken(), ElementsAre("dt@school.example"));
}

TEST_F(NotificationsMailServerTest, HoldsNoEscalationOfOthersWhileItAnswersNothing) {
  constexpr int kAlerts = 100;
  ASSERT_NO_FATAL_FAILURE(BeginLate());
  server_.Hold("greeting");
  for (int i = 0; i < kAlerts; ++i) EmitMissed(absl::StrCat("chd-", i), UsualInstants());
  ASSERT_TRUE(AwaitHandled());
  MoveClockTo("2025-10-21 08:00");
  EXPECT_TRUE(WaitUntil(
      [&] {
        return service_->Metric("pepline_notifications_alerts_escalated_total{level=\"2\"}") ==
               kAlerts;
      },
      absl::Seconds(10)))
      << "no alarm waited for a mail";
  EXPECT_EQ(service_->Metric("pepline_notifications_deliveries_total{outcome=\"delivered\"}"), 0);
}

TEST_F(NotificationsMailServerTest, RedeliveryTellsThoseWhoCouldNotBeToldOnceItIsMended) {
  ASSERT_NO_FATAL_FAILURE(BeginLate());
  server_.Answer("RCPT", "550 5.1.1 user unknown");
  EmitMissed(kChild, TeacherAlone());
  EmitInCare("chd-b", kSchool);
  EmitMissed("chd-b", TeacherAlone());
  const std::vector<std::string> burned = {"raised 1",
                                           "failed 1 designated-teacher address-refused",
                                           "failed 1 deputy-designated-teacher address-refused",
                                           "failed 1 headteacher address-refused",
                                           "failed 1 virtual-school-caseworker address-refused",
                                           "failed 1 virtual-school-head address-refused"};
  ASSERT_TRUE(AwaitStory(alert_, burned));
  ASSERT_TRUE(AwaitStory(AlertIdOf("chd-b"), burned));
  EXPECT_THAT(AlertsWithFailures(), testing::UnorderedElementsAre(alert_, AlertIdOf("chd-b")));
  server_.Answer("RCPT", "");
  ASSERT_TRUE(Redeliver(alert_, VirtualSchool(), "again").ok());
  EXPECT_EQ(redelivered_.alert().deliveries(0).state(), v1::DELIVERY_STATE_WAITING);
  const std::string first = redelivered_.SerializeAsString();
  ASSERT_TRUE(Redeliver(alert_, VirtualSchool(), "again").ok());
  EXPECT_EQ(redelivered_.SerializeAsString(), first) << "a repetition gets the first answer";
  ASSERT_TRUE(Eventually([&] { return StoryOf(alert_).size() == 16; }));
  const auto story = StoryOf(alert_);
  EXPECT_THAT(std::vector(story.begin() + 6, story.end()),
              testing::UnorderedElementsAre(
                  "again 1 designated-teacher", "again 1 deputy-designated-teacher",
                  "again 1 headteacher", "again 1 virtual-school-caseworker",
                  "again 1 virtual-school-head", "delivered 1 designated-teacher",
                  "delivered 1 deputy-designated-teacher", "delivered 1 headteacher",
                  "delivered 1 virtual-school-caseworker", "delivered 1 virtual-school-head"));
  EXPECT_THAT(AlertsWithFailures(), ElementsAre(AlertIdOf("chd-b")));
}

TEST_F(NotificationsMailServerTest, RedeliveryIsTheVirtualSchoolsAndOfOpenAlerts) {
  ASSERT_NO_FATAL_FAILURE(BeginLate());
  EmitMissed(kChild, TeacherAlone());
  ASSERT_TRUE(AwaitStory(alert_, {"raised 1", "delivered 1 designated-teacher"}));
  EXPECT_EQ(Redeliver(alert_, DesignatedTeacher(kSchool)).error_code(), grpc::PERMISSION_DENIED);
  EXPECT_EQ(Redeliver(alert_, OfAuthority(Role::kAuditor, kAuthority)).error_code(),
            grpc::PERMISSION_DENIED);
  EXPECT_EQ(Redeliver(alert_, OfAuthority(Role::kVirtualSchool, "999")).error_code(),
            grpc::NOT_FOUND);
  EXPECT_EQ(Redeliver(AlertIdOf("chd-nobody"), VirtualSchool()).error_code(), grpc::NOT_FOUND);
  EXPECT_EQ(Redeliver("", VirtualSchool()).error_code(), grpc::INVALID_ARGUMENT);
  EXPECT_TRUE(Redeliver(alert_, VirtualSchool()).ok()) << "nobody was given up: no effect";
  EmitMet(kChild, TeacherAlone(), /*late=*/true);
  ASSERT_TRUE(
      AwaitStory(alert_, {"raised 1", "delivered 1 designated-teacher", "resolved met-late"}));
  EXPECT_EQ(ReasonOf(Redeliver(alert_, VirtualSchool())), "ALREADY_RESOLVED");
}

}  // namespace
}  // namespace pepline::notifications
