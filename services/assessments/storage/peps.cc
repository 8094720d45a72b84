#include "services/assessments/storage/peps.h"

#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "services/assessments/storage/codec.h"
#include "shared/domain/rule_catalogue.h"
#include "shared/engine/execute.h"
#include "shared/engine/inbound_event.h"
#include "shared/projections/reference_data.h"
#include "shared/rpc/request_fields.h"

namespace pepline::assessments {
namespace {

using scheduling::v1::SchedulingEvent;

// What the event makes of the standing. False: an instant that it gives cannot be read.
bool SetRequiredBy(bool given, const google::protobuf::Timestamp& at, PepStanding& pep) {
  pep.sdq_required_by.reset();
  if (!given) return true;
  pep.sdq_required_by = FromTimestamp(at);
  return pep.sdq_required_by.has_value();
}

// The deadline that gives, or moves, the instant at which a score is wanted; null where the event
// does neither. A meeting that was held without having been scheduled has no other.
const scheduling::v1::DeadlineReference* SdqDeadlineIn(const SchedulingEvent& event) {
  const scheduling::v1::DeadlineReference* deadline = nullptr;
  if (event.has_deadline_set()) deadline = &event.deadline_set().deadline();
  if (event.has_deadline_recalculated()) deadline = &event.deadline_recalculated().deadline();
  const bool is_sdq = deadline != nullptr && deadline->rule_id() == RuleId(Rule::kSdqScored);
  return is_sdq ? deadline : nullptr;
}

bool IsAboutStanding(const SchedulingEvent& event) {
  return event.has_pep_cycle_opened() || event.has_pep_meeting_scheduled() ||
         event.has_pep_meeting_rescheduled() || event.has_pep_meeting_cancelled() ||
         event.has_pep_cycle_closed() || SdqDeadlineIn(event) != nullptr;
}

// The PEPs of a child are numbered in the order in which they open.
int NumberOf(const PepId& pep) {
  const std::string& text = pep.text();
  int number = 0;
  const auto dot = text.rfind('.');
  return dot != std::string::npos && absl::SimpleAtoi(text.substr(dot + 1), &number) ? number : 0;
}

bool Learn(const SchedulingEvent& event, PepStanding& pep) {
  const PepId id(event.pep().pep_id());
  // Of a PEP that is open beside the newest; its SDQ stays wanted as it was.
  if (NumberOf(id) < NumberOf(pep.id)) return true;
  if (pep.id != id) pep = {id, true, std::nullopt};
  if (event.has_pep_meeting_scheduled()) {
    const auto& emitted = event.pep_meeting_scheduled();
    return SetRequiredBy(emitted.has_sdq_required_by(), emitted.sdq_required_by(), pep);
  }
  if (event.has_pep_meeting_rescheduled()) {
    const auto& emitted = event.pep_meeting_rescheduled();
    return SetRequiredBy(emitted.has_sdq_required_by(), emitted.sdq_required_by(), pep);
  }
  if (const auto* deadline = SdqDeadlineIn(event)) {
    return SetRequiredBy(deadline->has_due_at(), deadline->due_at(), pep);
  }
  if (event.has_pep_meeting_cancelled()) pep.sdq_required_by.reset();
  if (event.has_pep_cycle_closed()) {
    pep.open = false;
    pep.sdq_required_by.reset();
  }
  return true;
}

}  // namespace

absl::StatusOr<bool> Peps::Receive(const SchedulingEvent& event) {
  if (!IsAboutStanding(event)) return false;
  const std::string& child = event.pep().child_id();
  // SDQs are named by their PEP and kept with the child that its name begins with.
  if (child.empty() || !event.pep().pep_id().starts_with(child + ".")) return EventNotReadable();
  absl::Status kept =
      KeepFromEvent(store_, child, {std::string(kPepKind), child}, event.header(),
                    [&](const std::optional<std::string>& bytes) -> absl::StatusOr<KeptChange> {
                      PepStanding pep;
                      if (bytes) {
                        auto before = DecodePep(*bytes);
                        if (!before.ok()) return before.status();
                        pep = *std::move(before);
                      }
                      if (!Learn(event, pep)) return EventNotReadable();
                      return KeptChange{EncodePep(pep), {}};
                    });
  if (!kept.ok()) return kept;
  return true;
}

absl::StatusOr<std::optional<PepStanding>> Peps::Find(const ChildId& child) const {
  const auto state = LoadState(store_, child.text(), {std::string(kPepKind), child.text()});
  if (!state.ok()) return state.status();
  if (!*state) return std::optional<PepStanding>();
  auto pep = DecodePep(**state);
  if (!pep.ok()) return pep.status();
  return std::optional(*std::move(pep));
}

}  // namespace pepline::assessments
