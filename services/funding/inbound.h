// What registry and scheduling said, kept: which children are looked after, by which authority, at
// which school, and which PEPs they have.
// Promises: a repeated event has no second effect. Errors: InvalidArgument for what cannot be read
// (dead letter); everything else means "try the same record again". Threads: safe from any thread;
// blocks on the store.
#ifndef PEPLINE_SERVICES_FUNDING_INBOUND_H_
#define PEPLINE_SERVICES_FUNDING_INBOUND_H_

#include <string_view>

#include "absl/status/status.h"
#include "services/funding/storage/child_peps.h"
#include "shared/kafka/consumer.h"
#include "shared/observability/metrics.h"
#include "shared/projections/known_children.h"

namespace pepline::funding {

inline constexpr std::string_view kRegistryTopic = "pepline.registry.events.v1";
inline constexpr std::string_view kSchedulingTopic = "pepline.scheduling.events.v1";

class Inbound {
 public:
  Inbound(KnownChildren& children, ChildPeps& peps, Metrics& metrics)
      : children_(children), peps_(peps), metrics_(metrics) {}

  absl::Status OnRecord(const InboundRecord& record);

 private:
  KnownChildren& children_;
  ChildPeps& peps_;
  Metrics& metrics_;
};

}  // namespace pepline::funding

#endif  // PEPLINE_SERVICES_FUNDING_INBOUND_H_
