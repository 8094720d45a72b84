// pepline-assessments: builds every part by name and runs them until the signal to stop.
#include <memory>

#include "services/assessments/census.h"
#include "services/assessments/config.h"
#include "services/assessments/grpc_api.h"
#include "services/assessments/inbound.h"
#include "services/assessments/numbers.h"
#include "services/assessments/operations.h"
#include "services/assessments/peps.h"
#include "shared/runtime/known_children.h"
#include "shared/runtime/log.h"
#include "shared/runtime/service.h"

int main(int argc, char** argv) {
  using namespace pepline;
  SetLogService("assessments");
  Settings settings(Settings::FromProcess());
  const assessments::Config config = assessments::ReadConfig(settings);
  if (auto exit_code = HandleArguments(argc, argv, "assessments", settings)) return *exit_code;

  Metrics metrics(assessments::AssessmentsMetrics());
  const std::unique_ptr<Clock> clock = MakeClock(config.common);
  const std::unique_ptr<Authenticator> authenticator = MakeAuthenticator(config.common, metrics);
  if (!clock || !authenticator) return 2;

  const auto store = RedisStore::Create(config.common.redis, &metrics);
  const OperationParts operations = assessments::Operations(*store, *clock);
  if (auto exit_code = RunOperation(argc, argv, config.common, operations)) return *exit_code;
  Shares shares;
  OutboxRelay relay(*store, metrics, config.common.kafka, assessments::kTopic, {.shares = &shares});
  KnownChildren children(*store, *clock);
  assessments::Peps peps(*store);

  Waker* waker_of_commits = nullptr;  // set below, before any command runs
  const Spine spine{.store = *store,
                    .clock = *clock,
                    .metrics = metrics,
                    .topic = assessments::kTopic,
                    .source = assessments::kSource,
                    .on_alarm = [&](absl::Time at) { waker_of_commits->Notify(at); },
                    .on_outbox = [&](int partition) { relay.Notify(partition); }};
  assessments::Inbound inbound(spine, children, peps);

  // Calls, alarms and consumed records each have their own workers, so that none starves another.
  const int workers = config.common.workers;
  WorkerPool call_workers(workers, workers * 16);
  WorkerPool alarm_workers(workers, workers * 16);
  WorkerPool record_workers(workers, workers * 16);
  Waker waker(*store, *clock, metrics, alarm_workers,
              [&](const DueAlarm& alarm) { return inbound.OnAlarm(alarm); }, {.shares = &shares});
  waker_of_commits = &waker;
  Consumer consumer(config.common.kafka,
                    {.group = assessments::kConsumerGroup,
                     .topics = {std::string(assessments::kRegistryTopic),
                                std::string(assessments::kSchedulingTopic)},
                     .store = store.get()},
                    metrics, record_workers,
                    [&](const InboundRecord& record) { return inbound.OnRecord(record); });
  RpcDoor door(call_workers, *authenticator, metrics, "assessments.pepline");
  assessments::GrpcApi api(door, spine, children, peps);
  assessments::Census census(*store, children, metrics);
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
