// What other services said, turned into commands on SDQs.
// registry: the child's authority and school are kept, for authorisation, and the days of its SDQs;
//   where it says these, what the child's PEP asks for catches up with them.
// scheduling: where the child's PEP stands is kept; the teacher's SDQ of an open PEP is requested,
//   and every SDQ still awaited catches up with the meeting's date.
// Promises: a repeated event has no second effect; one that the rules refuse is logged, counted and
// passed over. Errors: InvalidArgument for what cannot be read (dead letter); everything else means
// "try the same record again". Threads: safe from any thread; blocks on the store.
#ifndef PEPLINE_SERVICES_ASSESSMENTS_INBOUND_H_
#define PEPLINE_SERVICES_ASSESSMENTS_INBOUND_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "pepline/registry/v1/registry_events.pb.h"
#include "pepline/scheduling/v1/scheduling_events.pb.h"
#include "services/assessments/storage/codec.h"
#include "services/assessments/storage/peps.h"
#include "shared/engine/execute.h"
#include "shared/engine/waker.h"
#include "shared/kafka/consumer.h"
#include "shared/projections/known_children.h"

namespace pepline::assessments {

inline constexpr std::string_view kRegistryTopic = "pepline.registry.events.v1";
inline constexpr std::string_view kSchedulingTopic = "pepline.scheduling.events.v1";

class Inbound {
 public:
  Inbound(const Engine& engine, KnownChildren& children, Peps& peps)
      : engine_(engine), children_(children), peps_(peps) {}

  absl::Status OnRecord(const InboundRecord& record);
  absl::Status OnAlarm(const DueAlarm& alarm);

 private:
  absl::Status OnRegistry(const registry::v1::RegistryEvent& event);
  absl::Status OnScheduling(const scheduling::v1::SchedulingEvent& event);

  // Requests what the open PEP asks for by itself, and lets what is awaited catch up.
  absl::Status CatchUp(const ChildId& child, const std::string& traceparent);
  absl::Status Handle(const SdqKey& key, const SdqCommand& command, const Origin& origin);

  const Engine& engine_;
  KnownChildren& children_;
  Peps& peps_;
};

}  // namespace pepline::assessments

#endif  // PEPLINE_SERVICES_ASSESSMENTS_INBOUND_H_
