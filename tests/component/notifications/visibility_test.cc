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
    EmitInCare("chd-a", kSchool);
    EmitInCare("chd-b", kSchool);
    EmitInCare("chd-c", kOtherSchool);
    for (const std::string child : {"chd-a", "chd-b", "chd-c"}) {
      auto missed = FromScheduling(child);
      if (child == "chd-c") missed.mutable_pep()->set_school_urn(kOtherSchool);
      *missed.mutable_deadline_missed()->mutable_deadline() = Reference(child, UsualInstants());
      Emit(missed);
    }
    ASSERT_TRUE(AwaitHandled());
  }
  std::vector<std::string> Listed(const v1::ListAlertsRequest& request,
                                  const Actor& actor = VirtualSchool()) {
    v1::ListAlertsResponse response;
    const grpc::Status status = Call(&Stub::ListAlerts, request, response, actor);
    EXPECT_TRUE(status.ok()) << status.error_message();
    std::vector<std::string> children;
    for (const v1::Alert& alert : response.alerts()) {
      children.push_back(alert.reference().child_id());
    }
    return children;
  }
  // An alert as it is raised, without anybody to tell.
  struct Raised {
    std::string begin;  // of its id: the PEP, or the school
    std::string child;  // empty: the school's vacancy
    std::string school;
    std::string authority;
    bool open = true;
    int level = 0;
    std::string id() const {
      return absl::StrCat(begin, ".", child.empty() ? std::string(kVacancyRule) : kRule);
    }
  };
  void Raise(const Raised& alert) {
    Instants instants = UsualInstants();
    for (LevelInstant& level : instants.levels) level.recipients.clear();
    if (alert.child.empty()) return EmitVacancy(alert.school, "2025-10-20", {instants.levels[0]});
    auto deadline = Reference(alert.child, instants);
    deadline.set_deadline_id(alert.id());
    const auto of_the_deadline = [&] {
      auto event = FromScheduling(alert.child);
      event.mutable_pep()->set_school_urn(alert.school);
      event.mutable_pep()->set_authority_code(alert.authority);
      return event;
    };
    auto event = of_the_deadline();
    *(alert.level == 0 ? event.mutable_deadline_reminder_reached()->mutable_deadline()
                       : event.mutable_deadline_missed()->mutable_deadline()) = deadline;
    Emit(event);
    if (alert.open) return;
    event = of_the_deadline();
    *event.mutable_deadline_met()->mutable_deadline() = deadline;
    Emit(event);
  }
  // The ids of all pages, each of which is full while there is more.
  std::multiset<std::string> ReadInFullPages(v1::ListAlertsRequest request, const Actor& actor) {
    std::multiset<std::string> ids;
    do {
      v1::ListAlertsResponse response;
      const grpc::Status status = Call(&Stub::ListAlerts, request, response, actor);
      EXPECT_TRUE(status.ok()) << status.error_message();
      for (const v1::Alert& alert : response.alerts()) ids.insert(alert.reference().alert_id());
      request.set_page_token(response.next_page_token());
      if (!request.page_token().empty()) {
        EXPECT_EQ(response.alerts_size(), request.page_size());
      }
    } while (!request.page_token().empty());
    return ids;
  }
  grpc::Status Get(const std::string& alert, const Actor& actor) {
    v1::GetAlertRequest request;
    request.set_alert_id(alert);
    v1::GetAlertResponse response;
    return Call(&Stub::GetAlert, request, response, actor);
  }
  grpc::Status Acknowledge(const std::string& alert, const Actor& actor,
                           const std::string& request_id = "") {
    v1::AcknowledgeAlertRequest request;
    request.set_request_id(request_id);
    request.set_alert_id(alert);
    acknowledged_.Clear();
    return Call(&Stub::AcknowledgeAlert, Complete(request), acknowledged_, actor);
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
  EmitMet("chd-a", UsualInstants(), /*late=*/true);
  request.Clear();
  request.set_state(v1::ALERT_STATE_RESOLVED);
  EXPECT_TRUE(Eventually([&] { return Listed(request) == std::vector<std::string>{"chd-a"}; }));
  request.set_state(v1::ALERT_STATE_OPEN);
  EXPECT_THAT(Listed(request), UnorderedElementsAre("chd-b", "chd-c"));
}

TEST_F(NotificationsVisibilityTest, EveryFilterWorksAloneAndWithEveryOther) {
  ASSERT_NO_FATAL_FAILURE(Begin("2025-10-21 00:00"));
  const std::string another = "330";
  for (const char* child : {"chd-a", "chd-aa", "chd-b", "chd-c"}) EmitInCare(child, kSchool);
  const std::vector<Raised> raised = {{"chd-a.1", "chd-a", kSchool, kAuthority, true, 1},
                                      {"chd-a.2", "chd-a", kOtherSchool, kAuthority, false, 1},
                                      {"chd-a.3", "chd-a", kSchool, kAuthority, true, 0},
                                      {"chd-aa.1", "chd-aa", kSchool, another, true, 1},
                                      {"chd-b.1", "chd-b", kOtherSchool, another, true, 0},
                                      {"chd-b.2", "chd-b", kOtherSchool, another, false, 0},
                                      {"chd-b.3", "chd-b", kOtherSchool, another, true, 1},
                                      {"chd-c.1", "chd-c", kOtherSchool, kAuthority, false, 1},
                                      {kSchool, "", kSchool, kAuthority, true, 0}};
  for (const Raised& alert : raised) Raise(alert);
  ASSERT_TRUE(AwaitHandled());

  v1::ListAlertsRequest request;
  request.set_page_size(2);
  for (const std::string child : {"", "chd-a", "chd-b", "chd-nobody"}) {
    request.set_child_id(child);
    for (const std::string school : {"", kSchool, kOtherSchool}) {
      request.set_school_urn(school);
      for (const std::string authority : {"", kAuthority, another.c_str()}) {
        request.set_authority_code(authority);
        for (const auto state :
             {v1::ALERT_STATE_UNSPECIFIED, v1::ALERT_STATE_OPEN, v1::ALERT_STATE_RESOLVED}) {
          request.set_state(state);
          for (const int level : {-1, 0, 1, 2}) {
            request.clear_level();
            if (level >= 0) request.set_level(level);
            std::multiset<std::string> expected;
            for (const Raised& alert : raised) {
              const bool fits = (child.empty() || child == alert.child) &&
                                (school.empty() || school == alert.school) &&
                                (authority.empty() || authority == alert.authority) &&
                                (state == v1::ALERT_STATE_UNSPECIFIED ||
                                 (state == v1::ALERT_STATE_OPEN) == alert.open) &&
                                (level < 0 || level == alert.level);
              if (fits) expected.insert(alert.id());
            }
            // The teacher of this school sees the children of all authorities that are there now.
            EXPECT_EQ(ReadInFullPages(request, DesignatedTeacher(kSchool)), expected)
                << request.ShortDebugString();
          }
        }
      }
    }
  }
}

TEST_F(NotificationsVisibilityTest, APageIsFullAlthoughAlertsOfOthersArePassedOver) {
  ASSERT_NO_FATAL_FAILURE(Begin("2025-10-21 00:00"));
  std::multiset<std::string> expected;
  for (int i = 0; i < 30; ++i) {
    const std::string child = absl::StrCat("chd-", i);
    const bool is_theirs = i % 3 == 0;
    EmitInCare(child, is_theirs ? kOtherSchool : kSchool);
    const Raised alert{absl::StrCat(child, ".1"), child, kSchool, kAuthority, true, i % 2};
    Raise(alert);
    if (is_theirs && alert.level == 1) expected.insert(alert.id());
  }
  ASSERT_TRUE(AwaitHandled());
  v1::ListAlertsRequest request;
  request.set_level(1);
  for (const int page_size : {1, 4, 5, 6}) {
    request.set_page_size(page_size);
    EXPECT_EQ(ReadInFullPages(request, DesignatedTeacher(kOtherSchool)), expected) << page_size;
  }
}

TEST_F(NotificationsVisibilityTest, ListsComeInPagesThatMissAndRepeatNothing) {
  ASSERT_NO_FATAL_FAILURE(BeginWithThree());
  v1::ListAlertsRequest request;
  request.set_page_size(1);
  std::multiset<std::string> seen;
  do {
    v1::ListAlertsResponse response;
    ASSERT_TRUE(Call(&Stub::ListAlerts, request, response, VirtualSchool()).ok());
    EXPECT_EQ(response.alerts_size(), 1);
    for (const v1::Alert& alert : response.alerts()) seen.insert(alert.reference().child_id());
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(seen, (std::multiset<std::string>{"chd-a", "chd-b", "chd-c"}));
  request.set_page_token("nonsense");
  v1::ListAlertsResponse response;
  EXPECT_EQ(FieldOf(Call(&Stub::ListAlerts, request, response, VirtualSchool())), "page_token");
  request.set_page_token("");
  request.set_page_size(5000);
  EXPECT_EQ(Call(&Stub::ListAlerts, request, response, VirtualSchool()).error_code(),
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
  EmitMoved("chd-a", kOtherSchool);
  EXPECT_TRUE(
      Eventually([&] { return Get(AlertIdOf("chd-a"), DesignatedTeacher(kOtherSchool)).ok(); }));
  EXPECT_EQ(Get(AlertIdOf("chd-a"), DesignatedTeacher(kSchool)).error_code(), grpc::NOT_FOUND);
  EXPECT_THAT(Listed(all, DesignatedTeacher(kSchool)), ElementsAre("chd-b"));
}

TEST_F(NotificationsVisibilityTest, AfterCareASchoolReachesAChildsAlertsForAsLongAsTheProfileSays) {
  ASSERT_NO_FATAL_FAILURE(BeginWithThree());
  auto theirs = FromRegistry("registry/child/chd-b");
  theirs.mutable_child_became_looked_after()->set_child_id("chd-b");
  theirs.mutable_child_became_looked_after()->set_authority_code("330");
  Emit(theirs, "chd-b");
  for (const char* child : {"chd-a", "chd-b"}) {
    auto ceased = FromRegistry(absl::StrCat("registry/child/", child));
    ceased.mutable_child_ceased_to_be_looked_after()->set_child_id(child);
    ceased.mutable_child_ceased_to_be_looked_after()->set_ceased_on("2025-10-20");
    Emit(ceased, child);
  }
  auto adopted = FromRegistry("registry/policy/330");
  adopted.mutable_policy_profile_adopted()->mutable_profile()->set_authority_code("330");
  adopted.mutable_policy_profile_adopted()->mutable_profile()->set_access_after_care_months(0);
  Emit(adopted, "330");
  ASSERT_TRUE(AwaitHandled());
  const v1::ListAlertsRequest all;
  EXPECT_THAT(Listed(all, DesignatedTeacher(kSchool)), ElementsAre("chd-a"));
  EXPECT_EQ(Get(AlertIdOf("chd-b"), DesignatedTeacher(kSchool)).error_code(), grpc::NOT_FOUND);
  EXPECT_EQ(Acknowledge(AlertIdOf("chd-b"), DesignatedTeacher(kSchool)).error_code(),
            grpc::NOT_FOUND);
  EXPECT_THAT(Listed(all, VirtualSchool()), UnorderedElementsAre("chd-a", "chd-c"));
  EXPECT_THAT(Listed(all, OfAuthority(Role::kVirtualSchool, "330")), ElementsAre("chd-b"));
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
  EXPECT_EQ(Get(AlertIdOf("chd-a"), Finance()).error_code(), grpc::PERMISSION_DENIED);
  grpc::ClientContext nobody;
  nobody.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(5)));
  v1::ListAlertsResponse response;
  EXPECT_EQ(stub_->ListAlerts(&nobody, {}, &response).error_code(), grpc::UNAUTHENTICATED);
}

TEST_F(NotificationsVisibilityTest, WhoIsToldReadsAndAcknowledgesTheirOwnAlertsAndNoOthers) {
  AppointTheUsual();
  ASSERT_NO_FATAL_FAILURE(Begin("2025-10-21 00:00"));
  EmitInCare("chd-a", kSchool);
  EmitInCare("chd-b", kSchool);
  Instants told = UsualInstants();
  told.levels[1].recipients = {RecipientRole::kSocialWorker,
                               RecipientRole::kIndependentReviewingOfficer,
                               RecipientRole::kHeadteacher};
  EmitMissed("chd-a", told);
  EmitMissed("chd-b", UsualInstants());  // the headteacher is told of level 3, which lies ahead
  ASSERT_TRUE(AwaitHandled());
  Actor headteacher = DesignatedTeacher(kSchool);
  headteacher.role = Role::kHeadteacher;
  const std::vector<std::pair<Actor, common::v1::RecipientRole>> people = {
      {SocialWorker(), common::v1::RECIPIENT_ROLE_SOCIAL_WORKER},
      {OfAuthority(Role::kIndependentReviewingOfficer, kAuthority),
       common::v1::RECIPIENT_ROLE_INDEPENDENT_REVIEWING_OFFICER},
      {headteacher, common::v1::RECIPIENT_ROLE_HEADTEACHER}};
  for (const auto& [person, role] : people) {
    SCOPED_TRACE(std::string(RoleName(person.role)));
    EXPECT_TRUE(Get(AlertIdOf("chd-a"), person).ok());
    EXPECT_THAT(Listed({}, person), ElementsAre("chd-a"));
    ASSERT_TRUE(Acknowledge(AlertIdOf("chd-a"), person).ok());
    const auto& seen = acknowledged_.alert().acknowledgements();
    EXPECT_TRUE(std::ranges::any_of(seen, [&](const auto& one) { return one.role() == role; }));
    EXPECT_EQ(Get(AlertIdOf("chd-b"), person).error_code(), grpc::NOT_FOUND);
    EXPECT_EQ(Acknowledge(AlertIdOf("chd-b"), person).error_code(), grpc::NOT_FOUND);
    v1::RedeliverAlertRequest again;
    again.set_alert_id(AlertIdOf("chd-a"));
    v1::RedeliverAlertResponse answer;
    EXPECT_EQ(Call(&Stub::RedeliverAlert, Complete(again), answer, person).error_code(),
              grpc::PERMISSION_DENIED);
  }
  headteacher.schools = {SchoolUrn(kOtherSchool)};
  EXPECT_EQ(Get(AlertIdOf("chd-a"), headteacher).error_code(), grpc::NOT_FOUND);
  EXPECT_EQ(Get(AlertIdOf("chd-a"), OfAuthority(Role::kSocialWorker, "330")).error_code(),
            grpc::NOT_FOUND);
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
  EmitMet("chd-a", UsualInstants(), /*late=*/true);
  ASSERT_TRUE(
      Eventually([&] { return GetAlert(AlertIdOf("chd-a")).state() == v1::ALERT_STATE_RESOLVED; }));
  status = Acknowledge(AlertIdOf("chd-a"), VirtualSchool());
  EXPECT_EQ(status.error_code(), grpc::FAILED_PRECONDITION);
  EXPECT_EQ(ReasonOf(status), "ALREADY_RESOLVED");
}

TEST_F(NotificationsVisibilityTest, AnAlertAboutASchoolIsSeenByItsTeachersAndAuthority) {
  AppointTheUsual();
  ASSERT_NO_FATAL_FAILURE(Begin("2025-10-06 08:00"));
  EmitVacancy(kSchool, "2025-10-03", UsualVacancy().instants.levels);
  const std::string alert = absl::StrCat(kSchool, ".", std::string(kVacancyRule));
  ASSERT_TRUE(Eventually([&] { return Get(alert, VirtualSchool()).ok(); }));
  EXPECT_TRUE(Get(alert, DesignatedTeacher(kSchool)).ok());
  EXPECT_EQ(Get(alert, DesignatedTeacher(kOtherSchool)).error_code(), grpc::NOT_FOUND);
  EXPECT_EQ(Get(alert, OfAuthority(Role::kVirtualSchool, "330")).error_code(), grpc::NOT_FOUND);
}

TEST_F(NotificationsVisibilityTest,
       AnAlertOfAVacancyStaysWithItsAuthorityUntilTheNextOneHasItsOwn) {
  AppointTheUsual();
  ASSERT_NO_FATAL_FAILURE(Begin("2025-10-06 08:00"));
  const Actor next = OfAuthority(Role::kVirtualSchool, "330");
  const std::string alert = absl::StrCat(kSchool, ".", std::string(kVacancyRule));
  EmitVacancy(kSchool, "2025-10-03", UsualVacancy().instants.levels);
  ASSERT_TRUE(AwaitMails(1));
  EmitVacancyEnded(kSchool, "2025-10-03");
  ASSERT_TRUE(AwaitStory(alert, {"raised 0", "delivered 0 school-office", "resolved withdrawn"}));
  EXPECT_TRUE(Get(alert, VirtualSchool()).ok());
  EXPECT_EQ(Get(alert, next).error_code(), grpc::NOT_FOUND) << "it tells whom the other one told";
  EmitVacancy(kSchool, "2025-10-03", UsualVacancy().instants.levels, "330");
  ASSERT_TRUE(AwaitStory(alert, {"raised 0", "delivered 0 school-office", "resolved withdrawn",
                                 "raised 0", "delivered 0 school-office"}));
  EXPECT_EQ(GetAlert(alert, next).times_raised(), 2);
  EXPECT_EQ(Get(alert, VirtualSchool()).error_code(), grpc::NOT_FOUND);
  EXPECT_THAT(registry_.Requests().back().authority_code(), "330");
}

}  // namespace
}  // namespace pepline::notifications
