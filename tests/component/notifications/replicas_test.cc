// The deliverers of two replicas on one store, with a registry and a mail server that the test
// answers for: who sends what, how often, and what is put on record of it.
#include <algorithm>
#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/notifications/delivery/deliverer.h"
#include "services/notifications/inbound.h"
#include "services/notifications/numbers.h"
#include "shared/observability/heartbeat.h"
#include "shared/store/fake_store.h"
#include "tests/component/notifications/fake_registry.h"
#include "tests/component/notifications/scripted_mail_server.h"
#include "tests/component/silence/sampled_rules.h"
#include "tests/support/promtool.h"
#include "tests/unit/notifications/alert_story.h"
#include "tools/stack/environment.h"
#include "tools/stack/processes.h"

namespace pepline::notifications {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;
using testing::UnorderedElementsAreArray;

constexpr absl::Duration kPatience = absl::Seconds(30);

// One replica of the service, without its doors.
struct Replica {
  Replica(FakeStore& store_of_all, const Clock& clock, const std::string& registry,
          const TokenSigner& signer, const MailSettings& mail, Heartbeats::SteadyClock steady)
      : store(store_of_all),
        spine{.store = store,
              .clock = clock,
              .metrics = metrics,
              .topic = "pepline.notifications.events.v1",
              .source = "/pepline/notifications",
              .on_alarm = nullptr,
              .on_outbox = nullptr},
        facts(store, clock),
        children(store, clock),
        contacts(registry, grpc::InsecureChannelCredentials(), signer) {
    metrics.heartbeats().CountOn(std::move(steady));
    gate.Watch([this](const std::string&, const std::string&) {
      return caught_up ? absl::Now() : absl::Now() - absl::Hours(1);
    });
    deliverer = std::make_unique<Deliverer>(spine, facts, contacts, gate, mail, shares);
    inbound = std::make_unique<Inbound>(spine, facts, children, *deliverer, gate);
  }

  FakeStore& store;
  Metrics metrics{NotificationsMetrics()};
  Shares shares;
  Spine spine;
  FactsLoader facts;
  KnownChildren children;
  ContactBook contacts;
  std::atomic<bool> caught_up = true;
  CatchUpGate gate{metrics};
  std::unique_ptr<Deliverer> deliverer;
  std::unique_ptr<Inbound> inbound;
};

class ReplicasTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto keys = FindOrMakeKeys(folder_.path());
    ASSERT_TRUE(keys.ok()) << keys.status();
    auto signer = TokenSigner::Create(keys->signing_key_file, "issuer", "pepline");
    ASSERT_TRUE(signer.ok()) << signer.status();
    signer_ = *std::move(signer);
  }
  Replica& Start(int max_attempts = 1000) {
    const MailSettings mail{
        .server = SmtpServer{SmtpServer::Security::kPlainText, server_.url(), {}},
        .from = "pepline@virtual-school.example",
        .folder = {},
        .allowed_domains = {},
        .max_attempts = max_attempts};
    replicas_.push_back(std::make_unique<Replica>(store_, clock_, registry_.address(), *signer_,
                                                  mail, [this] { return model_now_.load(); }));
    return *replicas_.back();
  }
  // Each lives in the eyes of the other, as their beats would say.
  void Beat() {
    std::vector<std::string> living;
    for (const auto& replica : replicas_) living.push_back(replica->shares.replica());
    for (const auto& replica : replicas_) replica->shares.Learn(living);
  }
  bool Eventually(const std::function<bool()>& condition, absl::Duration bound = kPatience) {
    return WaitUntil(
        [&] {
          Beat();
          return condition();
        },
        bound);
  }
  void Carry(const AlertCommand& command) { CarryOn(alert_, command); }
  void CarryOn(const AlertId& alert, const AlertCommand& command) {
    Inputs<AlertCodec> inputs;
    inputs.facts = [&](const AlertState&, const RecordStates&) {
      return AlertFacts{clock_.Now(), std::nullopt};
    };
    const auto outcome = Execute<AlertCodec>(replicas_.front()->spine, AlertOf(alert), command,
                                             Origin::Alarm(std::nullopt), inputs);
    ASSERT_TRUE(outcome.ok()) << outcome.status();
  }
  void Miss(const Instants& instants) { Carry(RaiseMissedDeadline{UsualReference(), instants}); }
  void AppointTeachers(int count) {
    registry_.SetChild("A.B.", "St Ebbe's School", false);
    for (int i = 0; i < count; ++i) {
      addresses_.push_back(absl::StrCat("dt", i, "@school.example"));
      registry_.Appoint(common::v1::RECIPIENT_ROLE_DESIGNATED_TEACHER,
                        absl::StrCat("stf-teacher", i), addresses_.back());
    }
  }
  AlertState State() {
    const auto state = Read<AlertCodec>(store_, AlertOf(alert_));
    EXPECT_TRUE(state.ok()) << state.status();
    return state.ok() && *state ? **state : AlertState();
  }
  // The ids of what was said to be delivered, in their order.
  std::vector<std::string> Delivered() {
    std::vector<std::string> ids;
    for (int partition = 0; partition < store_.partitions(); ++partition) {
      const auto entries = store_.ReadOutbox(partition, 1000, "");
      EXPECT_TRUE(entries.ok());
      for (const OutboxEntry& entry : *entries) {
        v1::NotificationsEvent event;
        EXPECT_TRUE(event.ParseFromString(entry.record.value));
        if (event.has_alert_delivered()) ids.push_back(event.alert_delivered().delivery_id());
      }
    }
    return ids;
  }
  // At the first teacher's message.
  Attempt AttemptNow() {
    const AlertState state = State();
    const auto* pending = state.Find(1, RecipientRole::kDesignatedTeacher);
    const Attempt* attempt = pending ? pending->Find(StaffId("stf-teacher0")) : nullptr;
    return attempt ? *attempt : Attempt();
  }
  double Unrecorded() const {
    return replicas_.front()->metrics.Value("pepline_notifications_deliveries_unrecorded");
  }
  double Failed(const std::string& cause) const {
    return replicas_.front()->metrics.Value("pepline_notifications_delivery_attempts_failed_total",
                                            {{"cause", cause}});
  }
  static double HeldBackAge(Replica& replica) {
    return replica.metrics.Value("pepline_notifications_oldest_held_back_age_seconds");
  }
  std::string IdOf(int run) const {
    return DeliveryId(alert_, run, 1, RecipientRole::kDesignatedTeacher, StaffId("stf-teacher0"));
  }
  int Texts() const {
    const auto lines = server_.Lines();
    return static_cast<int>(std::ranges::count(lines, "(text)"));
  }

  static Instants TeachersAlone() {
    return {At("2025-10-20 23:59:59"),
            {{1, At("2025-10-20 23:59:59"), {RecipientRole::kDesignatedTeacher}},
             {2, At("2025-10-21 08:00"), {RecipientRole::kDesignatedTeacher}}}};
  }
  const AlertId alert_ = UsualReference().alert;
  TemporaryFolder folder_;
  std::unique_ptr<TokenSigner> signer_;
  FakeClock clock_{At("2025-10-21 00:00")};
  FakeStore store_;
  FakeRegistry registry_;
  ScriptedMailServer server_;
  std::vector<std::string> addresses_;
  // What the ages of loops are counted on.
  std::atomic<SteadyTime> model_now_{std::chrono::steady_clock::now()};
  std::vector<std::unique_ptr<Replica>> replicas_;  // before what they use goes
};

TEST_F(ReplicasTest, SendFiveSlowMailsOnceEach) {
  AppointTeachers(5);
  Start();
  Start();
  Beat();
  server_.Hold(".");
  Miss(TeachersAlone());
  for (const auto& replica : replicas_) replica->deliverer->Post(alert_);
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
  Beat();
  server_.Hold(".");
  Miss(TeachersAlone());
  replicas_.front()->deliverer->Post(alert_);
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
  Beat();
  server_.Hold(".");
  Miss(TeachersAlone());
  replicas_.front()->deliverer->Post(alert_);
  ASSERT_TRUE(Eventually([&] { return Texts() == 1; }));
  // It stays silent from now on.
  std::unique_ptr<Replica> dead = std::move(replicas_.front());
  replicas_.erase(replicas_.begin());
  EXPECT_TRUE(Eventually([&] { return Texts() == 2; }, absl::Seconds(15)));
  server_.Release(".");
  EXPECT_TRUE(Eventually([&] { return Delivered().size() == 1; }));
}

TEST_F(ReplicasTest, CountHowOftenAnAddressWasPutOffThoughWhoTriedIsGone) {
  AppointTeachers(1);
  Start();
  Beat();
  server_.Answer("RCPT", "450 4.2.0 later");
  Miss(TeachersAlone());
  replicas_.front()->deliverer->Post(alert_);
  ASSERT_TRUE(Eventually([&] { return AttemptNow().refusals >= 2; }));
  replicas_.clear();  // in order: it keeps nothing for itself
  const Attempt left = AttemptNow();
  EXPECT_EQ(left.claimed_by, "");
  Start(left.refusals + 1);
  replicas_.front()->deliverer->Post(alert_);
  EXPECT_TRUE(Eventually([&] {
    return State().Find(1, RecipientRole::kDesignatedTeacher)->state == DeliveryState::kFailed;
  }));
  EXPECT_EQ(Failed("refused-for-now"), 1);
}

TEST_F(ReplicasTest, GiveBackWhatTheyDidNotSendThoughTheStoreWasAway) {
  AppointTeachers(1);
  Replica& replica = Start();
  Beat();
  server_.Answer("RCPT", "450 4.2.0 later");
  server_.Hold("RCPT");
  Miss(TeachersAlone());
  replica.deliverer->Post(alert_);
  ASSERT_TRUE(Eventually([&] { return server_.Held() == 1; }));
  EXPECT_EQ(AttemptNow().claimed_by, replica.shares.replica());
  store_.away = true;
  server_.Release("RCPT");
  ASSERT_TRUE(Eventually([&] { return Failed("refused-for-now") == 1; }));
  replica.caught_up = false;  // whose partition it is now
  store_.away = false;
  EXPECT_TRUE(Eventually([&] { return AttemptNow().claimed_by.empty(); }));
  EXPECT_EQ(AttemptNow().refusals, 1);
}

TEST_F(ReplicasTest, LetNoRecipientHoldAnother) {
  AppointTeachers(3);
  Start();
  Beat();
  server_.Hold(addresses_[0]);
  Miss(TeachersAlone());
  replicas_.front()->deliverer->Post(alert_);
  EXPECT_TRUE(Eventually([&] { return Delivered().size() == 2; }));
  EXPECT_THAT(server_.Taken(), UnorderedElementsAre(addresses_[1], addresses_[2]));
  server_.Release(addresses_[0]);
  EXPECT_TRUE(Eventually([&] { return Delivered().size() == 3; }));
}

TEST_F(ReplicasTest, PutOnRecordWhatLeftThoughTheStoreWasAwayAndTheWorkIsDoneMeanwhile) {
  AppointTeachers(1);
  Start();
  Beat();
  server_.Hold(".");
  Miss(TeachersAlone());
  replicas_.front()->deliverer->Post(alert_);
  ASSERT_TRUE(Eventually([&] { return Texts() == 1; }));
  Carry(ResolveMetDeadline{true});
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
  Beat();
  server_.Hold(".");
  Miss(TeachersAlone());
  replicas_.front()->deliverer->Post(alert_);
  ASSERT_TRUE(Eventually([&] { return Texts() == 1; }));
  Carry(ResolveWithdrawnDeadline{});
  Miss(TeachersAlone());
  ASSERT_EQ(State().run, 2);
  server_.Release(".");
  EXPECT_TRUE(Eventually([&] { return Delivered().size() == 2; }));
  EXPECT_THAT(Delivered(), ElementsAre(IdOf(1), IdOf(2)));
}

TEST_F(ReplicasTest, RecordWhatLeftBeforeTheyStop) {
  AppointTeachers(1);
  Start();
  Beat();
  server_.Hold(".");
  Miss(TeachersAlone());
  replicas_.front()->deliverer->Post(alert_);
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
  Beat();
  replica.caught_up = false;
  Miss(TeachersAlone());
  clock_.Set(At("2025-10-21 12:00"));  // level 2 is long due
  replica.deliverer->Post(alert_);
  const DueAlarm alarm{AlertOf(alert_).keys.front(), At("2025-10-21 08:00")};
  EXPECT_TRUE(absl::IsUnavailable(replica.inbound->OnAlarm(alarm))) << "it comes back";
  EXPECT_TRUE(Eventually([&] { return HeldBackAge(replica) > 0; })) << "and is not silent";
  EXPECT_EQ(State().level(), 1);
  EXPECT_EQ(server_.Connections(), 0);
  Carry(ResolveMetDeadline{true});  // as was said meanwhile
  replica.caught_up = true;
  EXPECT_TRUE(replica.inbound->OnAlarm(alarm).ok());
  EXPECT_EQ(State().level(), 1);
  EXPECT_TRUE(Eventually([&] { return HeldBackAge(replica) == 0; }));
  EXPECT_EQ(server_.Connections(), 0);
}

TEST_F(ReplicasTest, TellWhatWaitedOnceTheyAreCaughtUpAndRaiseWhatIsDue) {
  AppointTeachers(1);
  Replica& replica = Start();
  Beat();
  replica.caught_up = false;
  Miss(TeachersAlone());
  clock_.Set(At("2025-10-21 12:00"));
  replica.deliverer->Post(alert_);
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
  Beat();
  server_.Hold("greeting");
  std::vector<AlertId> alerts;
  for (int i = 0; i < kAlerts; ++i) {
    AlertReference reference = UsualReference();
    reference.child = ChildId(absl::StrCat("chd-", i));
    reference.alert = AlertId(absl::StrCat("chd-", i, ".1.rule"));
    alerts.push_back(reference.alert);
    CarryOn(reference.alert, RaiseMissedDeadline{reference, TeachersAlone()});
    replica.deliverer->Post(reference.alert);
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
  Beat();
  server_.Answer("RCPT", "554 5.7.1 Relay access denied");
  Miss(TeachersAlone());
  replicas_.front()->deliverer->Post(alert_);
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
