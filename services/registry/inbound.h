// Registry's own events, which carry facts from one of its records to another: children and their
// care to the school they are at, appointments of Designated Teachers to their school; and, by
// alarms that are due at once, a new profile or calendar to the schools whose vacancy could not be
// counted yet, and a new profile to the children whose SDQs it asks for at other ages. Promises: a
// repeated event has no second effect; the command is made from what is on record now, so late
// events cannot undo newer ones; one that the rules refuse is logged, counted and passed over.
// Errors: InvalidArgument for what cannot be read (dead letter); everything else means "try the
// same record again". Threads: safe from any thread; blocks on the store.
#ifndef PEPLINE_SERVICES_REGISTRY_INBOUND_H_
#define PEPLINE_SERVICES_REGISTRY_INBOUND_H_

#include <string>

#include "absl/status/status.h"
#include "pepline/registry/v1/registry_events.pb.h"
#include "services/registry/storage/codec.h"
#include "services/registry/storage/facts.h"
#include "shared/engine/changed_facts.h"
#include "shared/engine/execute.h"
#include "shared/engine/waker.h"
#include "shared/kafka/consumer.h"

namespace pepline::registry {

class Inbound {
 public:
  Inbound(const Engine& engine, const FactsLoader& facts)
      : engine_(engine), facts_(facts), changed_(engine) {}

  absl::Status OnRecord(const InboundRecord& record);
  absl::Status OnAlarm(const DueAlarm& alarm);

 private:
  absl::Status OnEvent(const v1::RegistryEvent& event);
  // Lets the school know whether the child counts there now.
  absl::Status CountChild(const ChildId& child, const SchoolUrn& school,
                          const common::v1::EventHeader& header);
  absl::Status OnCare(const ChildId& child, const common::v1::EventHeader& header);
  template <class Post>
  absl::Status OnPost(const Post& emitted, const common::v1::EventHeader& header);
  template <class Codec>
  absl::Status Handle(const std::string& id, const typename Codec::Rules::Command& command,
                      const Origin& origin);

  const Engine& engine_;
  const FactsLoader& facts_;
  ChangedFacts changed_;
};

}  // namespace pepline::registry

#endif  // PEPLINE_SERVICES_REGISTRY_INBOUND_H_
