// pepline-assessments: builds every part by name and runs them until the signal to stop.
#include "services/assessments/api/grpc_api.h"
#include "services/assessments/config.h"
#include "services/assessments/gauges.h"
#include "services/assessments/inbound.h"
#include "services/assessments/metrics.h"
#include "services/assessments/operations.h"
#include "services/assessments/storage/peps.h"
#include "shared/process/service_host.h"
#include "shared/projections/known_children.h"

int main(int argc, char** argv) {
  using namespace pepline;
  Settings settings(Settings::FromProcess());
  const assessments::Config config = assessments::ReadConfig(settings);
  ServiceHost host(
      argc, argv,
      {"assessments",
       {std::string(assessments::kRegistryTopic), std::string(assessments::kSchedulingTopic)}},
      settings, config.common, assessments::AssessmentsMetrics());
  KnownChildren children(host.store(), host.clock());
  assessments::Peps peps(host.store());
  assessments::Inbound inbound(host.engine(), children, peps);
  assessments::GrpcApi api(host.server(), host.engine(), children, peps);
  assessments::Gauges gauges(host.store(), children, host.metrics());
  return host.Run({.api = &api,
                   .api_name = assessments::v1::AssessmentsService::service_full_name(),
                   .on_record = [&](const auto& record) { return inbound.OnRecord(record); },
                   .on_alarm = [&](const auto& alarm) { return inbound.OnAlarm(alarm); },
                   .count = [&] { return gauges.Count(); },
                   .operations = assessments::Operations(host.store(), host.clock())});
}
