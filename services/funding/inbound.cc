#include "services/funding/inbound.h"

#include "shared/engine/inbound_event.h"

namespace pepline::funding {

using registry::v1::RegistryEvent;
using scheduling::v1::SchedulingEvent;

absl::Status Inbound::OnRecord(const InboundRecord& record) {
  if (record.topic == kSchedulingTopic) {
    return ReadThen<SchedulingEvent>(record, [this](const SchedulingEvent& event) {
      if (event.event_case() == SchedulingEvent::EVENT_NOT_SET) {
        metrics_.Count("pepline_funding_unknown_events_total", {{"topic", kSchedulingTopic}});
      }
      return peps_.Receive(event);
    });
  }
  if (record.topic != kRegistryTopic) {
    return absl::InvalidArgumentError("funding does not read this topic");
  }
  return ReadThen<RegistryEvent>(record, [this](const RegistryEvent& event) {
    if (event.event_case() == RegistryEvent::EVENT_NOT_SET) {
      metrics_.Count("pepline_funding_unknown_events_total", {{"topic", kRegistryTopic}});
    }
    // Events that are about no child are not funding's concern.
    return children_.Receive(event).status();
  });
}

}  // namespace pepline::funding
