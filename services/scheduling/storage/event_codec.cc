// Events of the plan in the words of the contract (pepline.scheduling.v1.SchedulingEvent).
#include <utility>

#include "services/scheduling/storage/codec.h"
#include "services/scheduling/storage/conversions.h"

namespace pepline::scheduling {
namespace {

// What a deadline says of itself, from the state after the event.
v1::DeadlineReference DeadlineOf(const PlanState& after, Rule rule) {
  const Deadline* deadline = FindDeadline(after, rule);
  return deadline == nullptr ? v1::DeadlineReference()
                             : ToReference(after, rule, deadline->instants);
}

// One function per event: fills the contract's message.
void Fill(const PlanState&, const PepCycleOpened& event, v1::PepCycleOpened& out) {
  out.set_kind(ToProto(event.cycle.kind));
  out.set_academic_year(event.cycle.academic_year);
  if (event.cycle.term) out.set_term(std::string(TermName(*event.cycle.term)));
  out.set_opened_on(FormatDate(event.cycle.opened_on));
}
void Fill(const PlanState&, const PepInterimOpened& event, v1::PepInterimOpened& out) {
  out.set_opened_on(FormatDate(event.opened_on));
}
void Fill(const PlanState&, const PepMeetingScheduled& event, v1::PepMeetingScheduled& out) {
  *out.mutable_meeting_at() = ToTimestamp(event.meeting_at);
  *out.mutable_sdq_required_by() = ToTimestamp(event.sdq_required_by);
}
void Fill(const PlanState&, const PepMeetingRescheduled& event, v1::PepMeetingRescheduled& out) {
  *out.mutable_old_meeting_at() = ToTimestamp(event.old_meeting_at);
  *out.mutable_meeting_at() = ToTimestamp(event.meeting_at);
  *out.mutable_sdq_required_by() = ToTimestamp(event.sdq_required_by);
  out.set_times_rescheduled(event.times_rescheduled);
  out.set_at_short_notice(event.at_short_notice);
}
void Fill(const PlanState&, const PepMeetingCancelled& event, v1::PepMeetingCancelled& out) {
  *out.mutable_cancelled_meeting_at() = ToTimestamp(event.cancelled_meeting_at);
}
void Fill(const PlanState&, const PepPreparationStarted&, v1::PepPreparationStarted&) {}
void Fill(const PlanState&, const PepReadinessItemCompleted& event,
          v1::PepReadinessItemCompleted& out) {
  out.set_item(ToProto(event.item));
  *out.mutable_completed_at() = ToTimestamp(event.completed_at);
}
void Fill(const PlanState&, const PepReadinessItemWaived& event, v1::PepReadinessItemWaived& out) {
  out.set_item(ToProto(event.item));
  *out.mutable_waived_at() = ToTimestamp(event.waived_at);
}
void Fill(const PlanState&, const PepMeetingHeld& event, v1::PepMeetingHeld& out) {
  const HeldMeeting& meeting = event.meeting;
  out.set_held_on(FormatDate(meeting.held_on));
  out.set_chaired_by_designated_teacher(meeting.chair == Attendee::kDesignatedTeacher ||
                                        meeting.chair == Attendee::kDeputyDesignatedTeacher);
  for (Attendee attendee : meeting.attendees) {
    if (attendee == Attendee::kChild) out.set_child_attended(true);
  }
  for (ReadinessItem item : event.missing_items) out.add_missing_items(ToProto(item));
}
void Fill(const PlanState&, const EpepFinalised& event, v1::EpepFinalised& out) {
  *out.mutable_finalised_at() = ToTimestamp(event.finalised_at);
  out.set_school_days_taken(event.school_days_taken);
  out.set_within_limit(event.within_limit);
}
void Fill(const PlanState&, const PepCycleClosed& event, v1::PepCycleClosed& out) {
  out.set_outcome(ToProto(event.outcome));
}
void Fill(const PlanState&, const PepTransferredToSchool& event, v1::PepTransferredToSchool& out) {
  out.set_from_school_urn(event.from.text());
  out.set_to_school_urn(event.to.text());
  out.set_corrected(event.corrected);
  if (event.corrected) out.set_moved_on(ToText(event.moved_on));
}
void Fill(const PlanState&, const PepCareStartCorrected& event, v1::PepCareStartCorrected& out) {
  out.set_old_care_started_on(FormatDate(event.old_started_on));
  out.set_care_started_on(FormatDate(event.started_on));
  out.set_academic_year(event.academic_year);
  if (event.term) out.set_term(std::string(TermName(*event.term)));
}
void Fill(const PlanState& after, const DeadlineSet& event, v1::DeadlineSet& out) {
  *out.mutable_deadline() = DeadlineOf(after, event.rule);
}
void Fill(const PlanState& after, const DeadlineReminderReached& event,
          v1::DeadlineReminderReached& out) {
  *out.mutable_deadline() = DeadlineOf(after, event.rule);
}
void Fill(const PlanState& after, const DeadlineMissed& event, v1::DeadlineMissed& out) {
  *out.mutable_deadline() = DeadlineOf(after, event.rule);
}
void Fill(const PlanState& after, const DeadlineMet& event, v1::DeadlineMet& out) {
  *out.mutable_deadline() = DeadlineOf(after, event.rule);
  *out.mutable_met_at() = ToTimestamp(event.met_at);
  out.set_late(event.late);
}
void Fill(const PlanState& after, const DeadlineRecalculated& event,
          v1::DeadlineRecalculated& out) {
  *out.mutable_deadline() = DeadlineOf(after, event.rule);
  *out.mutable_old_due_at() = ToTimestamp(event.old_due_at);
  out.set_miss_withdrawn(event.miss_withdrawn);
}
void Fill(const PlanState& after, const DeadlineWithdrawn& event, v1::DeadlineWithdrawn& out) {
  *out.mutable_deadline() = DeadlineOf(after, event.rule);
  if (event.waived_at) *out.mutable_waived_at() = ToTimestamp(*event.waived_at);
  out.set_late(event.late);
}

// Which member of the oneof an event is.
auto* MemberOf(const PepCycleOpened&, v1::SchedulingEvent& out) {
  return out.mutable_pep_cycle_opened();
}
auto* MemberOf(const PepInterimOpened&, v1::SchedulingEvent& out) {
  return out.mutable_pep_interim_opened();
}
auto* MemberOf(const PepMeetingScheduled&, v1::SchedulingEvent& out) {
  return out.mutable_pep_meeting_scheduled();
}
auto* MemberOf(const PepMeetingRescheduled&, v1::SchedulingEvent& out) {
  return out.mutable_pep_meeting_rescheduled();
}
auto* MemberOf(const PepMeetingCancelled&, v1::SchedulingEvent& out) {
  return out.mutable_pep_meeting_cancelled();
}
auto* MemberOf(const PepPreparationStarted&, v1::SchedulingEvent& out) {
  return out.mutable_pep_preparation_started();
}
auto* MemberOf(const PepReadinessItemCompleted&, v1::SchedulingEvent& out) {
  return out.mutable_pep_readiness_item_completed();
}
auto* MemberOf(const PepReadinessItemWaived&, v1::SchedulingEvent& out) {
  return out.mutable_pep_readiness_item_waived();
}
auto* MemberOf(const PepMeetingHeld&, v1::SchedulingEvent& out) {
  return out.mutable_pep_meeting_held();
}
auto* MemberOf(const EpepFinalised&, v1::SchedulingEvent& out) {
  return out.mutable_epep_finalised();
}
auto* MemberOf(const PepCycleClosed&, v1::SchedulingEvent& out) {
  return out.mutable_pep_cycle_closed();
}
auto* MemberOf(const PepTransferredToSchool&, v1::SchedulingEvent& out) {
  return out.mutable_pep_transferred_to_school();
}
auto* MemberOf(const PepCareStartCorrected&, v1::SchedulingEvent& out) {
  return out.mutable_pep_care_start_corrected();
}
auto* MemberOf(const DeadlineSet&, v1::SchedulingEvent& out) { return out.mutable_deadline_set(); }
auto* MemberOf(const DeadlineReminderReached&, v1::SchedulingEvent& out) {
  return out.mutable_deadline_reminder_reached();
}
auto* MemberOf(const DeadlineMissed&, v1::SchedulingEvent& out) {
  return out.mutable_deadline_missed();
}
auto* MemberOf(const DeadlineMet&, v1::SchedulingEvent& out) { return out.mutable_deadline_met(); }
auto* MemberOf(const DeadlineRecalculated&, v1::SchedulingEvent& out) {
  return out.mutable_deadline_recalculated();
}
auto* MemberOf(const DeadlineWithdrawn&, v1::SchedulingEvent& out) {
  return out.mutable_deadline_withdrawn();
}

}  // namespace

EncodedEvent PlanCodec::EncodeEvent(const PlanState& after, const PlanEvent& event,
                                    const common::v1::EventHeader& header) {
  const auto encode = [&header](const PlanState& of, const auto& one) -> EncodedEvent {
    v1::SchedulingEvent envelope;
    *envelope.mutable_header() = header;
    *envelope.mutable_pep() = ReferenceOf(of);
    auto* member = MemberOf(one, envelope);
    Fill(of, one, *member);
    return {member->GetDescriptor()->full_name(), of.child.text(), envelope.SerializeAsString()};
  };
  return std::visit(
      Match{[&](const OfEarlierPep& of) {
              const PlanState alone = PlanOfPep(after, of.number).value_or(PlanState());
              return std::visit([&](const auto& one) { return encode(alone, one); }, of.event);
            },
            [&](const auto& one) { return encode(after, one); }},
      event);
}

}  // namespace pepline::scheduling
