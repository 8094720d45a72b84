// Whatever is redelivered, unreadable, killed or taken away: every level is raised once, every
// message recorded once, and a repeat is recognisable.
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "services/notifications/storage/conversions.h"
#include "tests/component/notifications/notifications_fixture.h"
#include "tests/component/notifications/scripted_mail_server.h"

namespace pepline::notifications {
namespace {

using testing::ElementsAre;

class NotificationsFaultsTest : public NotificationsTest {
 protected:
  static std::string ChildOf(int number) { return absl::StrFormat("chd-fault%015d", number); }
  void BeginLate() {
    AppointTheUsual();
    ASSERT_NO_FATAL_FAILURE(Begin("2025-10-21 00:00"));
  }
  void BeginLateWithASlowServer() {
    AppointTheUsual();
    ASSERT_NO_FATAL_FAILURE(Begin("2025-10-21 00:00", {{"PEPLINE_SMTP_URL", slow_server_.url()},
                                                       {"PEPLINE_SMTP_PLAIN_TEXT", "allowed"}}));
  }
  // An alert is raised, and so many mails have left whose answers the server keeps back.
  void RaiseWhileTheMailServerHolds(const Instants& instants, int mails) {
    slow_server_.Hold(".");
    EmitMissed(kChild, instants);
    ASSERT_TRUE(Eventually([&] { return slow_server_.Held() == mails; }));
    ASSERT_TRUE(AwaitStory(AlertIdOf(kChild), {"raised 1"}));
  }
  // An alert is raised, and its first delivery waits for what registry answers.
  void RaiseWhileRegistryHolds(const Instants& instants) {
    registry_.Hold();
    EmitMissed(kChild, instants);
    ASSERT_TRUE(Eventually([this] { return registry_.Waiting() == 1; }));
  }
  void RestartService() {
    ASSERT_TRUE(service_->process().Restart().ok());
    const absl::Status ready = service_->process().WaitReady(absl::Seconds(60));
    ASSERT_TRUE(ready.ok()) << ready;
  }
  // The dead letters of a topic, by their reason headers' absence or presence.
  std::size_t DeadLetters(const std::string& topic) {
    auto records = service_->Events(absl::StrCat(topic, ".notifications.dead-letters"));
    EXPECT_TRUE(records.ok()) << records.status();
    return records.ok() ? records->size() : 0;
  }
  ScriptedMailServer slow_server_;
  const std::vector<std::string> told_ = {"raised 1", "delivered 1 designated-teacher",
                                          "delivered 1 deputy-designated-teacher"};
};

TEST_F(NotificationsFaultsTest, AServiceKilledBetweenSendingAndRecordingSendsAgainUnderTheSameId) {
  ASSERT_NO_FATAL_FAILURE(BeginLateWithASlowServer());
  const Instants teacher_alone = {
      At("2025-10-20 23:59:59"),
      {{1, At("2025-10-20 23:59:59"), {RecipientRole::kDesignatedTeacher}}}};
  ASSERT_NO_FATAL_FAILURE(RaiseWhileTheMailServerHolds(teacher_alone, 1));
  service_->redis().Kill();  // the mail is taken, its record cannot be written
  slow_server_.Release(".");
  ASSERT_TRUE(Eventually([this] { return slow_server_.Taken().size() == 1; }));
  service_->process().Kill();
  ASSERT_TRUE(service_->redis().Restart().ok());
  ASSERT_NO_FATAL_FAILURE(RestartService());
  ASSERT_TRUE(EventuallyTicking([this] { return slow_server_.Taken().size() >= 2; }));
  ASSERT_TRUE(AwaitStory(AlertIdOf(kChild), {"raised 1", "delivered 1 designated-teacher"}));
  std::vector<ReceivedMail> mails;
  for (const std::string& text : slow_server_.TakenTexts()) mails.push_back(ReadMail(text));
  ASSERT_EQ(mails.size(), 2u);
  EXPECT_EQ(mails[0].headers.at("message-id"), mails[1].headers.at("message-id"));
  EXPECT_EQ(mails[0].headers.at("x-pepline-delivery-id"),
            mails[1].headers.at("x-pepline-delivery-id"));
}

TEST_F(NotificationsFaultsTest, WhatCouldNotBeRecordedIsRecordedWhenRedisIsBackAndNotSentAgain) {
  ASSERT_NO_FATAL_FAILURE(BeginLateWithASlowServer());
  ASSERT_NO_FATAL_FAILURE(RaiseWhileTheMailServerHolds(UsualInstants(), 2));
  service_->redis().Kill();
  slow_server_.Release(".");
  ASSERT_TRUE(Eventually([this] { return slow_server_.Taken().size() == 2; }));
  ASSERT_TRUE(Eventually([this] { return !service_->process().Ready(); }));
  ASSERT_TRUE(service_->redis().Restart().ok());
  EXPECT_TRUE(TickUntilStory(AlertIdOf(kChild), told_));
  EXPECT_EQ(slow_server_.Taken().size(), 2u) << "one of each; the same process knows what it sent";
}

TEST_F(NotificationsFaultsTest, WhatAKilledProcessHadRaisedIsToldByTheNextWithinSeconds) {
  ASSERT_NO_FATAL_FAILURE(BeginLate());
  ASSERT_NO_FATAL_FAILURE(RaiseWhileRegistryHolds(UsualInstants()));
  service_->process().Kill();
  registry_.Release();
  ASSERT_NO_FATAL_FAILURE(RestartService());
  EXPECT_TRUE(AwaitStory(AlertIdOf(kChild), told_));
  EXPECT_EQ(Mails().size(), 2u);
}

TEST_F(NotificationsFaultsTest, DuplicatesAndLateComersHaveNoEffect) {
  ASSERT_NO_FATAL_FAILURE(BeginLate());
  auto missed = FromScheduling(kChild);
  *missed.mutable_deadline_missed()->mutable_deadline() = Reference(kChild, UsualInstants());
  auto reminder = FromScheduling(kChild);  // too late to remind of anything
  *reminder.mutable_deadline_reminder_reached()->mutable_deadline() =
      Reference(kChild, UsualInstants());
  auto met = FromScheduling(kChild);
  *met.mutable_deadline_met()->mutable_deadline() = Reference(kChild, UsualInstants());
  met.mutable_deadline_met()->set_late(true);
  for (const auto& event : {missed, missed, reminder, missed}) Emit(event);
  ASSERT_TRUE(AwaitStory(AlertIdOf(kChild), told_));
  for (const auto& event : {met, missed, met, reminder}) Emit(event);
  ASSERT_TRUE(AwaitHandled());
  std::vector<std::string> story = told_;
  story.push_back("resolved met-late");
  EXPECT_TRUE(AwaitStory(AlertIdOf(kChild), story));
  EXPECT_TRUE(AwaitMails(2));
}

TEST_F(NotificationsFaultsTest, APoisonRecordIsBuriedAndTheOthersGoOn) {
  ASSERT_NO_FATAL_FAILURE(BeginLate());
  ASSERT_TRUE(service_->PublishBytes(kTopicOfScheduling, kChild, "no event at all", {}).ok());
  auto injection = FromScheduling(kChild);
  *injection.mutable_deadline_missed()->mutable_deadline() = Reference(kChild, UsualInstants());
  auto nameless = injection;
  nameless.clear_header();
  Emit(nameless);
  injection.mutable_deadline_missed()->mutable_deadline()->set_deadline_id(
      absl::StrCat(kChild, ".1\r\nBcc: everybody@example.org"));
  Emit(injection);
  auto of_another = FromScheduling(kChild);
  *of_another.mutable_deadline_missed()->mutable_deadline() = Reference("chd-x", UsualInstants());
  Emit(of_another);
  auto timeless = FromScheduling(kChild);
  *timeless.mutable_deadline_missed()->mutable_deadline() = Reference(kChild, UsualInstants());
  timeless.mutable_deadline_missed()->mutable_deadline()->clear_due_at();
  Emit(timeless);
  EmitVacancy(kSchool, "yesterday", UsualVacancy().instants.levels);
  EmitMissed(kChild, UsualInstants());
  ASSERT_TRUE(AwaitStory(AlertIdOf(kChild), told_));
  EXPECT_TRUE(Eventually([this] { return DeadLetters(kTopicOfScheduling) == 5; }));
  EXPECT_TRUE(Eventually([this] { return DeadLetters(kTopicOfRegistry) == 1; }));
  EXPECT_TRUE(service_->process().Ready());
}

TEST_F(NotificationsFaultsTest, AnEventOfALaterVersionIsPassedOverAndCounted) {
  ASSERT_NO_FATAL_FAILURE(BeginLate());
  Emit(FromScheduling(kChild));  // a header and a kind that this version does not know
  Emit(FromRegistry("registry/school/123240"), kSchool);
  ASSERT_TRUE(AwaitHandled());
  EXPECT_EQ(service_->Metric(absl::StrCat("pepline_notifications_unknown_events_total{topic=\"",
                                          kTopicOfScheduling, "\"}")),
            1);
  EXPECT_EQ(service_->Metric(absl::StrCat("pepline_notifications_unknown_events_total{topic=\"",
                                          kTopicOfRegistry, "\"}")),
            1);
}

TEST_F(NotificationsFaultsTest, AnEventALittleAheadHoldsUpNobodyAndOneFarAheadIsBuried) {
  ASSERT_NO_FATAL_FAILURE(BeginLate());
  auto ahead = FromScheduling(kChild);
  *ahead.mutable_header()->mutable_occurred_at() =
      ToTimestamp(service_->clock().Now() + absl::Minutes(2));
  *ahead.mutable_deadline_missed()->mutable_deadline() = Reference(kChild, UsualInstants());
  Emit(ahead);
  ASSERT_TRUE(AwaitStory(AlertIdOf(kChild), told_)) << "although our clock is two minutes behind";
  EXPECT_EQ(service_->Metric("pepline_consumer_retries_total"), 0);
  auto far_ahead = FromScheduling("chd-b");
  *far_ahead.mutable_header()->mutable_occurred_at() = ToTimestamp(At("2031-01-01 00:00"));
  *far_ahead.mutable_deadline_missed()->mutable_deadline() = Reference("chd-b", UsualInstants());
  Emit(far_ahead);
  EXPECT_TRUE(Eventually([this] { return DeadLetters(kTopicOfScheduling) == 1; }));
  EXPECT_TRUE(StoryOf(AlertIdOf("chd-b")).empty());
}

TEST_F(NotificationsFaultsTest, EveryAlertIsRaisedAndToldOnceByTheRecordWhileRedisIsKilled) {
  constexpr int kChildren = 40;
  ASSERT_NO_FATAL_FAILURE(BeginLate());
  for (int i = 0; i < kChildren; ++i) {
    EmitMissed(ChildOf(i), UsualInstants());
    if (i % 10 == 9) {
      service_->redis().Kill();
      ASSERT_TRUE(service_->redis().Restart().ok());
    }
  }
  for (int i = 0; i < kChildren; ++i) {
    std::vector<std::string> story;
    EXPECT_TRUE(EventuallyTicking([&] {
      story = StoryOf(AlertIdOf(ChildOf(i)));
      return story.size() >= told_.size();
    }));
    EXPECT_THAT(story, testing::UnorderedElementsAreArray(told_)) << i;
  }
}

TEST_F(NotificationsFaultsTest,
       EveryAlertIsRaisedAndToldOnceByTheRecordHoweverOftenTheServiceIsKilled) {
  constexpr int kKills = 3;
  constexpr int kChildren = 20;  // of each round
  ASSERT_NO_FATAL_FAILURE(BeginLate());
  for (int kill = 0; kill < kKills; ++kill) {
    const std::size_t before = service_->mail().Mails().size();
    for (int i = 0; i < kChildren; ++i) EmitMissed(ChildOf(kill * kChildren + i), UsualInstants());
    // Killed in the middle of the work.
    EXPECT_TRUE(Eventually([&] { return service_->mail().Mails().size() > before + 5; }));
    service_->process().Kill();
    ASSERT_NO_FATAL_FAILURE(RestartService());
  }
  std::set<std::string> emitted_ids;
  for (int i = 0; i < kKills * kChildren; ++i) {
    std::vector<std::string> story;
    EXPECT_TRUE(EventuallyTicking([&] {
      story = StoryOf(AlertIdOf(ChildOf(i)));
      return story.size() >= told_.size();
    }));
    EXPECT_THAT(story, testing::UnorderedElementsAreArray(told_)) << i;
  }
  for (const Event& event : Emitted()) {
    if (event.has_alert_delivered()) {
      EXPECT_TRUE(emitted_ids.insert(event.alert_delivered().delivery_id()).second);
    }
  }
  std::map<std::string, std::set<std::string>> message_ids;
  for (const ReceivedMail& mail : Mails()) {
    message_ids[mail.headers.at("x-pepline-delivery-id")].insert(mail.headers.at("message-id"));
  }
  EXPECT_EQ(message_ids.size(), emitted_ids.size());
  for (const auto& [delivery, ids] : message_ids) EXPECT_EQ(ids.size(), 1u) << delivery;
}

TEST_F(NotificationsFaultsTest, WhatWasDoneWhileTheServiceWasAwayIsNeitherToldNorEscalated) {
  ASSERT_NO_FATAL_FAILURE(BeginLate());
  EmitMissed("chd-a", UsualInstants());
  ASSERT_TRUE(AwaitStory(AlertIdOf("chd-a"), told_));
  EXPECT_EQ(service_->process().Stop(), 0);
  EmitMissed("chd-b", UsualInstants());
  MoveClockTo("2025-10-21 06:00");
  EmitMet("chd-a", UsualInstants(), /*late=*/true);
  EmitMet("chd-b", UsualInstants(), /*late=*/true);
  MoveClockTo("2025-10-22 12:00");  // level 2 of the first is long due
  ASSERT_NO_FATAL_FAILURE(RestartService());
  std::vector<std::string> story = told_;
  story.push_back("resolved met-late");
  EXPECT_TRUE(AwaitStory(AlertIdOf("chd-a"), story));
  EXPECT_TRUE(AwaitStory(AlertIdOf("chd-b"), {"raised 1", "resolved met-late"}));
  EXPECT_TRUE(Eventually([this] {
    return service_->Metric("pepline_alarms_due") == 0 &&
           service_->Metric("pepline_notifications_alerts_untold") == 0;
  }));
  EXPECT_EQ(Mails().size(), 2u);
  EXPECT_EQ(StoryOf(AlertIdOf("chd-a")), story);
}

TEST_F(NotificationsFaultsTest, NothingEscalatesAndNobodyIsToldWhileTheBrokerIsAwayAndThatShows) {
  ASSERT_NO_FATAL_FAILURE(BeginLate());
  EmitInCare(kChild, kSchool);
  EmitMissed(kChild, UsualInstants());
  ASSERT_TRUE(AwaitStory(AlertIdOf(kChild), told_));
  service_->broker().Kill();
  // Seen after a while, as a broker that is busy answers late too.
  ASSERT_TRUE(Eventually(
      [this] { return service_->Metric("pepline_consumer_lag_measured_age_seconds") > 11; }));
  MoveClockTo("2025-10-21 08:00");  // level 2
  ASSERT_TRUE(Eventually([this] {
    return service_->Metric("pepline_notifications_oldest_held_back_age_seconds") > 3;
  }));
  EXPECT_EQ(GetAlert(AlertIdOf(kChild)).level(), 1);
  EXPECT_EQ(Mails().size(), 2u) << "the work may have been done, and nobody heard of it";
}

TEST_F(NotificationsFaultsTest, StopsCleanlyInTheMiddleOfDeliveries) {
  ASSERT_NO_FATAL_FAILURE(BeginLate());
  registry_.Hold();
  for (int i = 0; i < 20; ++i) EmitMissed(ChildOf(i), UsualInstants());
  ASSERT_TRUE(Eventually([this] { return registry_.Waiting() >= 2; }));
  EXPECT_EQ(service_->process().Stop(absl::Seconds(20)), 0);
  registry_.Release();
  ASSERT_NO_FATAL_FAILURE(RestartService());
  ASSERT_TRUE(EventuallyTicking([this] { return service_->mail().Mails().size() >= 40; }));
}

}  // namespace
}  // namespace pepline::notifications
