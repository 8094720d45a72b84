// Keeps what registry, scheduling and assessments said: which children are looked after, by which
// authority and at which school; which PEPs they have, and the outcomes of each; and the bank
// holidays and profiles that deadlines count by.
// When bank holidays or a profile change, an alarm is due at once; when it fires, the alarms of the
// requests that wait become due as well (shared/engine/changed_facts.h).
// Promises: a repeated event has no second effect. Errors: InvalidArgument for what cannot be read
// (dead letter); everything else means "try the same record again". Threads: safe from any thread;
// blocks on the store.
#ifndef PEPLINE_SERVICES_FUNDING_INBOUND_H_
#define PEPLINE_SERVICES_FUNDING_INBOUND_H_

#include <string_view>

#include "absl/status/status.h"
#include "services/funding/storage/facts.h"
#include "shared/engine/changed_facts.h"
#include "shared/engine/command.h"
#include "shared/kafka/consumer.h"
#include "shared/projections/child_peps.h"
#include "shared/projections/known_children.h"
#include "shared/projections/reference_data.h"

namespace pepline::funding {

inline constexpr std::string_view kRegistryTopic = "pepline.registry.events.v1";
inline constexpr std::string_view kSchedulingTopic = "pepline.scheduling.events.v1";
inline constexpr std::string_view kAssessmentsTopic = "pepline.assessments.events.v1";

class Inbound {
 public:
  Inbound(const Engine& engine, const FactsLoader& facts, ReferenceData& reference,
          KnownChildren& children, ChildPeps& peps)
      : engine_(engine),
        facts_(facts),
        reference_(reference),
        children_(children),
        peps_(peps),
        changed_(engine) {}

  absl::Status OnRecord(const InboundRecord& record);
  absl::Status OnAlarm(const DueAlarm& alarm);

 private:
  absl::Status OnRegistry(const registry::v1::RegistryEvent& event);
  absl::Status Wake(const DueAlarm& alarm);

  const Engine& engine_;
  const FactsLoader& facts_;
  ReferenceData& reference_;
  KnownChildren& children_;
  ChildPeps& peps_;
  ChangedFacts changed_;
};

}  // namespace pepline::funding

#endif  // PEPLINE_SERVICES_FUNDING_INBOUND_H_
