// What replicas of the deliverer do on one store: who sends what, how often, and what is put on
// record of it.
#include <thread>

#include "tests/component/notifications/replicas_fixture.h"
#include "tests/component/silence/sampled_rules.h"
#include "tests/support/promtool.h"

namespace pepline::notifications {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;
using testing::UnorderedElementsAreArray;

TEST_F(ReplicasTest, SendFiveSlowMailsOnceEach) {
  AppointTeachers(5);
  Start();
  Start();
  SendHeartbeats();
  server_.Hold(".");
  Miss(TeachersAlone());
  for (const auto& replica : replicas_) replica->deliverer->Post(alert_, {1});
  ASSERT_TRUE(Eventually([&] { return Texts() == 5; })) << "none waits for another";
  // Longer than any mark of before lasted, while both go on looking at what is undelivered.
  EXPECT_FALSE(Eventually([&] { return Texts() > 5; }, absl::Seconds(25)));
  server_.Release(".");
  EXPECT_TRUE(Eventually([&] { return Delivered().size() == 5; }));
  EXPECT_THAT(server_.Taken(), UnorderedElementsAreArray(addresses_));
  EXPECT_THAT(State().Waiting(), IsEmpty());
}

TEST_F(ReplicasTest, AreNamedByARuleWithinAMinuteWhenTheMailServerNeverAnswers) {
  if (const absl::Status status = PromtoolAvailable(); !status.ok()) {
    GTEST_SKIP() << status.message();
  }
  AppointTeachers(1);
  Metrics& metrics = Start().metrics;
  SendHeartbeats();
  server_.Hold(".");
  Miss(TeachersAlone());
  replicas_.front()->deliverer->Post(alert_, {1});
  ASSERT_TRUE(Eventually([&] { return Texts() == 1; }));
  SampledRules rules;
  rules.Sample(metrics);
  for (int i = 0; i < 4; ++i) {
    model_now_ = model_now_.load() + absl::ToChronoSeconds(SampledRules::kInterval);
    EXPECT_TRUE(Eventually([&] {
      return std::ranges::all_of(metrics.heartbeats().Ages(), [](const Heartbeats::Age& age) {
        return age.since_turn < SampledRules::kInterval;
      });
    })) << LoopLines(metrics.heartbeats().Ages());
    rules.Sample(metrics);
  }
  const auto firing = rules.Firing();
  ASSERT_TRUE(firing.ok()) << firing.status();
  EXPECT_THAT(*firing, ElementsAre("PeplineLoopBehind deliverer"));
  server_.Release(".");
  EXPECT_TRUE(Eventually([&] { return Delivered().size() == 1; }));
}

TEST_F(ReplicasTest, TellWhatADeadOneHadUnderWayAfterSeconds) {
  AppointTeachers(1);
  Start();
  Start();
  SendHeartbeats();
  server_.Hold(".");
  Miss(TeachersAlone());
  replicas_.front()->deliverer->Post(alert_, {1});
  ASSERT_TRUE(Eventually([&] { return Texts() == 1; }));
  // It stays silent from now on.
  std::unique_ptr<Replica> dead = std::move(replicas_.front());
  dead->waker->Stop();
  replicas_.erase(replicas_.begin());
  EXPECT_TRUE(Eventually([&] { return Texts() == 2; }, absl::Seconds(15)));
  server_.Release(".");
  EXPECT_TRUE(Eventually([&] { return Delivered().size() == 1; }));
}

TEST_F(ReplicasTest, LetNoRecipientHoldAnother) {
  AppointTeachers(3);
  Start();
  SendHeartbeats();
  server_.Hold(addresses_[0]);
  Miss(TeachersAlone());
  replicas_.front()->deliverer->Post(alert_, {1});
  EXPECT_TRUE(Eventually([&] { return Delivered().size() == 2; }));
  EXPECT_THAT(server_.Taken(), UnorderedElementsAre(addresses_[1], addresses_[2]));
  server_.Release(addresses_[0]);
  EXPECT_TRUE(Eventually([&] { return Delivered().size() == 3; }));
}

TEST_F(ReplicasTest, PutOnRecordWhatLeftThoughTheStoreWasAwayAndTheWorkIsDoneMeanwhile) {
  AppointTeachers(1);
  Start();
  SendHeartbeats();
  server_.Hold(".");
  Miss(TeachersAlone());
  replicas_.front()->deliverer->Post(alert_, {1});
  ASSERT_TRUE(Eventually([&] { return Texts() == 1; }));
  HandleCommand(ResolveMetDeadline{true});
  ASSERT_EQ(State().Find(1, RecipientRole::kDesignatedTeacher)->state, DeliveryState::kDropped);
  store_.away = true;
  server_.Release(".");
  ASSERT_TRUE(Eventually([&] { return Unrecorded() == 1; }));
  store_.away = false;
  EXPECT_TRUE(Eventually([&] { return Delivered().size() == 1; }));
  EXPECT_TRUE(Eventually([&] { return Unrecorded() == 0; }));
  EXPECT_THAT(server_.Taken(), ElementsAre(addresses_[0]));
}

TEST_F(ReplicasTest, PutOnRecordWhatLeftForItsRunThoughTheAlertWasRaisedAnewMeanwhile) {
  AppointTeachers(1);
  Start();
  SendHeartbeats();
  server_.Hold(".");
  Miss(TeachersAlone());
  replicas_.front()->deliverer->Post(alert_, {1});
  ASSERT_TRUE(Eventually([&] { return Texts() == 1; }));
  HandleCommand(ResolveWithdrawnDeadline{});
  Miss(TeachersAlone());
  ASSERT_EQ(State().run, 2);
  server_.Release(".");
  EXPECT_TRUE(Eventually([&] { return Delivered().size() == 2; }));
  EXPECT_THAT(Delivered(), ElementsAre(IdOf(1), IdOf(2)));
}

TEST_F(ReplicasTest, RecordWhatLeftBeforeTheyStop) {
  AppointTeachers(1);
  Start();
  SendHeartbeats();
  server_.Hold(".");
  Miss(TeachersAlone());
  replicas_.front()->deliverer->Post(alert_, {1});
  ASSERT_TRUE(Eventually([&] { return Texts() == 1; }));
  store_.away = true;
  server_.Release(".");
  ASSERT_TRUE(Eventually([&] { return Unrecorded() == 1; }));
  std::thread stopping([&] { replicas_.front()->deliverer->Stop(); });
  store_.away = false;
  stopping.join();
  EXPECT_THAT(Delivered(), ElementsAre(IdOf(1)));
}

TEST_F(ReplicasTest, TellNobodyAndRaiseNoLevelUntilTheyAreCaughtUp) {
  AppointTeachers(1);
  Replica& replica = Start();
  SendHeartbeats();
  replica.caught_up = false;
  Miss(TeachersAlone());
  clock_.Set(At("2025-10-21 12:00"));  // level 2 is long due
  replica.deliverer->Post(alert_, {1});
  const DueAlarm alarm{AlertOf(alert_).keys.front(), At("2025-10-21 08:00")};
  EXPECT_TRUE(absl::IsUnavailable(replica.inbound->OnAlarm(alarm))) << "it comes back";
  EXPECT_TRUE(Eventually([&] { return HeldBackAge(replica) > 0; })) << "and is not silent";
  EXPECT_EQ(State().level(), 1);
  EXPECT_EQ(server_.Connections(), 0);
  HandleCommand(ResolveMetDeadline{true});  // as was said meanwhile
  replica.caught_up = true;
  EXPECT_TRUE(replica.inbound->OnAlarm(alarm).ok());
  EXPECT_EQ(State().level(), 1);
  EXPECT_TRUE(Eventually([&] { return HeldBackAge(replica) == 0; }));
  EXPECT_EQ(server_.Connections(), 0);
}

TEST_F(ReplicasTest, TellWhatWaitedOnceTheyAreCaughtUpAndRaiseWhatIsDue) {
  AppointTeachers(1);
  Replica& replica = Start();
  SendHeartbeats();
  replica.caught_up = false;
  Miss(TeachersAlone());
  clock_.Set(At("2025-10-21 12:00"));
  replica.deliverer->Post(alert_, {1});
  const DueAlarm alarm{AlertOf(alert_).keys.front(), At("2025-10-21 08:00")};
  EXPECT_FALSE(replica.inbound->OnAlarm(alarm).ok());
  replica.caught_up = true;
  EXPECT_TRUE(replica.inbound->OnAlarm(alarm).ok());
  EXPECT_EQ(State().level(), 2);
  EXPECT_TRUE(Eventually([&] { return Delivered().size() == 2; }));
}

TEST_F(ReplicasTest, DelayNoAlarmWhileTheMailServerAnswersNothing) {
  constexpr int kAlerts = 10'000;  // far more than mails can be under way or wait together
  AppointTeachers(1);
  Replica& replica = Start();
  SendHeartbeats();
  server_.Hold("greeting");
  std::vector<AlertId> alerts;
  for (int i = 0; i < kAlerts; ++i) {
    AlertReference reference = UsualReference();
    reference.child = ChildId(absl::StrCat("chd-", i));
    reference.alert = AlertId(absl::StrCat("chd-", i, ".1.rule"));
    alerts.push_back(reference.alert);
    HandleOn(reference.alert, RaiseMissedDeadline{reference, TeachersAlone()});
    replica.deliverer->Post(reference.alert, {1});
  }
  ASSERT_TRUE(Eventually([&] { return server_.Held() > 1; }));
  clock_.Set(At("2025-10-21 12:00"));
  const absl::Time start = absl::Now();
  for (const AlertId& alert : alerts) {
    EXPECT_TRUE(replica.inbound->OnAlarm({AlertOf(alert).keys.front(), clock_.Now()}).ok());
  }
  EXPECT_LT(absl::Now() - start, absl::Seconds(10)) << "one after another, and none waited";
  for (const AlertId& alert : alerts) {
    const auto state = Read<AlertCodec>(store_, AlertOf(alert));
    ASSERT_TRUE(state.ok() && *state);
    EXPECT_EQ((*state)->level(), 2);
  }
  EXPECT_THAT(Delivered(), IsEmpty());
}

TEST_F(ReplicasTest, GiveUpNothingThatTheMailServerRefusesForItsOwnReasons) {
  AppointTeachers(3);
  Start();
  SendHeartbeats();
  server_.Answer("RCPT", "554 5.7.1 Relay access denied");
  Miss(TeachersAlone());
  replicas_.front()->deliverer->Post(alert_, {1});
  ASSERT_TRUE(Eventually([&] { return Failed("relay-refused") >= 6; }));
  server_.Answer("RCPT", "");
  server_.Answer("MAIL", "550 5.7.1 sender refused");
  ASSERT_TRUE(Eventually([&] { return Failed("sender-refused") >= 2; }));
  server_.Answer("MAIL", "");
  server_.Answer("greeting", "554 no service");
  ASSERT_TRUE(Eventually([&] { return Failed("greeting-refused") >= 1 || !Delivered().empty(); }));
  EXPECT_TRUE(State().GivenUp().empty());
  server_.Answer("greeting", "");
  EXPECT_TRUE(Eventually([&] { return Delivered().size() == 3; }));
  EXPECT_EQ(Failed("refused-for-now"), 0);
}

}  // namespace
}  // namespace pepline::notifications
