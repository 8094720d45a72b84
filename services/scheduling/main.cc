// pepline-scheduling: builds every part by name and runs them until the signal to stop.
#include <memory>

#include "services/scheduling/census.h"
#include "services/scheduling/config.h"
#include "services/scheduling/facts.h"
#include "services/scheduling/grpc_api.h"
#include "services/scheduling/inbound.h"
#include "services/scheduling/numbers.h"
#include "services/scheduling/operations.h"
#include "shared/runtime/log.h"
#include "shared/runtime/reference_data.h"
#include "shared/runtime/service.h"

int main(int argc, char** argv) {
  using namespace pepline;
  SetLogService("scheduling");
  Settings settings(Settings::FromProcess());
  const scheduling::Config config = scheduling::ReadConfig(settings);
  if (auto exit_code = HandleArguments(argc, argv, "scheduling", settings)) return *exit_code;

  Metrics metrics(scheduling::SchedulingMetrics());
  const std::unique_ptr<Clock> clock = MakeClock(config.common);
  const std::unique_ptr<Authenticator> authenticator = MakeAuthenticator(config.common, metrics);
  if (!clock || !authenticator) return 2;

  const auto store = RedisStore::Create(config.common.redis, &metrics);
  Shares shares;
  OutboxRelay relay(*store, metrics, config.common.kafka, scheduling::kTopic, {.shares = &shares});
  ReferenceData reference(*store);
  const scheduling::FactsLoader facts(*store, *clock, reference);
  const OperationParts operations = scheduling::Operations(*store, *clock, facts);
  if (auto exit_code = RunOperation(argc, argv, config.common, operations)) return *exit_code;

  Waker* waker_of_commits = nullptr;  // set below, before any command runs
  const Spine spine{.store = *store,
                    .clock = *clock,
                    .metrics = metrics,
                    .topic = scheduling::kTopic,
                    .source = scheduling::kSource,
                    .on_alarm = [&](absl::Time at) { waker_of_commits->Notify(at); },
                    .on_outbox = [&](int partition) { relay.Notify(partition); }};
  scheduling::Inbound inbound(spine, facts, reference);

  // Calls, alarms and consumed records each have their own workers, so that none starves another.
  const int workers = config.common.workers;
  WorkerPool call_workers(workers, workers * 16);
  WorkerPool alarm_workers(workers, workers * 16);
  WorkerPool record_workers(workers, workers * 16);
  Waker waker(*store, *clock, metrics, alarm_workers,
              [&](const DueAlarm& alarm) { return inbound.OnAlarm(alarm); }, {.shares = &shares});
  waker_of_commits = &waker;
  Consumer consumer(config.common.kafka,
                    {.group = scheduling::kConsumerGroup,
                     .topics = {std::string(scheduling::kRegistryTopic),
                                std::string(scheduling::kAssessmentsTopic),
                                std::string(scheduling::kFundingTopic)},
                     .store = store.get()},
                    metrics, record_workers,
                    [&](const InboundRecord& record) { return inbound.OnRecord(record); });
  RpcDoor door(call_workers, *authenticator, metrics, "scheduling.pepline");
  scheduling::GrpcApi api(door, spine, facts);
  scheduling::Census census(*store, metrics);
  const CensusThread census_thread(metrics, [&] { return census.Count(); });

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
