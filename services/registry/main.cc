// pepline-registry: builds every part by name and runs them until the signal to stop.
#include <memory>

#include "services/registry/config.h"
#include "services/registry/facts.h"
#include "services/registry/grpc_api.h"
#include "services/registry/importer.h"
#include "services/registry/inbound.h"
#include "services/registry/numbers.h"
#include "services/registry/opaque_ids.h"
#include "services/registry/operations.h"
#include "shared/runtime/log.h"
#include "shared/runtime/service.h"

int main(int argc, char** argv) {
  using namespace pepline;
  SetLogService("registry");
  Settings settings(Settings::FromProcess());
  const registry::Config config = registry::ReadConfig(settings);
  if (auto exit_code = HandleArguments(argc, argv, "registry", settings)) return *exit_code;

  Metrics metrics(registry::RegistryMetrics());
  const std::unique_ptr<Clock> clock = MakeClock(config.common);
  const std::unique_ptr<Authenticator> authenticator = MakeAuthenticator(config.common, metrics);
  if (!clock || !authenticator) return 2;

  const auto store = RedisStore::Create(config.common.redis, &metrics);
  Shares shares;
  OutboxRelay relay(*store, metrics, config.common.kafka, registry::kTopic, {.shares = &shares});
  const registry::FactsLoader facts(*store, *clock);
  const OperationParts operations = registry::Operations(*store, *clock, facts);
  if (auto exit_code = RunOperation(argc, argv, config.common, operations)) return *exit_code;
  const registry::OpaqueIds ids(config.id_key);

  Waker* waker_of_commits = nullptr;  // set below, before any command runs
  const Spine spine{.store = *store,
                    .clock = *clock,
                    .metrics = metrics,
                    .topic = registry::kTopic,
                    .source = registry::kSource,
                    .on_alarm = [&](absl::Time at) { waker_of_commits->Notify(at); },
                    .on_outbox = [&](int partition) { relay.Notify(partition); }};
  registry::Inbound inbound(spine, facts);

  // Calls, alarms, consumed records and imports each have their own workers, so that none starves
  // another.
  const int workers = config.common.workers;
  WorkerPool call_workers(workers, workers * 16);
  WorkerPool alarm_workers(workers, workers * 16);
  WorkerPool record_workers(workers, workers * 16);
  WorkerPool import_workers(workers, workers * 16);
  Waker waker(*store, *clock, metrics, alarm_workers,
              [&](const DueAlarm& alarm) { return inbound.OnAlarm(alarm); }, {.shares = &shares});
  waker_of_commits = &waker;
  Consumer consumer(
      config.common.kafka,
      {.group = registry::kConsumerGroup, .topics = {registry::kTopic}, .store = store.get()},
      metrics, record_workers,
      [&](const InboundRecord& record) { return inbound.OnRecord(record); });
  const registry::Importer importer(spine, facts, ids, import_workers);
  RpcDoor door(call_workers, *authenticator, metrics, "registry.pepline");
  registry::GrpcApi api(door, spine, facts, importer);

  return Serve(config.common, metrics,
               {.grpc_services = {&api},
                .door = &door,
                .store = store.get(),
                .relay = &relay,
                .waker = &waker,
                .consumer = &consumer,
                .clock = clock.get(),
                .shares = &shares});
}
