// pepline-scheduling: builds every part by name and runs them until the signal to stop.
#include "services/scheduling/api/grpc_api.h"
#include "services/scheduling/config.h"
#include "services/scheduling/gauges.h"
#include "services/scheduling/inbound.h"
#include "services/scheduling/metrics.h"
#include "services/scheduling/operations.h"
#include "services/scheduling/storage/facts.h"
#include "shared/process/service_host.h"
#include "shared/projections/reference_data.h"

int main(int argc, char** argv) {
  using namespace pepline;
  Settings settings(Settings::FromProcess());
  const scheduling::Config config = scheduling::ReadConfig(settings);
  ServiceHost host(
      argc, argv,
      {"scheduling",
       {std::string(scheduling::kRegistryTopic), std::string(scheduling::kAssessmentsTopic),
        std::string(scheduling::kFundingTopic)}},
      settings, config.common, scheduling::SchedulingMetrics());
  ReferenceData reference(host.store());
  const scheduling::FactsLoader facts(host.store(), host.clock(), reference);
  scheduling::Inbound inbound(host.engine(), facts, reference);
  scheduling::GrpcApi api(host.server(), host.engine(), facts);
  scheduling::Gauges gauges(host.store(), host.metrics());
  return host.Run({.api = &api,
                   .api_name = scheduling::v1::SchedulingService::service_full_name(),
                   .on_record = [&](const auto& record) { return inbound.OnRecord(record); },
                   .on_alarm = [&](const auto& alarm) { return inbound.OnAlarm(alarm); },
                   .count = [&] { return gauges.Count(); },
                   .operations = scheduling::Operations(host.store(), host.clock(), facts)});
}
