// pepline-notifications: builds every part by name and runs them until the signal to stop.
#include <curl/curl.h>

#include <iostream>
#include <memory>

#include "services/notifications/census.h"
#include "services/notifications/config.h"
#include "services/notifications/grpc_api.h"
#include "services/notifications/inbound.h"
#include "services/notifications/numbers.h"
#include "services/notifications/operations.h"
#include "shared/runtime/log.h"
#include "shared/runtime/service.h"

int main(int argc, char** argv) {
  using namespace pepline;
  SetLogService("notifications");
  Settings settings(Settings::FromProcess());
  const notifications::Config config = notifications::ReadConfig(settings);
  if (auto exit_code = HandleArguments(argc, argv, "notifications", settings)) return *exit_code;
  curl_global_init(CURL_GLOBAL_DEFAULT);  // before any thread
  Metrics metrics(notifications::NotificationsMetrics());
  const std::unique_ptr<Clock> clock = MakeClock(config.common);
  const std::unique_ptr<Authenticator> authenticator = MakeAuthenticator(config.common, metrics);
  const auto signer = TokenSigner::Create(
      config.signing_key_file, config.common.auth.service_issuer, config.common.auth.audience);
  if (!signer.ok()) std::cerr << "PEPLINE_SIGNING_KEY_FILE: " << signer.status().message() << "\n";
  const auto credentials = MakeChannelCredentials(config.common);
  if (!clock || !authenticator || !signer.ok() || !credentials) return 2;
  const auto store = RedisStore::Create(config.common.redis, &metrics);
  Shares shares;
  OutboxRelay relay(*store, metrics, config.common.kafka, notifications::kTopic,
                    {.shares = &shares});
  KnownChildren children(*store, *clock);
  const notifications::FactsLoader facts(*store, *clock);
  const OperationParts operations = notifications::Operations(*store, *clock, facts);
  if (auto exit_code = RunOperation(argc, argv, config.common, operations)) return *exit_code;
  Waker* waker_of_commits = nullptr;  // set below, before any command runs
  const Spine spine{.store = *store,
                    .clock = *clock,
                    .metrics = metrics,
                    .topic = notifications::kTopic,
                    .source = notifications::kSource,
                    .on_alarm = [&](absl::Time at) { waker_of_commits->Notify(at); },
                    .on_outbox = [&](int partition) { relay.Notify(partition); }};
  notifications::ContactBook contacts(config.registry_address, credentials, **signer);
  notifications::Hearing hearing(metrics);
  notifications::Deliverer deliverer(spine, facts, contacts, hearing, config.mail, shares);
  notifications::Inbound inbound(spine, facts, children, deliverer, hearing);
  // Calls, alarms and consumed records each have their own workers, so that none starves another.
  const int workers = config.common.workers;
  WorkerPool call_workers(workers, workers * 16);
  WorkerPool alarm_workers(workers, workers * 16);
  WorkerPool record_workers(workers, workers * 16);
  Waker waker(*store, *clock, metrics, alarm_workers,
              [&](const DueAlarm& alarm) { return inbound.OnAlarm(alarm); }, {.shares = &shares});
  waker_of_commits = &waker;
  Consumer consumer(config.common.kafka, notifications::WhatIsRead(*store), metrics, record_workers,
                    [&](const InboundRecord& record) { return inbound.OnRecord(record); });
  hearing.Listen([&](auto& topic, auto& key) { return consumer.CaughtUpSince(topic, key); });
  RpcDoor door(call_workers, *authenticator, metrics, "notifications.pepline");
  notifications::GrpcApi api(door, spine, facts, children, deliverer, hearing);
  notifications::Census census(*store, *clock, metrics);
  const CensusThread census_thread(metrics, [&] { return census.Count(); });
  const int exit_code = Serve(config.common, metrics,
                              {.grpc_services = {&api},
                               .door = &door,
                               .store = store.get(),
                               .relay = &relay,
                               .waker = &waker,
                               .consumer = &consumer,
                               .clock = clock.get(),
                               .shares = &shares});
  deliverer.Stop();
  return exit_code;
}
