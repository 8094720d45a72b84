// What other services said, turned into commands on plans.
// registry: a child's care and school are kept in the child's record, then the plan catches up;
//   calendars and profiles are kept as reference data, whose alarm is due then; when it fires, so
//   are the alarms of the plans they count for (changed_facts.h).
// assessments, funding: readiness items are ticked; what was settled not to be done is waived.
// Promises: a repeated event has no second effect; one that the rules refuse is logged, counted and
// passed over. Errors: InvalidArgument for what cannot be read (dead letter); everything else means
// "try the same record again". Threads: safe from any thread; blocks on the store.
#ifndef PEPLINE_SERVICES_SCHEDULING_INBOUND_H_
#define PEPLINE_SERVICES_SCHEDULING_INBOUND_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "pepline/assessments/v1/assessments_events.pb.h"
#include "pepline/funding/v1/funding_events.pb.h"
#include "pepline/registry/v1/registry_events.pb.h"
#include "services/scheduling/storage/facts.h"
#include "shared/engine/changed_facts.h"
#include "shared/engine/execute.h"
#include "shared/engine/waker.h"
#include "shared/kafka/consumer.h"
#include "shared/projections/reference_data.h"

namespace pepline::scheduling {

inline constexpr std::string_view kRegistryTopic = "pepline.registry.events.v1";
inline constexpr std::string_view kAssessmentsTopic = "pepline.assessments.events.v1";
inline constexpr std::string_view kFundingTopic = "pepline.funding.events.v1";

class Inbound {
 public:
  Inbound(const Engine& engine, const FactsLoader& facts, ReferenceData& reference)
      : engine_(engine), facts_(facts), reference_(reference), changed_(engine) {}

  absl::Status OnRecord(const InboundRecord& record);
  absl::Status OnAlarm(const DueAlarm& alarm);

 private:
  absl::Status OnRegistry(const registry::v1::RegistryEvent& event);
  absl::Status OnAssessments(const assessments::v1::AssessmentsEvent& event);
  absl::Status OnSdqScored(const assessments::v1::AssessmentsEvent& event);
  absl::Status OnSdqNotObtained(const assessments::v1::AssessmentsEvent& event);
  absl::Status OnPupilViewsCorrected(const assessments::v1::AssessmentsEvent& event);
  absl::Status OnFunding(const funding::v1::FundingEvent& event);

  // Keeps what a child's event says and lets the plan catch up.
  absl::Status OnChild(const std::string& child_id, const registry::v1::RegistryEvent& event);
  // `fired`: from an alarm, its due_at; nullopt: from anything else.
  absl::Status Wake(const ChildId& child, std::optional<absl::Time> fired,
                    const std::string& traceparent);
  absl::Status Tick(const std::string& child_id, const std::string& pep_id, ReadinessItem item,
                    const google::protobuf::Timestamp& done_at,
                    const common::v1::EventHeader& header);
  // What another service says of an item: done or waived, as a command.
  template <class ToCommand>
  absl::Status Report(const std::string& child_id, const std::string& pep_id,
                      const google::protobuf::Timestamp& reported_at,
                      const common::v1::EventHeader& header, ToCommand to_command);
  absl::Status Handle(const ChildId& child, const PlanCommand& command, const Origin& origin);

  const Engine& engine_;
  const FactsLoader& facts_;
  ReferenceData& reference_;
  ChangedFacts changed_;
};

}  // namespace pepline::scheduling

#endif  // PEPLINE_SERVICES_SCHEDULING_INBOUND_H_
