#include "shared/process/service_host.h"

#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"
#include "shared/engine/gauges.h"
#include "shared/engine/inbound_event.h"
#include "shared/observability/log.h"
#include "shared/rpc/admit_first.h"

namespace pepline {
namespace {

constexpr int kBadSettings = 2;
constexpr int kWaitingForEachWorker = 16;

}  // namespace

ServiceHost::Basics ServiceHost::Begin(int argc, char** argv, const ServiceIdentity& identity,
                                       const Settings& settings, const CommonConfig& config,
                                       std::vector<MetricDefinition> metrics) {
  SetLogService(identity.name);
  if (const auto exit_code = HandleArguments(argc, argv, identity.name, settings)) {
    std::exit(*exit_code);
  }
  Basics basics{.metrics = std::make_unique<Metrics>(std::move(metrics)),
                .clock = MakeClock(config),
                .authenticator = nullptr};
  basics.authenticator = MakeAuthenticator(config, *basics.metrics);
  if (basics.clock == nullptr || basics.authenticator == nullptr) std::exit(kBadSettings);
  // They are there at 0, so that the first one is seen.
  for (const std::string& topic : identity.topics_read) {
    basics.metrics->Count(UnknownEventsMetric(identity.name), {{"topic", topic}}, 0);
  }
  return basics;
}

ServiceHost::ServiceHost(int argc, char** argv, ServiceIdentity identity, const Settings& settings,
                         const CommonConfig& config, std::vector<MetricDefinition> metrics)
    : argc_(argc),
      argv_(argv),
      config_(config),
      basics_(Begin(argc, argv, identity, settings, config, std::move(metrics))),
      store_(RedisStore::Create(config.redis, basics_.metrics.get())),
      topic_(absl::StrCat("pepline.", identity.name, ".events.v1")),
      relay_(*store_, *basics_.metrics, config.kafka, topic_, {.ownership = &ownership_}),
      call_workers_(MoreWorkers()),
      alarm_workers_(MoreWorkers()),
      record_workers_(MoreWorkers()),
      waker_(*store_, *basics_.clock, *basics_.metrics, *alarm_workers_,
             [this](const DueAlarm& alarm) { return parts_->on_alarm(alarm); },
             {.ownership = &ownership_}),
      consumer_(config.kafka,
                {.group = absl::StrCat("pepline.", identity.name),
                 .topics = std::move(identity.topics_read),
                 .store = store_.get()},
                *basics_.metrics, *record_workers_,
                [this](const InboundRecord& record) { return parts_->on_record(record); }),
      server_(*call_workers_, *basics_.authenticator, *basics_.metrics,
              absl::StrCat(identity.name, ".pepline")),
      engine_{.store = *store_,
              .clock = *basics_.clock,
              .metrics = *basics_.metrics,
              .topic = topic_,
              .source = absl::StrCat("/pepline/", identity.name),
              .on_alarm = [this](absl::Time at) { waker_.Notify(at); },
              .on_outbox = [this](int partition) { relay_.Notify(partition); }} {}

ServiceHost::~ServiceHost() = default;

std::unique_ptr<WorkerPool> ServiceHost::MoreWorkers() const {
  return std::make_unique<WorkerPool>(config_.workers, config_.workers * kWaitingForEachWorker);
}

int ServiceHost::Run(Parts parts) {
  if (const auto exit_code = RunOperation(argc_, argv_, config_, parts.operations)) {
    return *exit_code;
  }
  parts_.emplace(std::move(parts));
  std::optional<GaugeThread> gauges;
  if (parts_->count) gauges.emplace(metrics(), parts_->count);
  AdmitFirst admit_first(*parts_->api, parts_->api_name, server_);
  return Serve(config_, metrics(),
               {.grpc_services = {&admit_first},
                .server = &server_,
                .store = store_.get(),
                .relay = &relay_,
                .waker = parts_->on_alarm ? &waker_ : nullptr,
                .consumer = &consumer_,
                .clock = basics_.clock.get(),
                .ownership = &ownership_});
}

}  // namespace pepline
