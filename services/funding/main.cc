// pepline-funding: builds every part by name and runs them until the signal to stop.
#include "services/funding/api/grpc_api.h"
#include "services/funding/config.h"
#include "services/funding/gauges.h"
#include "services/funding/inbound.h"
#include "services/funding/metrics.h"
#include "services/funding/operations.h"
#include "services/funding/storage/facts.h"
#include "shared/process/service_host.h"
#include "shared/projections/child_peps.h"
#include "shared/projections/known_children.h"
#include "shared/projections/reference_data.h"

int main(int argc, char** argv) {
  using namespace pepline;
  Settings settings(Settings::FromProcess());
  const funding::Config config = funding::ReadConfig(settings);
  ServiceHost host(argc, argv,
                   {"funding",
                    {std::string(funding::kRegistryTopic), std::string(funding::kSchedulingTopic),
                     std::string(funding::kAssessmentsTopic)}},
                   settings, config.common, funding::FundingMetrics());
  KnownChildren children(host.store(), host.clock());
  ReferenceData reference(host.store());
  const funding::FactsLoader facts(host.clock(), reference);
  ChildPeps peps(host.store());
  funding::Inbound inbound(host.engine(), facts, reference, children, peps);
  funding::GrpcApi api(host.server(), host.engine(), children, facts);
  funding::Gauges gauges(host.store(), host.clock(), host.metrics());
  return host.Run({.api = &api,
                   .api_name = funding::v1::FundingService::service_full_name(),
                   .on_record = [&](const auto& record) { return inbound.OnRecord(record); },
                   .on_alarm = [&](const auto& alarm) { return inbound.OnAlarm(alarm); },
                   .count = [&] { return gauges.Count(); },
                   .operations = funding::Operations(host.store(), host.clock(), facts)});
}
