// Reminders and notices to one person leave in one mail, whatever becomes of it on the way.
#include <algorithm>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tests/component/notifications/notifications_fixture.h"
#include "tests/component/notifications/scripted_mail_server.h"

namespace pepline::notifications {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

class NotificationsDigestTest : public NotificationsTest {
 protected:
  static std::string ChildOf(int number) { return absl::StrFormat("chd-digest%014d", number); }

  void BeginReminding(std::string_view now = "2025-10-16 08:00",
                      std::map<std::string, std::string> environment = {}) {
    AppointTheUsual();
    registry_.SetMayJoinDigest(true);
    ASSERT_NO_FATAL_FAILURE(Begin(now, std::move(environment)));
  }
  void BeginRemindingWithAScriptedServer() {
    ASSERT_NO_FATAL_FAILURE(BeginReminding(
        "2025-10-16 08:00",
        {{"PEPLINE_SMTP_URL", server_.url()}, {"PEPLINE_SMTP_PLAIN_TEXT", "allowed"}}));
  }
  void Remind(int children) {
    for (int child = 0; child < children; ++child) {
      EmitInCare(ChildOf(child), kSchool);
      EmitReminder(ChildOf(child), UsualInstants());
    }
    ASSERT_TRUE(AwaitHandled());
    ASSERT_TRUE(Eventually([&] { return Gathering(children) == children; }));
  }
  // Of so many children: whose reminder is kept for others.
  int Gathering(int children) {
    int gathering = 0;
    for (int child = 0; child < children; ++child) {
      const v1::Alert alert = GetAlert(AlertIdOf(ChildOf(child)));
      for (const v1::Delivery& delivery : alert.deliveries()) {
        gathering += delivery.has_waits_until() ? 1 : 0;
      }
    }
    return gathering;
  }
  // While the clock walks: an hour in which nothing leaves would end the gathering. It waits for
  // what is due, so that a slow machine parts nobody whose turns lie within one minute.
  bool EventuallyWalking(const std::function<bool()>& condition) {
    return WaitUntil(
        [&] {
          if (condition()) return true;
          const absl::Time now = service_->clock().Now();
          const auto earliest = store_->EarliestAlarm();
          if (earliest.ok() && (!earliest->has_value() || **earliest > now)) {
            EXPECT_TRUE(service_->clock().Set(now + absl::Seconds(1)).ok());
          }
          return false;
        },
        kPatience);
  }
  // What became of the message to the Designated Teacher, of each child.
  bool AwaitStories(int children, const std::vector<std::string>& story) {
    return EventuallyWalking([&] {
      if (Emitted().size() < static_cast<std::size_t>(children) * story.size()) return false;
      for (int child = 0; child < children; ++child) {
        if (StoryOf(AlertIdOf(ChildOf(child))) != story) return false;
      }
      return true;
    });
  }
  // The digests that events of deliveries name; "" for a mail of its own.
  std::multiset<std::string> DigestsNamed() {
    std::multiset<std::string> named;
    for (const Event& event : Emitted()) {
      if (event.has_alert_delivered()) named.insert(event.alert_delivered().digest_id());
      if (event.has_notice_delivered()) named.insert(event.notice_delivered().digest_id());
    }
    return named;
  }
  std::vector<ReceivedMail> TakenMails() {
    std::vector<ReceivedMail> mails;
    for (const std::string& text : server_.TakenTexts()) mails.push_back(ReadMail(text));
    return mails;
  }

  const std::vector<std::string> told_ = {"raised 0", "delivered 0 designated-teacher"};
  ScriptedMailServer server_;
};

TEST_F(NotificationsDigestTest, TenChildrensRemindersForOneTeacherAreOneMail) {
  ASSERT_NO_FATAL_FAILURE(BeginReminding());
  ASSERT_NO_FATAL_FAILURE(Remind(10));
  EXPECT_THAT(Mails(), IsEmpty());
  ASSERT_TRUE(AwaitStories(10, told_));
  const auto mails = Mails();
  ASSERT_THAT(mails, SizeIs(1));
  const ReceivedMail& mail = mails.front();
  EXPECT_EQ(mail.headers.at("to"), "<dt@school.example>");
  EXPECT_EQ(mail.headers.at("subject"),
            "PEP digest: 10 reminders, the first due by Monday 20 October 2025");
  for (int child = 0; child < 10; ++child) {
    EXPECT_THAT(mail.text, HasSubstr(absl::StrCat("Reference: ", AlertIdOf(ChildOf(child)), "\n")));
  }
  const std::string digest = mail.headers.at("x-pepline-delivery-id");
  EXPECT_TRUE(absl::StartsWith(digest, absl::StrCat(kTeacher, "/digest/"))) << digest;
  const auto named = DigestsNamed();
  EXPECT_EQ(named.count(digest), 10u);
  EXPECT_THAT(named, SizeIs(10));
  EXPECT_EQ(service_->Metric("pepline_notifications_mails_saved_total"), 9);
}

TEST_F(NotificationsDigestTest, ARemindersAndANoticeOfOneMorningLeaveTogether) {
  registry_.SetToldFrom(At("2025-10-16 08:00"), At("2025-10-16 08:00"));
  ASSERT_NO_FATAL_FAILURE(BeginReminding("2025-10-16 07:00"));
  EmitInCare(kChild, kSchool);
  auto opened = FromScheduling(kChild);
  opened.mutable_pep_cycle_opened()->set_opened_on(Today());
  Emit(opened);
  const std::string notice = absl::StrCat(kChild, ".pep-opened.1");
  Instants early = UsualInstants();
  early.levels[0].at = At("2025-10-16 07:00");
  EmitInCare(ChildOf(0), kSchool);
  EmitReminder(ChildOf(0), early);
  ASSERT_TRUE(AwaitHandled());
  ASSERT_TRUE(Eventually(
      [&] { return Gathering(1) == 1 && GetAlert(notice).deliveries(0).has_waits_until(); }));
  MoveClockTo("2025-10-16 08:00");
  ASSERT_TRUE(AwaitStories(1, told_));
  ASSERT_TRUE(EventuallyWalking([&] {
    const auto story = StoryOf(notice);
    return std::ranges::find(story, "delivered designated-teacher") != story.end();
  }));
  const auto mails = Mails();
  const auto digest = std::ranges::find_if(
      mails, [](const auto& mail) { return mail.headers.at("to") == "<dt@school.example>"; });
  ASSERT_NE(digest, mails.end());
  EXPECT_EQ(digest->headers.at("subject"),
            "PEP digest: 1 reminder, due by Monday 20 October 2025, and 1 notice");
  EXPECT_THAT(digest->text, HasSubstr(notice));
}

TEST_F(NotificationsDigestTest, ALateAlertGoesByItselfAtOnceAndALoneReminderReadsAsASingleMail) {
  ASSERT_NO_FATAL_FAILURE(BeginReminding("2025-10-21 00:00"));
  ASSERT_NO_FATAL_FAILURE(Remind(1));
  EmitMissed(kChild, {At("2025-10-20 23:59:59"),
                      {{1, At("2025-10-20 23:59:59"), {RecipientRole::kDesignatedTeacher}}}});
  ASSERT_TRUE(AwaitMails(1));
  EXPECT_THAT(Mails().front().headers.at("subject"), HasSubstr(AlertIdOf(kChild)));
  EXPECT_EQ(Gathering(1), 1) << "it waits for the rest of its minute";
  ASSERT_TRUE(AwaitStories(1, told_));
  ASSERT_TRUE(AwaitMails(2));
  EXPECT_EQ(Mails().back().headers.at("subject"),
            absl::StrCat("PEP reminder: ePEP to be finalised soon (reference ",
                         AlertIdOf(ChildOf(0)), ")"));
  EXPECT_THAT(DigestsNamed(), ElementsAre("", ""));
}

TEST_F(NotificationsDigestTest, WorkDoneWhileItGathersIsNotInIt) {
  ASSERT_NO_FATAL_FAILURE(BeginReminding());
  ASSERT_NO_FATAL_FAILURE(Remind(3));
  EmitMet(ChildOf(0), UsualInstants(), /*late=*/false);
  ASSERT_TRUE(AwaitStory(AlertIdOf(ChildOf(0)), {"raised 0", "resolved met"}));
  ASSERT_TRUE(EventuallyWalking([&] { return StoryOf(AlertIdOf(ChildOf(1))) == told_; }));
  ASSERT_TRUE(EventuallyWalking([&] { return StoryOf(AlertIdOf(ChildOf(2))) == told_; }));
  const auto mails = Mails();
  ASSERT_THAT(mails, SizeIs(1));
  EXPECT_THAT(mails.front().headers.at("subject"), HasSubstr("2 reminders"));
  EXPECT_THAT(mails.front().text, Not(HasSubstr(AlertIdOf(ChildOf(0)))));
  EXPECT_THAT(StoryOf(AlertIdOf(ChildOf(0))), ElementsAre("raised 0", "resolved met"));
}

TEST_F(NotificationsDigestTest, WhereTheAuthorityWantsNoneEachLeavesByItselfAtOnce) {
  ASSERT_NO_FATAL_FAILURE(BeginReminding());
  registry_.SetMayJoinDigest(false);
  for (int child = 0; child < 3; ++child) EmitReminder(ChildOf(child), UsualInstants());
  ASSERT_TRUE(AwaitMails(3));
  EXPECT_THAT(DigestsNamed(), ElementsAre("", "", ""));
}

TEST_F(NotificationsDigestTest, KilledBetweenSendingAndRecordingItIsSentAgainUnderTheSameId) {
  ASSERT_NO_FATAL_FAILURE(BeginRemindingWithAScriptedServer());
  ASSERT_NO_FATAL_FAILURE(Remind(3));
  server_.Hold(".");
  ASSERT_TRUE(EventuallyWalking([this] { return server_.Held() == 1; }));
  service_->redis().Kill();  // the mail is taken, its records cannot be written
  server_.Release(".");
  ASSERT_TRUE(Eventually([this] { return server_.Taken().size() == 1; }));
  service_->process().Kill();
  ASSERT_TRUE(service_->redis().Restart().ok());
  ASSERT_TRUE(service_->process().Restart().ok());
  ASSERT_TRUE(service_->process().WaitReady(absl::Seconds(60)).ok());
  ASSERT_TRUE(AwaitStories(3, told_));
  const auto mails = TakenMails();
  ASSERT_THAT(mails, SizeIs(2));
  EXPECT_EQ(mails[0].headers.at("message-id"), mails[1].headers.at("message-id"));
  EXPECT_EQ(DigestsNamed().count(mails[1].headers.at("x-pepline-delivery-id")), 3u);
}

TEST_F(NotificationsDigestTest, KilledWhileItGathersNothingIsLost) {
  ASSERT_NO_FATAL_FAILURE(BeginReminding());
  ASSERT_NO_FATAL_FAILURE(Remind(3));
  service_->process().Kill();
  ASSERT_TRUE(service_->process().Restart().ok());
  ASSERT_TRUE(service_->process().WaitReady(absl::Seconds(60)).ok());
  ASSERT_TRUE(AwaitStories(3, told_));
  EXPECT_THAT(Mails(), SizeIs(1));
}

TEST_F(NotificationsDigestTest, AnAddressThatIsRefusedHasTheDeputyToldInOneMailToo) {
  ASSERT_NO_FATAL_FAILURE(BeginRemindingWithAScriptedServer());
  ASSERT_NO_FATAL_FAILURE(Remind(2));
  server_.Answer("RCPT", "550 5.1.1 no such person");
  const std::vector<std::string> refused = {"raised 0",
                                            "failed 0 designated-teacher address-refused"};
  ASSERT_TRUE(AwaitStories(2, refused));
  server_.Answer("RCPT", "");
  std::vector<std::string> story = refused;
  story.emplace_back("delivered 0 deputy-designated-teacher");
  ASSERT_TRUE(AwaitStories(2, story));
  EXPECT_THAT(server_.Taken(), ElementsAre("deputy@school.example"));
}

TEST_F(NotificationsDigestTest, AnAddressThatIsPutOffGetsItInOneMailLater) {
  ASSERT_NO_FATAL_FAILURE(BeginRemindingWithAScriptedServer());
  ASSERT_NO_FATAL_FAILURE(Remind(3));
  server_.Answer("RCPT", "450 4.2.0 later");
  ASSERT_TRUE(EventuallyWalking([this] {
    return service_->Metric(
               "pepline_notifications_delivery_attempts_failed_total{cause=\"refused-for-now\"}") >=
           1;
  }));
  EXPECT_TRUE(EventuallyWalking([this] {
    return service_->Metric("pepline_notifications_alerts_untold") == 3;
  })) << "what the first digest did not tell is seen to wait";
  server_.Answer("RCPT", "");
  ASSERT_TRUE(AwaitStories(3, told_));
  EXPECT_THAT(server_.Taken(), ElementsAre("dt@school.example"));
}

}  // namespace
}  // namespace pepline::notifications
