#include "services/funding/inbound.h"

#include <string>
#include <vector>

#include "services/funding/metrics.h"
#include "services/funding/storage/codec.h"
#include "shared/engine/inbound_event.h"
#include "shared/projections/child_outcomes.h"

namespace pepline::funding {

using assessments::v1::AssessmentsEvent;
using registry::v1::RegistryEvent;
using scheduling::v1::SchedulingEvent;

absl::Status Inbound::OnRecord(const InboundRecord& record) {
  return ReadTopics(
      "funding", engine_, record,
      Reads<RegistryEvent>(kRegistryTopic, [this](const auto& event) { return OnRegistry(event); }),
      Reads<SchedulingEvent>(kSchedulingTopic,
                             [this](const auto& event) { return peps_.Receive(event); }),
      Reads<AssessmentsEvent>(kAssessmentsTopic, [this](const auto& event) {
        return KeepOutcome(engine_.store, event);
      }));
}

absl::Status Inbound::OnRegistry(const RegistryEvent& event) {
  // Terms and schools' calendars count for no request.
  if (!event.has_bank_holidays_published() && !event.has_policy_profile_adopted()) {
    // Events that are about no child are not funding's concern.
    return children_.Receive(event).status();
  }
  const absl::Time now = engine_.clock.Now();
  auto kept = reference_.Receive(event, now);
  if (!kept.ok()) return kept.status();
  // The alarm of what was kept is due; the requests follow from there (OnAlarm).
  if (engine_.on_alarm) engine_.on_alarm(now);
  return absl::OkStatus();
}

absl::Status Inbound::OnAlarm(const DueAlarm& alarm) {
  if (alarm.key.kind == FundingCodec::kKind) return Wake(alarm);
  // A request that waits for nothing has no deadline that runs. Those of other authorities are
  // woken too by a profile, since there is no list of requests by authority; they change nothing.
  if (alarm.key.kind == kBankHolidays || alarm.key.kind == kPolicy) {
    return changed_.Spread(alarm,
                           {.listed = OpenRequests(), .kind = std::string(FundingCodec::kKind)});
  }
  return absl::InternalError("an alarm of a record that has none");
}

absl::Status Inbound::Wake(const DueAlarm& alarm) {
  const FundingRequestId request(alarm.key.id);
  const auto line = LineOf(request);
  if (!line) return absl::DataLossError("an alarm belongs to no request; see `pepctl rebuild`");
  const Inputs<FundingCodec> inputs = {.facts = [&](const FundingState&, const RecordStates&) {
    return facts_.Load(line->authority);
  }};
  return HandleInbound<FundingCodec>(engine_, TargetOf(request, *line), funding::Wake{},
                                     Origin::Alarm(alarm.due_at), inputs,
                                     [](Metrics& metrics, const std::vector<FundingEvent>& events) {
                                       CountEvents(metrics, events);
                                     });
}

}  // namespace pepline::funding
