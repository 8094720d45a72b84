#include "tests/component/reach/five_services.h"

#include <gtest/gtest.h>

#include <numeric>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/assessments/api/grpc_api.h"
#include "services/assessments/config.h"
#include "services/assessments/inbound.h"
#include "services/assessments/metrics.h"
#include "services/funding/api/grpc_api.h"
#include "services/funding/config.h"
#include "services/funding/inbound.h"
#include "services/funding/metrics.h"
#include "services/notifications/api/grpc_api.h"
#include "services/notifications/config.h"
#include "services/notifications/inbound.h"
#include "services/notifications/metrics.h"
#include "services/registry/api/grpc_api.h"
#include "services/registry/config.h"
#include "services/registry/inbound.h"
#include "services/registry/metrics.h"
#include "services/scheduling/api/grpc_api.h"
#include "services/scheduling/config.h"
#include "services/scheduling/inbound.h"
#include "services/scheduling/metrics.h"
#include "shared/projections/known_children.h"
#include "shared/projections/reference_data.h"
#include "shared/rpc/admit_first.h"
#include "shared/store/partition_ownership.h"

namespace pepline::reach {
namespace {

constexpr char kRegistryTopic[] = "pepline.registry.events.v1";
constexpr char kSchedulingTopic[] = "pepline.scheduling.events.v1";
constexpr char kAssessmentsTopic[] = "pepline.assessments.events.v1";
constexpr char kFundingTopic[] = "pepline.funding.events.v1";
constexpr int kAtOnce = 1000;
constexpr int kMostRounds = 10'000;  // what settles at all settles in far fewer

// What each service is made of, as its main.cc has it.
struct Common {
  const Clock& clock;
  const Authenticator& authenticator;
  WorkerPool& calls;
};

Engine EngineOf(Store& store, const Clock& clock, Metrics& metrics, const std::string& service) {
  return {.store = store,
          .clock = clock,
          .metrics = metrics,
          .topic = absl::StrCat("pepline.", service, ".events.v1"),
          .source = absl::StrCat("/pepline/", service),
          .on_alarm = {},
          .on_outbox = {}};
}

class Registry final : public Member {
 public:
  Registry(const Common& common, const registry::OpaqueIds& ids)
      : engine_(EngineOf(store, common.clock, metrics_, "registry")),
        facts_(store, common.clock),
        inbound_(engine_, facts_),
        importer_(engine_, facts_, ids, imports_),
        rpc_server_(common.calls, common.authenticator, metrics_, "registry.pepline"),
        api_(rpc_server_, engine_, facts_, importer_) {}
  grpc::Service& api() override { return served_; }
  bool Reads(const std::string& topic) const override { return topic == kRegistryTopic; }
  absl::Status OnRecord(const InboundRecord& record) override { return inbound_.OnRecord(record); }
  absl::Status OnAlarm(const DueAlarm& alarm) override { return inbound_.OnAlarm(alarm); }

 private:
  Metrics metrics_{registry::RegistryMetrics()};
  const Engine engine_;
  const registry::FactsLoader facts_;
  registry::Inbound inbound_;
  WorkerPool imports_{1, 64};
  const registry::Importer importer_;
  RpcServer rpc_server_;
  registry::GrpcApi api_;
  AdmitFirst served_{api_, registry::v1::RegistryService::service_full_name(), rpc_server_};
};

class Scheduling final : public Member {
 public:
  explicit Scheduling(const Common& common)
      : engine_(EngineOf(store, common.clock, metrics_, "scheduling")),
        facts_(store, common.clock, reference_),
        inbound_(engine_, facts_, reference_),
        rpc_server_(common.calls, common.authenticator, metrics_, "scheduling.pepline"),
        api_(rpc_server_, engine_, facts_) {}
  grpc::Service& api() override { return served_; }
  bool Reads(const std::string& topic) const override {
    return topic == kRegistryTopic || topic == kAssessmentsTopic || topic == kFundingTopic;
  }
  absl::Status OnRecord(const InboundRecord& record) override { return inbound_.OnRecord(record); }
  absl::Status OnAlarm(const DueAlarm& alarm) override { return inbound_.OnAlarm(alarm); }

 private:
  Metrics metrics_{scheduling::SchedulingMetrics()};
  const Engine engine_;
  ReferenceData reference_{store};
  const scheduling::FactsLoader facts_;
  scheduling::Inbound inbound_;
  RpcServer rpc_server_;
  scheduling::GrpcApi api_;
  AdmitFirst served_{api_, scheduling::v1::SchedulingService::service_full_name(), rpc_server_};
};

class Assessments final : public Member {
 public:
  explicit Assessments(const Common& common)
      : engine_(EngineOf(store, common.clock, metrics_, "assessments")),
        children_(store, common.clock),
        inbound_(engine_, children_, peps_),
        rpc_server_(common.calls, common.authenticator, metrics_, "assessments.pepline"),
        api_(rpc_server_, engine_, children_, peps_) {}
  grpc::Service& api() override { return served_; }
  bool Reads(const std::string& topic) const override {
    return topic == kRegistryTopic || topic == kSchedulingTopic;
  }
  absl::Status OnRecord(const InboundRecord& record) override { return inbound_.OnRecord(record); }
  absl::Status OnAlarm(const DueAlarm& alarm) override { return inbound_.OnAlarm(alarm); }

 private:
  Metrics metrics_{assessments::AssessmentsMetrics()};
  const Engine engine_;
  KnownChildren children_;
  assessments::Peps peps_{store};
  assessments::Inbound inbound_;
  RpcServer rpc_server_;
  assessments::GrpcApi api_;
  AdmitFirst served_{api_, assessments::v1::AssessmentsService::service_full_name(), rpc_server_};
};

class Funding final : public Member {
 public:
  explicit Funding(const Common& common)
      : engine_(EngineOf(store, common.clock, metrics_, "funding")),
        children_(store, common.clock),
        reference_(store),
        facts_(common.clock, reference_),
        peps_(store),
        inbound_(engine_, facts_, reference_, children_, peps_),
        rpc_server_(common.calls, common.authenticator, metrics_, "funding.pepline"),
        api_(rpc_server_, engine_, children_, facts_) {}
  grpc::Service& api() override { return served_; }
  bool Reads(const std::string& topic) const override {
    return topic == kRegistryTopic || topic == kSchedulingTopic || topic == kAssessmentsTopic;
  }
  absl::Status OnRecord(const InboundRecord& record) override { return inbound_.OnRecord(record); }
  absl::Status OnAlarm(const DueAlarm& alarm) override { return inbound_.OnAlarm(alarm); }

 private:
  Metrics metrics_{funding::FundingMetrics()};
  const Engine engine_;
  KnownChildren children_;
  ReferenceData reference_;
  const funding::FactsLoader facts_;
  ChildPeps peps_;
  funding::Inbound inbound_;
  RpcServer rpc_server_;
  funding::GrpcApi api_;
  AdmitFirst served_{api_, funding::v1::FundingService::service_full_name(), rpc_server_};
};

class Notifications final : public Member {
 public:
  Notifications(const Common& common, const TokenSigner& signer)
      : engine_(EngineOf(store, common.clock, metrics_, "notifications")),
        children_(store, common.clock),
        facts_(store, common.clock),
        contacts_("127.0.0.1:1", grpc::InsecureChannelCredentials(), signer),
        deliverer_(engine_, facts_, contacts_, gate_, {}, ownership_),
        inbound_(engine_, facts_, children_, deliverer_, gate_),
        rpc_server_(common.calls, common.authenticator, metrics_, "notifications.pepline"),
        api_(rpc_server_, engine_, facts_, children_, deliverer_, gate_) {
    deliverer_.Stop();
    gate_.Watch([](const std::string&, const std::string&) { return absl::Now(); },
                [this](const AlertId& alert) { return notifications::ChildOf(store, alert); });
  }
  grpc::Service& api() override { return served_; }
  bool Reads(const std::string& topic) const override {
    return topic == kRegistryTopic || topic == kSchedulingTopic || topic == kFundingTopic;
  }
  absl::Status OnRecord(const InboundRecord& record) override { return inbound_.OnRecord(record); }
  absl::Status OnAlarm(const DueAlarm& alarm) override { return inbound_.OnAlarm(alarm); }

 private:
  Metrics metrics_{notifications::NotificationsMetrics()};
  const Engine engine_;
  KnownChildren children_;
  const notifications::FactsLoader facts_;
  notifications::ContactBook contacts_;
  notifications::CatchUpGate gate_{metrics_};
  PartitionOwnership ownership_;
  notifications::Deliverer deliverer_;
  notifications::Inbound inbound_;
  RpcServer rpc_server_;
  notifications::GrpcApi api_;
  AdmitFirst served_{api_, notifications::v1::NotificationsService::service_full_name(),
                     rpc_server_};
};

}  // namespace

FiveServices::FiveServices(const Clock& clock, const Authenticator& authenticator,
                           const TokenSigner& service_signer, OnEvent on_event)
    : clock_(clock), on_event_(std::move(on_event)) {
  const Common common{clock, authenticator, calls_};
  members_.push_back(std::make_unique<Registry>(common, ids_));
  members_.push_back(std::make_unique<Scheduling>(common));
  members_.push_back(std::make_unique<Assessments>(common));
  members_.push_back(std::make_unique<Funding>(common));
  members_.push_back(std::make_unique<Notifications>(common, service_signer));
  grpc::ServerBuilder builder;
  for (const auto& member : members_) builder.RegisterService(&member->api());
  server_ = builder.BuildAndStart();
  EXPECT_NE(server_, nullptr);
  channel_ = server_->InProcessChannel({});
}

FiveServices::~FiveServices() {
  channel_.reset();
  server_->Shutdown();
  server_->Wait();
  calls_.Stop();
}

std::int64_t FiveServices::commits() const {
  return std::accumulate(
      members_.begin(), members_.end(), std::int64_t{0},
      [](std::int64_t sum, const auto& member) { return sum + member->store.commits; });
}

void FiveServices::Settle() {
  for (int round = 0; round < kMostRounds; ++round) {
    const bool events = HandOverEvents();
    const bool alarms = FireAlarms();
    if (!events && !alarms) return;
  }
  ADD_FAILURE() << "the services do not come to rest";
}

bool FiveServices::HandOverEvents() {
  bool any = false;
  for (const auto& sender : members_) {
    for (int partition = 0; partition < sender->store.partitions(); ++partition) {
      const auto entries = sender->store.ReadOutbox(partition, kAtOnce, "");
      EXPECT_TRUE(entries.ok()) << entries.status();
      std::vector<std::string> handed;
      for (const OutboxEntry& entry : *entries) {
        const OutboxRecord& emitted = entry.record;
        on_event_(emitted.topic, emitted.value);
        const InboundRecord record{.topic = emitted.topic,
                                   .partition = partition,
                                   .offset = 0,
                                   .key = emitted.key,
                                   .value = emitted.value,
                                   .headers = {emitted.headers.begin(), emitted.headers.end()}};
        for (const auto& reader : members_) {
          if (!reader->Reads(emitted.topic)) continue;
          const absl::Status received = reader->OnRecord(record);
          EXPECT_TRUE(received.ok()) << emitted.topic << ": " << received;
        }
        handed.push_back(entry.entry_id);
      }
      if (handed.empty()) continue;
      any = true;
      EXPECT_TRUE(sender->store.DeleteOutbox(partition, handed).ok());
    }
  }
  return any;
}

bool FiveServices::FireAlarms() {
  bool any = false;
  for (const auto& member : members_) {
    for (int partition = 0; partition < member->store.partitions(); ++partition) {
      const auto due = member->store.DueAlarms(partition, clock_.Now(), kAtOnce);
      EXPECT_TRUE(due.ok()) << due.status();
      for (const DueAlarm& alarm : *due) {
        const absl::Status fired = member->OnAlarm(alarm);
        EXPECT_TRUE(fired.ok()) << alarm.key.kind << " " << alarm.key.id << ": " << fired;
        any = true;
      }
    }
  }
  return any;
}

}  // namespace pepline::reach
