// The deliverers of replicas on one store in memory, with a registry and a mail server that the
// test answers for. Promises: while Eventually waits, each replica lives in the eyes of the others,
// and the clock flies, for what is put off. Threads: one of the test's.
#ifndef PEPLINE_TESTS_COMPONENT_NOTIFICATIONS_REPLICAS_FIXTURE_H_
#define PEPLINE_TESTS_COMPONENT_NOTIFICATIONS_REPLICAS_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/notifications/delivery/deliverer.h"
#include "services/notifications/inbound.h"
#include "services/notifications/metrics.h"
#include "shared/engine/waker.h"
#include "shared/observability/heartbeat.h"
#include "shared/store/memory_store.h"
#include "tests/component/notifications/fake_registry.h"
#include "tests/component/notifications/scripted_mail_server.h"
#include "tests/unit/notifications/alert_story.h"
#include "tools/stack/environment.h"
#include "tools/stack/processes.h"

namespace pepline::notifications {

// One replica of the service, without its RPC server.
struct Replica {
  Replica(MemoryStore& store_of_all, const Clock& clock, const std::string& registry,
          const TokenSigner& signer, const MailSettings& mail, Heartbeats::SteadyClock steady)
      : store(store_of_all),
        engine{.store = store,
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
    gate.Watch(
        [this](const std::string&, const std::string&) {
          return caught_up ? absl::Now() : absl::Now() - absl::Hours(1);
        },
        [this](const AlertId& alert) { return ChildOf(store, alert); });
    deliverer = std::make_unique<Deliverer>(engine, facts, contacts, gate, mail, ownership);
    inbound = std::make_unique<Inbound>(engine, facts, children, *deliverer, gate);
    waker = std::make_unique<Waker>(
        store, clock, metrics, alarm_workers,
        [this](const DueAlarm& alarm) { return inbound->OnAlarm(alarm); },
        WakerOptions{.safety_poll = absl::Milliseconds(200), .ownership = &ownership});
    waker->Start();
  }

  MemoryStore& store;
  Metrics metrics{NotificationsMetrics()};
  PartitionOwnership ownership;
  Engine engine;
  FactsLoader facts;
  KnownChildren children;
  ContactBook contacts;
  std::atomic<bool> caught_up = true;
  CatchUpGate gate{metrics};
  std::unique_ptr<Deliverer> deliverer;
  std::unique_ptr<Inbound> inbound;
  WorkerPool alarm_workers{4, 100};
  std::unique_ptr<Waker> waker;  // stops before what its alarms use goes
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
  // Each lives in the eyes of the other, as their heartbeats would say.
  void SendHeartbeats() {
    std::vector<std::string> living;
    for (const auto& replica : replicas_) living.push_back(replica->ownership.replica());
    for (const auto& replica : replicas_) replica->ownership.Learn(living);
  }
  bool Eventually(const std::function<bool()>& condition,
                  absl::Duration bound = absl::Seconds(30)) {
    return WaitUntil(
        [&] {
          SendHeartbeats();
          if (condition()) return true;
          clock_.Advance(kPace);
          return false;
        },
        bound);
  }
  void HandleCommand(const AlertCommand& command) { HandleOn(alert_, command); }
  void HandleOn(const AlertId& alert, const AlertCommand& command) {
    Inputs<AlertCodec> inputs;
    inputs.facts = [&](const AlertState&, const RecordStates&) {
      return AlertFacts{clock_.Now(), std::nullopt};
    };
    const auto outcome = Execute<AlertCodec>(replicas_.front()->engine, AlertOf(alert), command,
                                             Origin::Alarm(std::nullopt), inputs);
    ASSERT_TRUE(outcome.ok()) << outcome.status();
  }
  // As if no replica heard of it; the alarm brings it to them.
  void Miss(const Instants& instants) {
    HandleCommand(RaiseMissedDeadline{UsualReference(), instants});
  }
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
  // Between two looks of Eventually, which are some milliseconds apart.
  static constexpr absl::Duration kPace = absl::Milliseconds(200);
  const AlertId alert_ = UsualReference().alert;
  TemporaryFolder folder_;
  std::unique_ptr<TokenSigner> signer_;
  FakeClock clock_{At("2025-10-21 00:00")};
  MemoryStore store_;
  FakeRegistry registry_;
  ScriptedMailServer server_;
  std::vector<std::string> addresses_;
  // What the ages of loops are counted on.
  std::atomic<SteadyTime> model_now_{std::chrono::steady_clock::now()};
  std::vector<std::unique_ptr<Replica>> replicas_;  // before what they use goes
};

}  // namespace pepline::notifications

#endif  // PEPLINE_TESTS_COMPONENT_NOTIFICATIONS_REPLICAS_FIXTURE_H_
