// From a deadline that passes to a mail in somebody's inbox, and on until the work is done.
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "pepline/scheduling/v1/scheduling_events.pb.h"
#include "shared/security/auth.h"
#include "shared/store/store.h"
#include "tests/component/notifications/notifications_fixture.h"

namespace pepline::notifications {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::UnorderedElementsAre;

class NotificationsStoryTest : public NotificationsTest {
 protected:
  void BeginLate() {
    AppointTheUsual();
    ASSERT_NO_FATAL_FAILURE(Begin("2025-10-21 00:00"));
    EmitInCare(kChild, kSchool);
  }
  // The child's PEP goes on at another school.
  void EmitTransferred(const std::string& child, const std::string& to_school) {
    auto transfer = FromScheduling(child);
    transfer.mutable_pep()->set_school_urn(to_school);
    transfer.mutable_pep_transferred_to_school()->set_from_school_urn(kSchool);
    transfer.mutable_pep_transferred_to_school()->set_to_school_urn(to_school);
    Emit(transfer);
  }
  // A child in the same partition whose id begins so.
  static std::string NeighbourOf(const std::string& child, const std::string& begin) {
    for (int i = 0;; ++i) {
      const std::string id = absl::StrCat(begin, i);
      if (PartitionOf(id, kPartitions) == PartitionOf(child, kPartitions)) return id;
    }
  }
  static constexpr int kPartitions = 16;  // as the service has without a setting
  const std::string alert_ = AlertIdOf(kChild);
};

TEST_F(NotificationsStoryTest, TheMailSaysThatADayIsProvisional) {
  ASSERT_NO_FATAL_FAILURE(BeginLate());
  Instants provisional = UsualInstants();
  provisional.provisional = true;
  EmitMissed(kChild, provisional);
  ASSERT_TRUE(AwaitMails(2));
  for (const ReceivedMail& mail : Mails()) {
    EXPECT_THAT(mail.text, HasSubstr("That day is provisional"));
  }
}

TEST_F(NotificationsStoryTest, TheMailAndTheAlertSayThatADayIsAnEstimateAndWhatToDo) {
  ASSERT_NO_FATAL_FAILURE(BeginLate());
  Instants estimated = UsualInstants();
  estimated.estimated = true;
  EmitMissed(kChild, estimated);
  EmitVacancy(kSchool, "2025-10-03", UsualVacancy().instants.levels, kAuthority, false, true);
  ASSERT_TRUE(AwaitMails(3));  // and the school office
  for (const ReceivedMail& mail : Mails()) {
    EXPECT_THAT(absl::StrReplaceAll(mail.text, {{"\n", " "}}),
                HasSubstr("every weekday that is no bank holiday was taken for a school day"));
  }
  const v1::Alert alert = GetAlert(alert_);
  EXPECT_TRUE(alert.estimated());
  EXPECT_THAT(alert.due_at_remarks(), HasSubstr("have the Virtual School import its term dates"));
}

TEST_F(NotificationsStoryTest, AMissedDeadlineReachesThoseWhoAreToBeTold) {
  ASSERT_NO_FATAL_FAILURE(BeginLate());
  EmitMissed(kChild, UsualInstants());
  ASSERT_TRUE(AwaitStory(alert_, {"raised 1", "delivered 1 designated-teacher",
                                  "delivered 1 deputy-designated-teacher"}));
  ASSERT_TRUE(AwaitMails(2));
  std::set<std::string> to, ids, message_ids;
  for (const ReceivedMail& mail : Mails()) {
    to.insert(mail.headers.at("to"));
    ids.insert(mail.headers.at("x-pepline-delivery-id"));
    message_ids.insert(mail.headers.at("message-id"));
    EXPECT_THAT(mail.headers.at("message-id"), HasSubstr("@virtual-school.example>"));
    // Nothing personal where everybody looks...
    const std::string& subject = mail.headers.at("subject");
    EXPECT_THAT(subject, HasSubstr("PEP alert: ePEP not finalised in time"));
    EXPECT_THAT(subject, Not(HasSubstr("A.B.")));
    EXPECT_THAT(subject, Not(HasSubstr("Ebbe")));
    // ...and enough inside to act on.
    EXPECT_THAT(mail.text, HasSubstr("Child: A.B. (initials)"));
    EXPECT_THAT(mail.text, HasSubstr("School: St Ebbe\xe2\x80\x99s School"));
    EXPECT_THAT(mail.text, Not(HasSubstr("Invented Person")));
  }
  EXPECT_EQ(to, (std::set<std::string>{"<dt@school.example>", "<deputy@school.example>"}));
  EXPECT_EQ(message_ids.size(), 2u);

  std::set<std::string> emitted_ids;
  for (const Event& event : Emitted()) {
    EXPECT_EQ(event.alert().child_id(), kChild);
    EXPECT_EQ(event.alert().school_urn(), kSchool);
    EXPECT_EQ(event.alert().authority_code(), kAuthority);
    if (!event.has_alert_delivered()) continue;
    EXPECT_EQ(event.alert_delivered().channel(), "smtp");
    emitted_ids.insert(event.alert_delivered().delivery_id());
  }
  EXPECT_EQ(emitted_ids, ids);
  EXPECT_TRUE(emitted_ids.contains(absl::StrCat(alert_, "/1/designated-teacher/", kTeacher)));
}

TEST_F(NotificationsStoryTest, ReminderMissAndEscalationsEndWhenTheWorkIsDone) {
  AppointTheUsual();
  ASSERT_NO_FATAL_FAILURE(Begin("2025-10-16 08:00"));
  EmitInCare(kChild, kSchool);
  auto set = FromScheduling(kChild);  // DeadlineSet alone tells nobody anything
  *set.mutable_deadline_set()->mutable_deadline() = Reference(kChild, UsualInstants());
  Emit(set);
  EmitReminder(kChild, UsualInstants());
  ASSERT_TRUE(AwaitDelivered(alert_, 1));
  MoveClockTo("2025-10-21 00:00");
  EmitMissed(kChild, UsualInstants());
  ASSERT_TRUE(AwaitDelivered(alert_, 3));
  MoveClockTo("2025-10-21 07:59");
  ASSERT_TRUE(AwaitHandled());
  EXPECT_EQ(StoryOf(alert_).size(), 5u) << "nothing early";
  MoveClockTo("2025-10-21 08:00");
  ASSERT_TRUE(AwaitDelivered(alert_, 4));
  MoveClockTo("2025-11-03 08:00");
  ASSERT_TRUE(AwaitDelivered(alert_, 6));
  EXPECT_TRUE(Eventually([this] {
    return service_->Metric("pepline_notifications_alerts_open{authority=\"931\",level=\"3\"}") ==
           1;
  }));
  EmitMet(kChild, UsualInstants(), /*late=*/true);
  const std::vector<std::string> story = {"raised 0",
                                          "delivered 0 designated-teacher",
                                          "raised 1",
                                          "delivered 1 designated-teacher",
                                          "delivered 1 deputy-designated-teacher",
                                          "escalated 2",
                                          "delivered 2 virtual-school-caseworker",
                                          "escalated 3",
                                          "delivered 3 headteacher",
                                          "delivered 3 virtual-school-head",
                                          "resolved met-late"};
  ASSERT_TRUE(AwaitStory(alert_, story));
  MoveClockTo("2025-12-24 12:00");
  EXPECT_TRUE(Eventually([this] {
    return service_->Metric("pepline_notifications_alerts_open{authority=\"931\",level=\"3\"}") ==
           0;
  }));
  EXPECT_EQ(StoryOf(alert_), story);
  EXPECT_EQ(GetAlert(alert_).resolved_cause(), "met-late");
  EXPECT_EQ(service_->Metric("pepline_notifications_alerts_raised_total{level=\"1\"}"), 1);
  EXPECT_EQ(service_->Metric("pepline_notifications_alerts_escalated_total{level=\"3\"}"), 1);
  EXPECT_EQ(service_->Metric("pepline_notifications_alerts_resolved_total{cause=\"met-late\"}"), 1);
  EXPECT_EQ(service_->Metric("pepline_notifications_deliveries_total{outcome=\"delivered\"}"), 6);
  EXPECT_EQ(service_->Metric("pepline_wake_law_violations_total"), 0);
}

TEST_F(NotificationsStoryTest, AnAlertMovesIsWithdrawnAndComesAgainUnderItsOwnId) {
  ASSERT_NO_FATAL_FAILURE(BeginLate());
  EmitMissed(kChild, UsualInstants());
  ASSERT_TRUE(AwaitDelivered(alert_, 2));
  EmitMoved(kChild, MovedInstants(), /*miss_withdrawn=*/true);
  ASSERT_TRUE(Eventually([this] { return StoryOf(alert_).size() == 4; }));
  MoveClockTo("2025-10-23 00:00");
  EmitMissed(kChild, MovedInstants());
  ASSERT_TRUE(AwaitDelivered(alert_, 4));
  Instants later = MovedInstants();
  later.levels[2].at += absl::Hours(24);
  EmitMoved(kChild, later, /*miss_withdrawn=*/false);
  EmitWithdrawn(kChild, later);
  ASSERT_TRUE(AwaitStory(
      alert_,
      {"raised 1", "delivered 1 designated-teacher", "delivered 1 deputy-designated-teacher",
       "resolved miss-withdrawn", "raised 1", "delivered 1 designated-teacher",
       "delivered 1 deputy-designated-teacher", "moved", "resolved withdrawn"}));
  std::set<std::string> ids;
  for (const ReceivedMail& mail : Mails()) ids.insert(mail.headers.at("x-pepline-delivery-id"));
  EXPECT_EQ(ids.size(), 4u) << "the second run's messages are new ones";
  EXPECT_TRUE(ids.contains(absl::StrCat(alert_, "/1/designated-teacher/", kTeacher, "/2")));
  EXPECT_EQ(GetAlert(alert_).times_raised(), 2);
}

TEST_F(NotificationsStoryTest, AWaivedDeadlineResolvesItsAlertAsWaivedAndNotAsMet) {
  ASSERT_NO_FATAL_FAILURE(BeginLate());
  EmitMissed(kChild, UsualInstants());
  ASSERT_TRUE(AwaitDelivered(alert_, 2));
  EmitWaived(kChild, UsualInstants());
  ASSERT_TRUE(AwaitStory(alert_, {"raised 1", "delivered 1 designated-teacher",
                                  "delivered 1 deputy-designated-teacher", "resolved waived"}));
  EXPECT_EQ(GetAlert(alert_).resolved_cause(), "waived");
  EXPECT_EQ(service_->Metric("pepline_notifications_alerts_resolved_total{cause=\"waived\"}"), 1);
}

TEST_F(NotificationsStoryTest, AVacancyIsToldInStepsUntilSomebodyIsAppointed) {
  const std::string alert = absl::StrCat(kSchool, ".", std::string(kVacancyRule));
  AppointTheUsual();
  ASSERT_NO_FATAL_FAILURE(Begin("2025-10-03 10:00"));
  EmitVacancy(kSchool, "2025-10-03", UsualVacancy().instants.levels);
  ASSERT_TRUE(AwaitHandled());
  EXPECT_TRUE(StoryOf(alert).empty()) << "its first level lies ahead";
  MoveClockTo("2025-10-06 08:00");
  ASSERT_TRUE(AwaitDelivered(alert, 1));
  MoveClockTo("2025-10-11 00:00");
  ASSERT_TRUE(AwaitDelivered(alert, 3));
  EmitAppointed(kSchool);
  ASSERT_TRUE(AwaitStory(
      alert, {"raised 0", "delivered 0 school-office", "raised 1", "delivered 1 headteacher",
              "delivered 1 virtual-school-caseworker", "resolved appointed"}));
  auto records = service_->Events(kOwnTopic);
  ASSERT_TRUE(records.ok());
  for (const ReadRecord& record : *records) EXPECT_EQ(record.key, kSchool);
  for (const auto& request : registry_.Requests()) {
    EXPECT_EQ(request.school_urn(), kSchool);
    EXPECT_EQ(request.child_id(), "");
  }
  EXPECT_THAT(Mails()[0].headers.at("subject"), HasSubstr("Designated Teacher"));
}

TEST_F(NotificationsStoryTest, AVacancyIsToldToEachAuthorityThatLooksAfterAChildThere) {
  AppointTheUsual();
  ASSERT_NO_FATAL_FAILURE(Begin("2025-10-06 08:00"));
  const auto alert_of = [](const std::string& authority) {
    return absl::StrCat(kSchool, ".", authority, ".", std::string(kVacancyRule));
  };
  for (const char* authority : {kAuthority, "933"}) {
    EmitVacancy(kSchool, "2025-10-03", UsualVacancy().instants.levels, authority, true);
  }
  const std::vector<std::string> told = {"raised 0", "delivered 0 school-office"};
  ASSERT_TRUE(AwaitStory(alert_of(kAuthority), told));
  ASSERT_TRUE(AwaitStory(alert_of("933"), told));
  EXPECT_EQ(GetAlert(alert_of(kAuthority)).reference().authority_code(), kAuthority);
  auto event = FromRegistry(absl::StrCat("registry/school/", kSchool));
  auto* ended = event.mutable_designated_teacher_vacancy_ended();
  ended->set_school_urn(kSchool);
  ended->set_authority_code(kAuthority);
  ended->set_of_caring_authority(true);
  ended->set_appointed(true);
  Emit(event, kSchool);
  ASSERT_TRUE(AwaitStory(alert_of(kAuthority),
                         {"raised 0", "delivered 0 school-office", "resolved appointed"}));
  EXPECT_EQ(StoryOf(alert_of("933")), told) << "it goes on for the other";
}

TEST_F(NotificationsStoryTest, AVacancyOfASchoolThatClosesIsWithdrawn) {
  AppointTheUsual();
  ASSERT_NO_FATAL_FAILURE(Begin("2025-10-06 08:00"));
  EmitVacancy(kSchool, "2025-10-03", UsualVacancy().instants.levels);
  ASSERT_TRUE(AwaitMails(1));
  auto closed = FromRegistry(absl::StrCat("registry/school/", kSchool));
  closed.mutable_school_closed()->set_school_urn(kSchool);
  closed.mutable_school_closed()->set_closed_on("2025-10-06");
  Emit(closed, kSchool);
  ASSERT_TRUE(AwaitStory(absl::StrCat(kSchool, ".", std::string(kVacancyRule)),
                         {"raised 0", "delivered 0 school-office", "resolved withdrawn"}));
}

TEST_F(NotificationsStoryTest, AVacancyOfASchoolWhoseLastChildLeftIsWithdrawn) {
  AppointTheUsual();
  ASSERT_NO_FATAL_FAILURE(Begin("2025-10-06 08:00"));
  EmitVacancy(kSchool, "2025-10-03", UsualVacancy().instants.levels);
  ASSERT_TRUE(AwaitMails(1));
  EmitVacancyEnded(kSchool, "2025-10-03");
  const std::string alert = absl::StrCat(kSchool, ".", std::string(kVacancyRule));
  ASSERT_TRUE(AwaitStory(alert, {"raised 0", "delivered 0 school-office", "resolved withdrawn"}));
  MoveClockTo("2025-10-17 09:00");
  ASSERT_TRUE(AwaitHandled());
  EXPECT_EQ(StoryOf(alert).size(), 3u) << "nobody is told of a vacancy that is over";
}

TEST_F(NotificationsStoryTest, OpenAlertsFollowTheChildToAnotherSchool) {
  ASSERT_NO_FATAL_FAILURE(BeginLate());
  EmitMissed(kChild, UsualInstants());
  ASSERT_TRUE(AwaitDelivered(alert_, 2));
  EmitTransferred(kChild, kOtherSchool);
  ASSERT_TRUE(AwaitStory(alert_, {"raised 1", "delivered 1 designated-teacher",
                                  "delivered 1 deputy-designated-teacher", "moved"}));
  EXPECT_EQ(Emitted().back().alert().school_urn(), kOtherSchool);
  EXPECT_EQ(GetAlert(alert_).reference().school_urn(), kOtherSchool);
}

TEST_F(NotificationsStoryTest, AllOpenAlertsOfTheChildFollowAndNobodyElses) {
  constexpr int kAlerts = 45;  // more than are read at once
  ASSERT_NO_FATAL_FAILURE(Begin("2025-10-21 00:00"));
  // Listed right before and right behind the child's, in the same partition.
  const std::string child = "chd-m", earlier = NeighbourOf(child, "chd-l"),
                    later = NeighbourOf(child, "chd-m0");
  Instants instants = UsualInstants();
  for (LevelInstant& level : instants.levels) level.recipients.clear();  // no mails
  for (const std::string& neighbour : {earlier, later}) EmitMissed(neighbour, instants);
  std::set<std::string> open;
  for (int i = 0; i < kAlerts; ++i) {
    auto missed = FromScheduling(child);
    auto& deadline = *missed.mutable_deadline_missed()->mutable_deadline();
    deadline = Reference(child, instants);
    deadline.set_deadline_id(absl::StrCat(child, ".", i + 1, ".", kRule));
    Emit(missed);
    open.insert(deadline.deadline_id());
  }
  EmitMet(child, instants, /*late=*/true);
  open.erase(AlertIdOf(child));
  EmitTransferred(child, kOtherSchool);
  ASSERT_TRUE(AwaitHandled());
  std::set<std::string> moved;
  ASSERT_TRUE(Eventually([&] {
    moved.clear();
    for (const Event& event : Emitted()) {
      if (event.has_alert_moved()) moved.insert(event.alert().alert_id());
    }
    return moved.size() >= open.size();
  }));
  EXPECT_EQ(moved, open);
}

TEST_F(NotificationsStoryTest, RegistryIsAskedWithTheServicesOwnTokenForTheChildsSchoolOfToday) {
  ASSERT_NO_FATAL_FAILURE(BeginLate());
  EmitMissed(kChild, UsualInstants());
  ASSERT_TRUE(AwaitMails(2));
  const auto requests = registry_.Requests();
  ASSERT_EQ(requests.size(), 1u) << "one question for all roles";
  EXPECT_EQ(requests[0].child_id(), kChild);
  EXPECT_EQ(requests[0].school_urn(), "");
  EXPECT_EQ(requests[0].authority_code(), kAuthority);
  EXPECT_EQ(requests[0].roles_size(), 2);
  Metrics metrics;
  auto authenticator = Authenticator::Create(
      {.jwks_path = service_->jwks_file(),
       .issuer = "pepline-stack",
       .audience = "pepline",
       .service_jwks_path = service_->folder() + "/keys/service-token-keys.jwks",
       .service_issuer = "pepline-services"},
      metrics);
  ASSERT_TRUE(authenticator.ok()) << authenticator.status();
  auto actor = (*authenticator)->Authenticate(registry_.LastAuthorization());
  ASSERT_TRUE(actor.ok()) << actor.status();
  EXPECT_EQ(actor->role, Role::kService);
}

TEST_F(NotificationsStoryTest, ARestrictedLocationIsNotNamed) {
  ASSERT_NO_FATAL_FAILURE(BeginLate());
  registry_.SetChild("A.B.", "St Ebbe’s School", /*restricted=*/true);
  EmitMissed(kChild, UsualInstants());
  ASSERT_TRUE(AwaitMails(2));
  for (const ReceivedMail& mail : Mails()) {
    EXPECT_THAT(mail.text, Not(HasSubstr("School:")));
    EXPECT_THAT(mail.text, Not(HasSubstr(kSchool)));
  }
}

}  // namespace
}  // namespace pepline::notifications
