#include "services/assessments/inbound.h"

#include <utility>

#include "services/assessments/metrics.h"
#include "shared/engine/inbound_event.h"
#include "shared/engine/paging.h"

namespace pepline::assessments {
namespace {

using registry::v1::RegistryEvent;
using scheduling::v1::SchedulingEvent;

// A child has one awaited SDQ for each informant of a PEP at most; PEPs of all school years fit.
constexpr int kMostAwaited = 1000;

}  // namespace

absl::Status Inbound::OnRecord(const InboundRecord& record) {
  return ReadTopics(
      "assessments", engine_, record,
      Reads<RegistryEvent>(kRegistryTopic, [this](const auto& event) { return OnRegistry(event); }),
      Reads<SchedulingEvent>(kSchedulingTopic,
                             [this](const auto& event) { return OnScheduling(event); }));
}

absl::Status Inbound::OnAlarm(const DueAlarm& alarm) {
  const auto key = ParseSdqId(alarm.key.id);
  if (!key) return absl::DataLossError("an alarm belongs to no SDQ; see `pepctl rebuild`");
  return Handle(*key, Wake{}, Origin::Alarm(alarm.due_at));
}

absl::Status Inbound::OnRegistry(const RegistryEvent& event) {
  auto kept = children_.Receive(event);
  if (!kept.ok()) return kept.status();
  if (!event.has_child_became_looked_after()) return absl::OkStatus();
  return CatchUp(ChildId(event.child_became_looked_after().child_id()),
                 event.header().traceparent());
}

absl::Status Inbound::OnScheduling(const SchedulingEvent& event) {
  auto kept = peps_.Receive(event);
  if (!kept.ok()) return kept.status();
  if (!*kept) return absl::OkStatus();  // not assessments' concern
  return CatchUp(ChildId(event.pep().child_id()), event.header().traceparent());
}

absl::Status Inbound::CatchUp(const ChildId& child, const std::string& traceparent) {
  // Requesting what is there and catching up have no second effect, so they need no mark; as an
  // alarm they also renew the SDQ's own alarm when nothing has to be said.
  Origin origin = Origin::Alarm(std::nullopt);
  origin.traceparent = traceparent;
  auto pep = peps_.Find(child);
  if (!pep.ok()) return pep.status();
  if (*pep && (*pep)->open) {
    const SdqKey key{child, (*pep)->id, Purpose::kPep, Informant::kTeacher};
    absl::Status requested = Handle(key, RequestSdq{key, /*by_itself=*/true}, origin);
    if (!requested.ok()) return requested;
  }
  auto awaited = ListAcross(engine_.store, {OpenSdqs(), child.text(), child.text() + "."},
                            kMostAwaited, /*page_token=*/"");
  if (!awaited.ok()) return awaited.status();
  for (const std::string& id : awaited->members) {
    const auto key = ParseSdqId(id);
    if (!key) return absl::DataLossError("an index names no SDQ; see `pepctl rebuild`");
    if (absl::Status woken = Handle(*key, Wake{}, origin); !woken.ok()) return woken;
  }
  return absl::OkStatus();
}

absl::Status Inbound::Handle(const SdqKey& key, const SdqCommand& command, const Origin& origin) {
  const Inputs<SdqCodec> inputs = {.facts = [this](const SdqState&, const RecordStates& also) {
    return FactsAt(engine_.clock.Now(), also);
  }};
  return HandleInbound<SdqCodec>(engine_, TargetOf(key), command, origin, inputs, &CountSdqEvents);
}

}  // namespace pepline::assessments
