// pepline-registry: builds every part by name and runs them until the signal to stop.
#include "services/registry/api/grpc_api.h"
#include "services/registry/config.h"
#include "services/registry/import/importer.h"
#include "services/registry/import/opaque_ids.h"
#include "services/registry/inbound.h"
#include "services/registry/metrics.h"
#include "services/registry/operations.h"
#include "services/registry/storage/facts.h"
#include "shared/process/service_host.h"

int main(int argc, char** argv) {
  using namespace pepline;
  Settings settings(Settings::FromProcess());
  const registry::Config config = registry::ReadConfig(settings);
  ServiceHost host(argc, argv, {"registry", {registry::kTopic}}, settings, config.common,
                   registry::RegistryMetrics());
  const registry::FactsLoader facts(host.store(), host.clock());
  const registry::OpaqueIds ids(config.id_key);
  registry::Inbound inbound(host.engine(), facts);
  const auto import_workers = host.MoreWorkers();
  const registry::Importer importer(host.engine(), facts, ids, *import_workers);
  registry::GrpcApi api(host.server(), host.engine(), facts, importer);
  return host.Run({.api = &api,
                   .api_name = registry::v1::RegistryService::service_full_name(),
                   .on_record = [&](const auto& record) { return inbound.OnRecord(record); },
                   .on_alarm = [&](const auto& alarm) { return inbound.OnAlarm(alarm); },
                   .operations = registry::Operations(host.store(), host.clock(), facts)});
}
