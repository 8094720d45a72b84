// pepline-funding: builds every part by name and runs them until the signal to stop.
#include <memory>

#include "services/funding/census.h"
#include "services/funding/config.h"
#include "services/funding/grpc_api.h"
#include "services/funding/inbound.h"
#include "services/funding/numbers.h"
#include "services/funding/operations.h"
#include "shared/runtime/known_children.h"
#include "shared/runtime/log.h"
#include "shared/runtime/service.h"

int main(int argc, char** argv) {
  using namespace pepline;
  SetLogService("funding");
  Settings settings(Settings::FromProcess());
  const funding::Config config = funding::ReadConfig(settings);
  if (auto exit_code = HandleArguments(argc, argv, "funding", settings)) return *exit_code;

  Metrics metrics(funding::FundingMetrics());
  const std::unique_ptr<Clock> clock = MakeClock(config.common);
  const std::unique_ptr<Authenticator> authenticator = MakeAuthenticator(config.common, metrics);
  if (!clock || !authenticator) return 2;

  const auto store = RedisStore::Create(config.common.redis, &metrics);
  const OperationParts operations = funding::Operations(*store, *clock);
  if (auto exit_code = RunOperation(argc, argv, config.common, operations)) return *exit_code;
  Shares shares;
  OutboxRelay relay(*store, metrics, config.common.kafka, funding::kTopic, {.shares = &shares});
  KnownChildren children(*store, *clock);
  const Spine spine{.store = *store,
                    .clock = *clock,
                    .metrics = metrics,
                    .topic = funding::kTopic,
                    .source = funding::kSource,
                    .on_alarm = {},  // no rule of funding sets an alarm
                    .on_outbox = [&](int partition) { relay.Notify(partition); }};
  funding::Inbound inbound(children, metrics);

  // Calls and consumed records each have their own workers, so that neither starves the other.
  const int workers = config.common.workers;
  WorkerPool call_workers(workers, workers * 16);
  WorkerPool record_workers(workers, workers * 16);
  Consumer consumer(config.common.kafka,
                    {.group = funding::kConsumerGroup,
                     .topics = {std::string(funding::kRegistryTopic)},
                     .store = store.get()},
                    metrics, record_workers,
                    [&](const InboundRecord& record) { return inbound.OnRecord(record); });
  RpcDoor door(call_workers, *authenticator, metrics, "funding.pepline");
  funding::GrpcApi api(door, spine, children);
  funding::Census census(*store, *clock, metrics);
  const CensusThread census_thread(metrics, [&] { return census.Count(); });

  return Serve(config.common, metrics,
               {.grpc_services = {&api},
                .door = &door,
                .store = store.get(),
                .relay = &relay,
                .consumer = &consumer,
                .clock = clock.get(),
                .shares = &shares});
}
