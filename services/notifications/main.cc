// pepline-notifications: builds every part by name and runs them until the signal to stop.
#include <curl/curl.h>

#include <iostream>

#include "services/notifications/api/grpc_api.h"
#include "services/notifications/config.h"
#include "services/notifications/gauges.h"
#include "services/notifications/inbound.h"
#include "services/notifications/metrics.h"
#include "services/notifications/operations.h"
#include "shared/process/service_host.h"

int main(int argc, char** argv) {
  using namespace pepline;
  curl_global_init(CURL_GLOBAL_DEFAULT);  // before any thread
  Settings settings(Settings::FromProcess());
  const notifications::Config config = notifications::ReadConfig(settings);
  ServiceHost host(argc, argv, {"notifications", notifications::TopicsRead()}, settings,
                   config.common, notifications::NotificationsMetrics());
  const auto signer = TokenSigner::Create(
      config.signing_key_file, config.common.auth.service_issuer, config.common.auth.audience);
  if (!signer.ok()) std::cerr << "PEPLINE_SIGNING_KEY_FILE: " << signer.status().message() << "\n";
  const auto credentials = MakeChannelCredentials(config.common);
  if (!signer.ok() || !credentials) return 2;

  KnownChildren children(host.store(), host.clock());
  const notifications::FactsLoader facts(host.store(), host.clock());
  notifications::ContactBook contacts(config.registry_address, credentials, **signer);
  notifications::CatchUpGate gate(host.metrics());
  gate.Watch([&](auto& topic, auto& key) { return host.CaughtUpSince(topic, key); },
             [&](auto& alert) { return notifications::ChildOf(host.store(), alert); });
  notifications::Deliverer deliverer(host.engine(), facts, contacts, gate, config.mail,
                                     host.ownership());
  notifications::Inbound inbound(host.engine(), facts, children, deliverer, gate);
  notifications::GrpcApi api(host.server(), host.engine(), facts, children, deliverer, gate);
  notifications::Gauges gauges(host.store(), host.clock(), host.metrics());
  const int exit_code =
      host.Run({.api = &api,
                .api_name = notifications::v1::NotificationsService::service_full_name(),
                .on_record = [&](const auto& record) { return inbound.OnRecord(record); },
                .on_alarm = [&](const auto& alarm) { return inbound.OnAlarm(alarm); },
                .count = [&] { return gauges.Count(); },
                .operations = notifications::Operations(host.store(), host.clock(), facts)});
  deliverer.Stop();
  return exit_code;
}
