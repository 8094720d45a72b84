// Every RPC: who sees and acknowledges what, how lists are narrowed and paged, what is refused.
#include <set>

#include "absl/strings/str_cat.h"
#include "tests/component/notifications/notifications_fixture.h"

namespace pepline::notifications {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class NotificationsVisibilityTest : public NotificationsTest {
 protected:
  // Three late children: two at kSchool, one at kOtherSchool.
  void BeginWithThree() {
    AppointTheUsual();
    ASSERT_NO_FATAL_FAILURE(Begin("2025-10-21 00:00"));
    SayInCare("chd-a", kSchool);
    SayInCare("chd-b", kSchool);
    SayInCare("chd-c", kOtherSchool);
    for (const std::string child : {"chd-a", "chd-b", "chd-c"}) {
      auto missed = FromScheduling(child);
      if (child == "chd-c") missed.mutable_pep()->set_school_urn(kOtherSchool);
      *missed.mutable_deadline_missed()->mutable_deadline() = Reference(child, UsualInstants());
      Say(missed);
    }
    ASSERT_TRUE(AwaitHandled());
  }
  std::vector<std::string> Listed(const v1::ListAlertsRequest& request,
                                  const Actor& actor = VirtualSchool()) {
    v1::ListAlertsResponse response;
    const grpc::Status status = Call(&Stub::ListAlerts, request, &response, actor);
    EXPECT_TRUE(status.ok()) << status.error_message();
    std::vector<std::string> children;
    for (const v1::Alert& alert : response.alerts()) {
      children.push_back(alert.reference().child_id());
    }
    return children;
  }
  grpc::Status Get(const std::string& alert, const Actor& actor) {
    v1::GetAlertRequest request;
    request.set_alert_id(alert);
    v1::GetAlertResponse response;
    return Call(&Stub::GetAlert, request, &response, actor);
  }
  grpc::Status Acknowledge(const std::string& alert, const Actor& actor,
                           const std::string& request_id = "") {
    v1::AcknowledgeAlertRequest request;
    request.set_request_id(request_id);
    request.set_alert_id(alert);
    acknowledged_.Clear();
    return Call(&Stub::AcknowledgeAlert, request, &acknowledged_, actor);
  }
  v1::AcknowledgeAlertResponse acknowledged_;
};

TEST_F(NotificationsVisibilityTest, ListsAreNarrowedByEveryFilter) {
  ASSERT_NO_FATAL_FAILURE(BeginWithThree());
  v1::ListAlertsRequest request;
  EXPECT_THAT(Listed(request), UnorderedElementsAre("chd-a", "chd-b", "chd-c"));
  request.set_school_urn(kSchool);
  EXPECT_THAT(Listed(request), UnorderedElementsAre("chd-a", "chd-b"));
  request.set_child_id("chd-b");
  EXPECT_THAT(Listed(request), ElementsAre("chd-b"));
  request.set_school_urn(kOtherSchool);
  EXPECT_THAT(Listed(request), IsEmpty()) << "all filters must hold";
  request.Clear();
  request.set_authority_code(kAuthority);
  request.set_state(v1::ALERT_STATE_OPEN);
  request.set_level(1);
  EXPECT_EQ(Listed(request).size(), 3u);
  request.set_level(0);
  EXPECT_THAT(Listed(request), IsEmpty());
  SayMet("chd-a", UsualInstants(), /*late=*/true);
  request.Clear();
  request.set_state(v1::ALERT_STATE_RESOLVED);
  EXPECT_TRUE(Eventually([&] { return Listed(request) == std::vector<std::string>{"chd-a"}; }));
  request.set_state(v1::ALERT_STATE_OPEN);
  EXPECT_THAT(Listed(request), UnorderedElementsAre("chd-b", "chd-c"));
}

TEST_F(NotificationsVisibilityTest, ListsComeInPagesThatMissAndRepeatNothing) {
  ASSERT_NO_FATAL_FAILURE(BeginWithThree());
  v1::ListAlertsRequest request;
  request.set_page_size(1);
  std::multiset<std::string> seen;
  do {
    v1::ListAlertsResponse response;
    ASSERT_TRUE(Call(&Stub::ListAlerts, request, &response, VirtualSchool()).ok());
    EXPECT_LE(response.alerts_size(), 1);
    for (const v1::Alert& alert : response.alerts()) seen.insert(alert.reference().child_id());
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(seen, (std::multiset<std::string>{"chd-a", "chd-b", "chd-c"}));
  request.set_page_token("nonsense");
  v1::ListAlertsResponse response;
  EXPECT_EQ(Call(&Stub::ListAlerts, request, &response, VirtualSchool()).error_code(),
            grpc::INVALID_ARGUMENT);
  request.set_page_token("");
  request.set_page_size(5000);
  EXPECT_EQ(Call(&Stub::ListAlerts, request, &response, VirtualSchool()).error_code(),
            grpc::INVALID_ARGUMENT);
}

TEST_F(NotificationsVisibilityTest, ADesignatedTeacherReachesOnlyChildrenNowAtTheirSchool) {
  ASSERT_NO_FATAL_FAILURE(BeginWithThree());
  const v1::ListAlertsRequest all;
  EXPECT_THAT(Listed(all, DesignatedTeacher(kSchool)), UnorderedElementsAre("chd-a", "chd-b"));
  EXPECT_THAT(Listed(all, DesignatedTeacher(kOtherSchool)), ElementsAre("chd-c"));
  EXPECT_EQ(Get(AlertIdOf("chd-c"), DesignatedTeacher(kSchool)).error_code(), grpc::NOT_FOUND);
  EXPECT_EQ(Acknowledge(AlertIdOf("chd-c"), DesignatedTeacher(kSchool)).error_code(),
            grpc::NOT_FOUND);
  SayMoved("chd-a", kOtherSchool);
  EXPECT_TRUE(
      Eventually([&] { return Get(AlertIdOf("chd-a"), DesignatedTeacher(kOtherSchool)).ok(); }));
  EXPECT_EQ(Get(AlertIdOf("chd-a"), DesignatedTeacher(kSchool)).error_code(), grpc::NOT_FOUND);
  EXPECT_THAT(Listed(all, DesignatedTeacher(kSchool)), ElementsAre("chd-b"));
}

TEST_F(NotificationsVisibilityTest, AnotherAuthoritySeesNothingAndOtherRolesMayNotCall) {
  ASSERT_NO_FATAL_FAILURE(BeginWithThree());
  const Actor other = OfAuthority(Role::kVirtualSchool, "330");
  EXPECT_THAT(Listed({}, other), IsEmpty());
  EXPECT_EQ(Get(AlertIdOf("chd-a"), other).error_code(), grpc::NOT_FOUND);
  EXPECT_EQ(Acknowledge(AlertIdOf("chd-a"), other).error_code(), grpc::NOT_FOUND);
  const Actor auditor = OfAuthority(Role::kAuditor, kAuthority);
  EXPECT_TRUE(Get(AlertIdOf("chd-a"), auditor).ok());
  EXPECT_EQ(Acknowledge(AlertIdOf("chd-a"), auditor).error_code(), grpc::PERMISSION_DENIED);
  EXPECT_EQ(Get(AlertIdOf("chd-a"), SocialWorker()).error_code(), grpc::PERMISSION_DENIED);
  grpc::ClientContext nobody;
  nobody.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(5)));
  v1::ListAlertsResponse response;
  EXPECT_EQ(stub_->ListAlerts(&nobody, {}, &response).error_code(), grpc::UNAUTHENTICATED);
}

TEST_F(NotificationsVisibilityTest, AcknowledgingIsSaidOncePerRoleAndLevel) {
  ASSERT_NO_FATAL_FAILURE(BeginWithThree());
  const std::string alert = AlertIdOf("chd-a");
  ASSERT_TRUE(Eventually([&] { return StoryOf(alert).size() == 3; }));
  ASSERT_TRUE(Acknowledge(alert, DesignatedTeacher(kSchool), "once").ok());
  ASSERT_EQ(acknowledged_.alert().acknowledgements_size(), 1);
  EXPECT_EQ(acknowledged_.alert().acknowledgements(0).role(),
            common::v1::RECIPIENT_ROLE_DESIGNATED_TEACHER);
  const std::string first = acknowledged_.SerializeAsString();
  ASSERT_TRUE(Acknowledge(alert, DesignatedTeacher(kSchool), "once").ok());
  EXPECT_EQ(acknowledged_.SerializeAsString(), first) << "a repetition gets the first answer";
  ASSERT_TRUE(Acknowledge(alert, DesignatedTeacher(kSchool)).ok());
  const grpc::Status reused = Acknowledge(AlertIdOf("chd-b"), DesignatedTeacher(kSchool), "once");
  EXPECT_TRUE(reused.ok()) << "another alert may lie in another partition";
  ASSERT_TRUE(Acknowledge(alert, VirtualSchool()).ok());
  ASSERT_TRUE(AwaitStory(
      alert, {"raised 1", "delivered 1 designated-teacher", "delivered 1 deputy-designated-teacher",
              "acknowledged designated-teacher", "acknowledged virtual-school-caseworker"}));
}

TEST_F(NotificationsVisibilityTest, WhatCannotBeAcknowledgedIsRefusedWithAReason) {
  ASSERT_NO_FATAL_FAILURE(BeginWithThree());
  grpc::Status status = Acknowledge(AlertIdOf("chd-nobody"), VirtualSchool());
  EXPECT_EQ(status.error_code(), grpc::NOT_FOUND);
  status = Acknowledge("", VirtualSchool());
  EXPECT_EQ(status.error_code(), grpc::INVALID_ARGUMENT);
  EXPECT_EQ(ReasonOf(status), "INVALID_FIELD");
  status = Acknowledge(AlertIdOf("chd-a"), VirtualSchool(), std::string(65, 'x'));
  EXPECT_EQ(status.error_code(), grpc::INVALID_ARGUMENT);
  SayMet("chd-a", UsualInstants(), /*late=*/true);
  ASSERT_TRUE(
      Eventually([&] { return GetAlert(AlertIdOf("chd-a")).state() == v1::ALERT_STATE_RESOLVED; }));
  status = Acknowledge(AlertIdOf("chd-a"), VirtualSchool());
  EXPECT_EQ(status.error_code(), grpc::FAILED_PRECONDITION);
  EXPECT_EQ(ReasonOf(status), "ALREADY_RESOLVED");
}

TEST_F(NotificationsVisibilityTest, AnAlertAboutASchoolIsSeenByItsTeachersAndAuthority) {
  AppointTheUsual();
  ASSERT_NO_FATAL_FAILURE(Begin("2025-10-06 08:00"));
  SayVacancy(kSchool, "2025-10-03", UsualVacancy().instants.levels);
  const std::string alert = absl::StrCat(kSchool, ".", std::string(kVacancyRule));
  ASSERT_TRUE(Eventually([&] { return Get(alert, VirtualSchool()).ok(); }));
  EXPECT_TRUE(Get(alert, DesignatedTeacher(kSchool)).ok());
  EXPECT_EQ(Get(alert, DesignatedTeacher(kOtherSchool)).error_code(), grpc::NOT_FOUND);
  EXPECT_EQ(Get(alert, OfAuthority(Role::kVirtualSchool, "330")).error_code(), grpc::NOT_FOUND);
}

}  // namespace
}  // namespace pepline::notifications
