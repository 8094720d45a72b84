// Events of the plan in the words of the contract (pepline.scheduling.v1.SchedulingEvent).
#include <utility>

#include "services/scheduling/domain/fields.h"
#include "services/scheduling/storage/codec.h"
#include "services/scheduling/storage/conversions.h"
#include "services/scheduling/storage/epep_codec.h"
#include "services/scheduling/storage/event_messages.h"
#include "shared/engine/event_mapping.h"

namespace pepline::scheduling {
namespace {

// What a message says beside its event's own fields, from the state after the event.
struct Complete {
  const PlanState& after;

  void operator()(const auto& event, auto& out) const {
    if constexpr (requires { out.mutable_deadline(); }) {
      const Deadline* deadline = FindDeadline(after, event.rule);
      *out.mutable_deadline() = deadline ? ToReference(after, event.rule, deadline->instants)
                                         : common::v1::DeadlineReference();
    }
  }
  void operator()(const EpepFinalised& event, v1::EpepFinalised& out) const {
    if (event.content) out.set_content_sha256(Sha256Of(*event.content));
  }
  void operator()(const PepMeetingHeld& event, v1::PepMeetingHeld& out) const {
    out.set_chaired_by_designated_teacher(ChairedByDesignatedTeacher(event.meeting));
    out.set_child_attended(ChildAttended(event.meeting));
  }
  void operator()(const PepMeetingCorrected& event, v1::PepMeetingCorrected& out) const {
    out.set_old_chaired_by_designated_teacher(ChairedByDesignatedTeacher(event.old_meeting));
    out.set_chaired_by_designated_teacher(ChairedByDesignatedTeacher(event.meeting));
    out.set_old_child_attended(ChildAttended(event.old_meeting));
    out.set_child_attended(ChildAttended(event.meeting));
  }
  void operator()(const PepTransferredToSchool& event, v1::PepTransferredToSchool& out) const {
    if (event.corrected) out.set_moved_on(ToText(event.moved_on));
  }
};

}  // namespace

EncodedEvent PlanCodec::EncodeEvent(const PlanState& after, const PlanEvent& event,
                                    const common::v1::EventHeader& header) {
  const auto* of_earlier = std::get_if<OfEarlierPep>(&event);
  const PlanState alone =
      of_earlier ? PlanOfPep(after, of_earlier->number).value_or(PlanState()) : PlanState();
  const PlanState& of = of_earlier ? alone : after;
  v1::SchedulingEvent envelope;
  *envelope.mutable_header() = header;
  *envelope.mutable_pep() = ReferenceOf(of);
  // The school that finalised it; with that it is the child's school's.
  const PepEvent one = ToPepEvent(event);
  if (std::holds_alternative<EpepFinalised>(one) && of.cycle && !of.cycle->school.empty()) {
    envelope.mutable_pep()->set_school_urn(of.cycle->school.text());
  }
  return EncodeInto<PepMessages>(envelope, of.child.text(), one, Complete{of});
}

}  // namespace pepline::scheduling
