// News of a child, from the event of another service to a mail in somebody's inbox.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/notifications/storage/conversions.h"
#include "tests/component/notifications/notifications_fixture.h"

namespace pepline::notifications {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::UnorderedElementsAre;

class NoticesComponentTest : public NotificationsTest {
 protected:
  void BeginInCare(bool restricted = false) {
    AppointTheUsual();
    registry_.SetChild("A.B.", "St Ebbe’s School", restricted);
    registry_.Appoint(common::v1::RECIPIENT_ROLE_SOCIAL_WORKER, "stf-social000000000000001",
                      "social-worker@council.example");
    ASSERT_NO_FATAL_FAILURE(Begin("2025-09-03 09:00"));
    EmitInCare(kChild, kSchool);
  }
  void EmitPepOpened() {
    auto opened = FromScheduling(kChild);
    opened.mutable_pep_cycle_opened()->set_opened_on(Today());
    Emit(opened);
  }
  // Also again, with the same version.
  registry::v1::RegistryEvent MoveToOtherSchool() {
    auto moved = FromRegistry(absl::StrCat("registry/child/", kChild));
    moved.mutable_child_moved_school()->set_child_id(kChild);
    moved.mutable_child_moved_school()->set_from_school_urn(kSchool);
    moved.mutable_child_moved_school()->set_to_school_urn(kOtherSchool);
    moved.mutable_child_moved_school()->set_to_school_authority_code(kAuthority);
    moved.mutable_child_moved_school()->set_moved_on(Today());
    return moved;
  }
  static std::string IdOf(const std::string& kind, int version) {
    return absl::StrCat(kChild, ".", kind, ".", version);
  }
  std::vector<std::string> Addresses() {
    std::vector<std::string> to;
    for (const ReceivedMail& mail : Mails()) to.push_back(mail.headers.at("to"));
    return to;
  }
  std::vector<std::string> Listed(v1::AlertState state, bool failed, const Actor& actor) {
    v1::ListAlertsRequest request;
    request.set_state(state);
    request.set_with_failed_deliveries(failed);
    v1::ListAlertsResponse response;
    const grpc::Status status = Call(&Stub::ListAlerts, request, response, actor);
    EXPECT_TRUE(status.ok()) << status.error_message();
    std::vector<std::string> ids;
    for (const v1::Alert& alert : response.alerts()) ids.push_back(alert.reference().alert_id());
    return ids;
  }
};

TEST_F(NoticesComponentTest, APepThatOpensReachesTheDesignatedTeacherAndTheSocialWorkerAtOnce) {
  ASSERT_NO_FATAL_FAILURE(BeginInCare());
  EmitPepOpened();
  const std::string id = IdOf("pep-opened", 1);
  ASSERT_TRUE(AwaitMails(2));
  EXPECT_THAT(Addresses(),
              UnorderedElementsAre("<dt@school.example>", "<social-worker@council.example>"));
  for (const ReceivedMail& mail : Mails()) {
    EXPECT_EQ(mail.headers.at("subject"),
              absl::StrCat("PEP notice: a PEP was opened (reference ", id, ")"));
    EXPECT_THAT(mail.text, HasSubstr("Wednesday 3 September 2025"));
    EXPECT_THAT(mail.text, HasSubstr("What to do: "));
  }
  EXPECT_TRUE(Eventually([&] { return StoryOf(id).size() == 3; }));
  EXPECT_THAT(StoryOf(id), UnorderedElementsAre("given", "delivered designated-teacher",
                                                "delivered social-worker"));
  EXPECT_EQ(service_->Metric(
                "pepline_notifications_notices_total{kind=\"pep-opened\",outcome=\"given\"}"),
            1);
}

TEST_F(NoticesComponentTest, TheSameEventAgainAndARestartTellNobodyTwice) {
  ASSERT_NO_FATAL_FAILURE(BeginInCare());
  const auto moved = MoveToOtherSchool();
  Emit(moved, kChild);
  ASSERT_TRUE(AwaitMails(2));
  Emit(moved, kChild);
  ASSERT_TRUE(AwaitHandled());
  ASSERT_TRUE(service_->process().Restart().ok());
  ASSERT_TRUE(service_->process().WaitReady(absl::Seconds(60)).ok());
  Emit(moved, kChild);
  EmitPepOpened();
  ASSERT_TRUE(AwaitMails(4)) << "two of the move, two of the PEP";
}

TEST_F(NoticesComponentTest, AMoveTellsEachSchoolItsPartAndNeitherOfTheOther) {
  ASSERT_NO_FATAL_FAILURE(BeginInCare(/*restricted=*/true));
  Emit(MoveToOtherSchool(), kChild);
  ASSERT_TRUE(AwaitMails(2));
  std::vector<std::string> asked;
  for (const auto& request : registry_.Requests()) {
    EXPECT_EQ(request.child_id(), kChild);
    asked.push_back(request.school_urn());
  }
  EXPECT_THAT(asked, UnorderedElementsAre(kSchool, kOtherSchool));
  for (const ReceivedMail& mail : Mails()) {
    const bool is_coming = absl::StrContains(mail.headers.at("subject"), "child-coming");
    EXPECT_THAT(mail.text, Not(HasSubstr("School:")));
    for (const std::string& school : {std::string(kSchool), std::string(kOtherSchool)}) {
      EXPECT_THAT(mail.text, Not(HasSubstr(school))) << is_coming;
    }
    EXPECT_THAT(mail.text, Not(HasSubstr("Ebbe")));
  }
  // Nor may those at the new school look it up.
  ASSERT_TRUE(Eventually([&] { return StoryOf(IdOf("child-gone", 3)).size() == 2; }));
  EXPECT_THAT(Listed(v1::ALERT_STATE_NOTICE, false, DesignatedTeacher(kOtherSchool)),
              ElementsAre(IdOf("child-coming", 3)));
  EXPECT_THAT(Listed(v1::ALERT_STATE_NOTICE, false, DesignatedTeacher(kSchool)), ElementsAre());
  EXPECT_THAT(Listed(v1::ALERT_STATE_NOTICE, false, VirtualSchool()),
              UnorderedElementsAre(IdOf("child-coming", 3), IdOf("child-gone", 3)));
  EXPECT_THAT(Listed(v1::ALERT_STATE_UNSPECIFIED, false, VirtualSchool()), ElementsAre())
      << "it is no alert";
}

TEST_F(NoticesComponentTest, WhomNobodyReachesIsOnRecordAndIsToldAgainOnRequest) {
  AppointTheUsual();
  registry_.Dismiss(kTeacher);
  ASSERT_NO_FATAL_FAILURE(Begin("2025-09-03 09:00"));
  EmitInCare(kChild, kSchool);
  auto ceased = FromRegistry(absl::StrCat("registry/child/", kChild));
  ceased.mutable_child_ceased_to_be_looked_after()->set_child_id(kChild);
  ceased.mutable_child_ceased_to_be_looked_after()->set_ceased_on(Today());
  Emit(ceased, kChild);
  const std::string id = IdOf("care-ceased", 3);
  ASSERT_TRUE(Eventually([&] { return StoryOf(id).size() == 4; }));
  EXPECT_THAT(StoryOf(id),
              UnorderedElementsAre("given", "dropped designated-teacher nobody-in-role",
                                   "delivered deputy-designated-teacher",
                                   "delivered virtual-school-caseworker"));
  EXPECT_THAT(Listed(v1::ALERT_STATE_NOTICE, true, VirtualSchool()), ElementsAre(id));
  registry_.Appoint(common::v1::RECIPIENT_ROLE_DESIGNATED_TEACHER, kTeacher, "dt@school.example");
  v1::RedeliverAlertRequest again;
  again.set_alert_id(id);
  v1::RedeliverAlertResponse answer;
  ASSERT_TRUE(Call(&Stub::RedeliverAlert, Complete(again), answer, VirtualSchool()).ok());
  EXPECT_EQ(answer.alert().state(), v1::ALERT_STATE_NOTICE);
  ASSERT_TRUE(AwaitMails(3));
  EXPECT_THAT(Listed(v1::ALERT_STATE_NOTICE, true, VirtualSchool()), ElementsAre());
}

TEST_F(NoticesComponentTest, NewsOfLastYearIsCountedAndToldToNobody) {
  ASSERT_NO_FATAL_FAILURE(BeginInCare());
  auto opened = FromScheduling(kChild);
  *opened.mutable_header()->mutable_occurred_at() = ToTimestamp(At("2024-09-03 09:00"));
  opened.mutable_pep_cycle_opened()->set_opened_on("2024-09-03");
  Emit(opened);
  ASSERT_TRUE(AwaitHandled());
  EXPECT_EQ(service_->Metric(
                "pepline_notifications_notices_total{kind=\"pep-opened\",outcome=\"too-old\"}"),
            1);
  EmitPepOpened();
  ASSERT_TRUE(AwaitMails(2)) << "of today's alone";
}

}  // namespace
}  // namespace pepline::notifications
