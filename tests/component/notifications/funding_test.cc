// Deadlines of funding requests: told as those of PEPs are, to the council's people.
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "services/notifications/storage/codec.h"
#include "tests/component/notifications/notifications_fixture.h"

namespace pepline::notifications {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::UnorderedElementsAre;

class FundingAlertsTest : public NotificationsTest {
 protected:
  // Due by Monday, 20 October 2025.
  static Instants Due() {
    using enum RecipientRole;
    return {At("2025-10-20 23:59:59"),
            {{0, At("2025-10-16 08:00:00"), {kVirtualSchoolCaseworker}},
             {1, At("2025-10-20 23:59:59"), {kVirtualSchoolCaseworker}},
             {2, At("2025-10-27 08:00:00"), {kVirtualSchoolHead}}}};
  }
  void BeginLate() {
    AppointTheUsual();
    ASSERT_NO_FATAL_FAILURE(Begin("2025-10-21 00:00"));
    EmitInCare(kChild, kSchool);
    ASSERT_TRUE(AwaitHandled());
  }
  void EmitFundingMissed(const Instants& instants = Due()) {
    auto event = FromFunding(kChild);
    *event.mutable_deadline_missed()->mutable_deadline() = FundingReference(instants);
    Emit(event);
  }
  std::vector<std::string> Listed(const Actor& actor, v1::ListAlertsRequest request = {}) {
    std::vector<std::string> ids;
    do {
      v1::ListAlertsResponse response;
      const grpc::Status status = Call(&Stub::ListAlerts, request, response, actor);
      EXPECT_TRUE(status.ok()) << status.error_message();
      for (const v1::Alert& alert : response.alerts()) ids.push_back(alert.reference().alert_id());
      request.set_page_token(response.next_page_token());
    } while (!request.page_token().empty());
    return ids;
  }
  const std::string alert_ = absl::StrCat(kFundingRequest, ".", kFundingRule);
};

TEST_F(FundingAlertsTest, AMissedOneMailsTheCaseworkerEscalatesToTheHeadAndResolves) {
  ASSERT_NO_FATAL_FAILURE(BeginLate());
  EmitFundingMissed();
  ASSERT_TRUE(AwaitStory(alert_, {"raised 1", "delivered 1 virtual-school-caseworker"}));
  ASSERT_TRUE(AwaitMails(1));
  const ReceivedMail mail = Mails()[0];
  EXPECT_EQ(mail.headers.at("to"), "<caseworker@virtual-school.example>");
  EXPECT_THAT(mail.headers.at("subject"),
              HasSubstr("request for Pupil Premium Plus not decided in time"));
  EXPECT_THAT(mail.headers.at("subject"), HasSubstr(alert_));
  const std::string text = absl::StrReplaceAll(mail.text, {{"\n", " "}});
  EXPECT_THAT(text, HasSubstr("It was due by Monday 20 October 2025 and has not been done."));
  EXPECT_THAT(text, HasSubstr("Approve the request, in whole or in part"));
  EXPECT_THAT(text, Not(HasSubstr("No school is on record")));

  const v1::Alert alert = GetAlert(alert_);
  EXPECT_EQ(alert.reference().child_id(), kChild);
  EXPECT_EQ(alert.reference().pep_id(), absl::StrCat(kChild, ".1"));
  EXPECT_EQ(alert.reference().school_urn(), kSchool);
  EXPECT_EQ(alert.reference().authority_code(), kAuthority);

  MoveClockTo("2025-10-27 08:00");
  ASSERT_TRUE(AwaitStory(alert_, {"raised 1", "delivered 1 virtual-school-caseworker",
                                  "escalated 2", "delivered 2 virtual-school-head"}));
  ASSERT_TRUE(AwaitMails(2));
  EXPECT_EQ(Mails()[1].headers.at("to"), "<head@virtual-school.example>");

  auto met = FromFunding(kChild);
  *met.mutable_deadline_met()->mutable_deadline() = FundingReference(Due());
  met.mutable_deadline_met()->set_late(true);
  Emit(met);
  ASSERT_TRUE(Eventually([&] { return StoryOf(alert_).back() == "resolved met-late"; }));
}

TEST_F(FundingAlertsTest, ADeadlineThatIsSetOrARequestThatGoesOnTellsNobodyAnything) {
  ASSERT_NO_FATAL_FAILURE(BeginLate());
  auto set = FromFunding(kChild);
  *set.mutable_deadline_set()->mutable_deadline() = FundingReference(Due());
  Emit(set);
  auto submitted = FromFunding(kChild);
  *submitted.mutable_funding_submitted()->mutable_request() = submitted.request();
  Emit(submitted);
  ASSERT_TRUE(AwaitHandled());
  EXPECT_THAT(StoryOf(alert_), IsEmpty());
}

TEST_F(FundingAlertsTest, IsListedWithTheChildsOtherAlertsPageByPage) {
  ASSERT_NO_FATAL_FAILURE(BeginLate());
  EmitFundingMissed();
  EmitMissed(kChild, UsualInstants());
  ASSERT_TRUE(AwaitMails(3));
  v1::ListAlertsRequest of_child;
  of_child.set_child_id(kChild);
  const std::string of_pep = AlertIdOf(kChild);
  EXPECT_THAT(Listed(VirtualSchool(), of_child), ElementsAre(of_pep, alert_));
  of_child.set_page_size(1);
  EXPECT_THAT(Listed(VirtualSchool(), of_child), ElementsAre(of_pep, alert_));
  of_child.set_state(v1::ALERT_STATE_OPEN);
  EXPECT_THAT(Listed(VirtualSchool(), of_child), ElementsAre(of_pep, alert_));
  of_child.set_state(v1::ALERT_STATE_RESOLVED);
  EXPECT_THAT(Listed(VirtualSchool(), of_child), IsEmpty());
  EXPECT_THAT(Listed(VirtualSchool()), UnorderedElementsAre(of_pep, alert_));
  EXPECT_THAT(Listed(DesignatedTeacher(kSchool)), UnorderedElementsAre(of_pep, alert_));
  EXPECT_THAT(Listed(DesignatedTeacher(kOtherSchool)), IsEmpty());
  EXPECT_THAT(Listed(OfAuthority(Role::kVirtualSchool, "825")), IsEmpty());
}

TEST_F(FundingAlertsTest, FollowsNoPepToAnotherSchool) {
  ASSERT_NO_FATAL_FAILURE(BeginLate());
  EmitFundingMissed();
  ASSERT_TRUE(AwaitMails(1));
  auto transfer = FromScheduling(kChild);
  transfer.mutable_pep()->set_school_urn(kOtherSchool);
  transfer.mutable_pep_transferred_to_school()->set_from_school_urn(kSchool);
  transfer.mutable_pep_transferred_to_school()->set_to_school_urn(kOtherSchool);
  Emit(transfer);
  ASSERT_TRUE(AwaitHandled());
  EXPECT_THAT(StoryOf(alert_), ElementsAre("raised 1", "delivered 1 virtual-school-caseworker"));
}

// Whose it is and where its record lies have to fit, or it would be told by the word of another.
TEST_F(FundingAlertsTest, AnEventOfAnothersDeadlineIsNotReadable) {
  ASSERT_NO_FATAL_FAILURE(BeginLate());
  auto of_pep = FromFunding(kChild);
  auto& deadline = *of_pep.mutable_deadline_missed()->mutable_deadline();
  deadline = FundingReference(Due());
  deadline.set_deadline_id(AlertIdOf(kChild));
  Emit(of_pep);
  auto nobodys = FromFunding("");
  nobodys.mutable_request()->set_child_id("");
  *nobodys.mutable_deadline_missed()->mutable_deadline() = FundingReference(Due());
  ASSERT_NO_FATAL_FAILURE(EmitTo(kTopicOfFunding, kChild, nobodys));
  ++published_;
  ASSERT_TRUE(Eventually([&] {
    auto buried = service_->Events(absl::StrCat(kTopicOfFunding, ".notifications.dead-letters"));
    return buried.ok() && buried->size() == 2;
  }));
  EXPECT_THAT(StoryOf(alert_), IsEmpty());
}

}  // namespace
}  // namespace pepline::notifications
