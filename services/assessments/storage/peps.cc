#include "services/assessments/storage/peps.h"

#include <algorithm>
#include <string>
#include <utility>

#include "services/assessments/storage/codec.h"
#include "shared/domain/id_forms.h"
#include "shared/domain/rule_catalogue.h"
#include "shared/engine/execute.h"
#include "shared/engine/inbound_event.h"
#include "shared/projections/reference_data.h"
#include "shared/rpc/request_fields.h"

namespace pepline::assessments {
namespace {

using scheduling::v1::SchedulingEvent;

// By when the SDQ is wanted from now on. A day that is past when the meeting is set, moved or
// called off stays: moving a meeting ends no lateness. False: an instant that it gives cannot be
// read.
bool MoveWithMeeting(bool given, const google::protobuf::Timestamp& at, absl::Time emitted_at,
                     std::optional<absl::Time>& required_by) {
  const auto instant = given ? FromTimestamp(at) : std::nullopt;
  if (given && !instant) return false;
  if (required_by && emitted_at >= MissedFrom(*required_by)) return true;
  required_by = instant;
  return true;
}

bool IsOfSdq(const common::v1::DeadlineReference& deadline) {
  return deadline.rule_id() == RuleId(Rule::kSdqScored);
}

// The deadline that gives, or moves, the instant at which a score is wanted; null where the event
// does neither. A meeting that was held without having been scheduled has no other.
const common::v1::DeadlineReference* SdqDeadlineIn(const SchedulingEvent& event) {
  const common::v1::DeadlineReference* deadline = nullptr;
  if (event.has_deadline_set()) deadline = &event.deadline_set().deadline();
  if (event.has_deadline_recalculated()) deadline = &event.deadline_recalculated().deadline();
  return deadline != nullptr && IsOfSdq(*deadline) ? deadline : nullptr;
}

// False: its instant cannot be read.
bool FollowDeadline(const common::v1::DeadlineReference& deadline,
                    std::optional<absl::Time>& required_by) {
  required_by = FromTimestamp(deadline.due_at());
  return deadline.has_due_at() && required_by.has_value();
}

// Its SDQ is waited for no more: it is there, or that of a later PEP serves this one too.
bool EndsSdqDeadline(const SchedulingEvent& event) {
  return (event.has_deadline_met() && IsOfSdq(event.deadline_met().deadline())) ||
         (event.has_deadline_withdrawn() && IsOfSdq(event.deadline_withdrawn().deadline()));
}

bool IsAboutStanding(const SchedulingEvent& event) {
  return event.has_pep_cycle_opened() || event.has_pep_meeting_scheduled() ||
         event.has_pep_meeting_rescheduled() || event.has_pep_meeting_cancelled() ||
         event.has_pep_cycle_closed() || SdqDeadlineIn(event) != nullptr || EndsSdqDeadline(event);
}

// Of a PEP that is open beside the newest, whose meetings are not set any more.
bool LearnOfEarlier(const SchedulingEvent& event, PepStanding& pep) {
  const PepId id(event.pep().pep_id());
  const auto found = std::ranges::find(pep.earlier, id, &OpenPep::id);
  if (found == pep.earlier.end()) return true;
  if (event.has_pep_cycle_closed()) {
    pep.earlier.erase(found);
  } else if (EndsSdqDeadline(event)) {
    found->sdq_required_by.reset();
  } else if (const auto* deadline = SdqDeadlineIn(event)) {
    return FollowDeadline(*deadline, found->sdq_required_by);
  }
  return true;
}

bool Learn(const SchedulingEvent& event, absl::Time emitted_at, PepStanding& pep) {
  const PepId id(event.pep().pep_id());
  const ChildId child(event.pep().child_id());
  if (NumberOfPep(child, id) < NumberOfPep(child, pep.id)) return LearnOfEarlier(event, pep);
  if (pep.id != id) {
    if (pep.open) pep.earlier.push_back({pep.id, pep.sdq_required_by});
    pep = {id, true, std::nullopt, std::move(pep.earlier)};
  }
  const auto move_with = [&](const auto& meeting) {
    return MoveWithMeeting(meeting.has_sdq_required_by(), meeting.sdq_required_by(), emitted_at,
                           pep.sdq_required_by);
  };
  if (event.has_pep_meeting_scheduled()) return move_with(event.pep_meeting_scheduled());
  if (event.has_pep_meeting_rescheduled()) return move_with(event.pep_meeting_rescheduled());
  if (event.has_pep_meeting_cancelled()) {
    return MoveWithMeeting(false, {}, emitted_at, pep.sdq_required_by);
  }
  if (const auto* deadline = SdqDeadlineIn(event)) {
    return FollowDeadline(*deadline, pep.sdq_required_by);
  }
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
  const auto emitted_at = FromTimestamp(event.header().occurred_at());
  if (child.empty() || !emitted_at || !event.pep().pep_id().starts_with(child + ".")) {
    return EventNotReadable();
  }
  absl::Status kept =
      KeepFromEvent(store_, child, {std::string(kPepKind), child}, event.header(),
                    [&](const std::optional<std::string>& bytes) -> absl::StatusOr<KeptChange> {
                      PepStanding pep;
                      if (bytes) {
                        auto before = DecodePep(*bytes);
                        if (!before.ok()) return before.status();
                        pep = *std::move(before);
                      }
                      if (!Learn(event, *emitted_at, pep)) return EventNotReadable();
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
