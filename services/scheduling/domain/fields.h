// The fields of what scheduling keeps, publishes and answers (shared/domain/field_list.h).
#ifndef PEPLINE_SERVICES_SCHEDULING_DOMAIN_FIELDS_H_
#define PEPLINE_SERVICES_SCHEDULING_DOMAIN_FIELDS_H_

#include "services/scheduling/domain/epep/epep.h"
#include "services/scheduling/domain/plan.h"
#include "shared/domain/fields.h"

namespace pepline {

template <>
struct TextForm<EpepPhase> : NamedText<EpepPhaseName, ParseEpepPhase> {};
template <>
struct TextForm<SectionOwner> : NamedText<SectionOwnerName, ParseSectionOwner> {};

}  // namespace pepline

namespace pepline::scheduling {

void Fields(auto& map, Of<HeldMeeting> auto& held) {
  map(FIELD(held_on), held.held_on);
  map(FIELD(chair), held.chair);
  map(FIELD(attendees), held.attendees);
  map.Kept(FIELD(missing_pupil_views_reason), held.missing_pupil_views_reason);
  map.Kept(FIELD(missing_sdq_reason), held.missing_sdq_reason);
  map.Kept(FIELD(record_reason), held.record_reason);
  map.Kept(FIELD(attendance_reason), held.attendance_reason);
  map(FIELD(irregularities), held.irregularities);
}
void Fields(auto& map, Of<MeetingChange> auto& change) {
  map(FIELD(changed_at), change.changed_at);
  map(FIELD(old_meeting_at), change.old_meeting_at);
  map(FIELD(meeting_at), change.meeting_at);
  map.Kept(FIELD(reason), change.reason);
}
void Fields(auto& map, Of<Correction> auto& correction) {
  map(FIELD(corrected_at), correction.corrected_at);
  map(FIELD(old_held_on), correction.old_held_on);
  map(FIELD(old_finalised_at), correction.old_finalised_at);
  map.Kept(FIELD(reason), correction.reason);
}
// Without the deadlines, which are stored in two lists (storage/codec.cc).
void Fields(auto& map, Of<Cycle> auto& pep) {
  map(FIELD(number), pep.number);
  map(FIELD(kind), pep.kind);
  map(FIELD(academic_year), pep.academic_year);
  map(FIELD(term), pep.term);
  map(FIELD(opened_on), pep.opened_on);
  map(FIELD(care_started_on), pep.care_started_on);
  map(FIELD(previous_held_on), pep.previous_held_on);
  map(FIELD(moved_on), pep.moved_on);
  map(FIELD(stage), pep.stage);
  map(FIELD(meeting_at), pep.meeting_at);
  map.Kept(FIELD(no_school_day_reason), pep.no_school_day_reason);
  map(FIELD(times_rescheduled), pep.times_rescheduled);
  map(FIELD(meeting_changes), pep.meeting_changes);
  map(FIELD(interim_at), pep.interim_at);
  map(FIELD(started_at), pep.started_at);
  map(FIELD(held), pep.held);
  map(FIELD(held_at), pep.held_at);
  map(FIELD(recorded_at), pep.recorded_at);
  map(FIELD(unrecorded_meeting_at), pep.unrecorded_meeting_at);
  map(FIELD(finalised_at), pep.finalised_at);
  map.Rows(FIELD(readiness), pep.readiness, FIELD(item), FIELD(completed_at));
  map.Rows(FIELD(waivers), pep.waived, FIELD(item), FIELD(waived_at));
  map(FIELD(outcome), pep.outcome);
  map.Kept(FIELD(write_off_reason), pep.write_off_reason);
  map(FIELD(school_urn), pep.school);
  map.Kept(FIELD(hand_over_reason), pep.hand_over_reason);
  map(FIELD(meeting_to_confirm), pep.meeting_to_confirm);
  map(FIELD(costing_requests), pep.costing_requests);
  map(FIELD(costs_ticked_by_hand), pep.costs_ticked_by_hand);
  map(FIELD(corrections), pep.corrections);
  map(FIELD(epep_versions), pep.epep_versions);
}
void Fields(auto& map, Of<ClosedPep> auto& closed) {
  map(FIELD(number), closed.number);
  map(FIELD(academic_year), closed.academic_year);
  map(FIELD(term), closed.term);
}

// What registry emitted about a child; storage/codec.cc stores two days beside these.
void Fields(auto& map, Of<ChildFacts> auto& child) {
  map(FIELD(authority_code), child.authority);
  map(FIELD(in_care), child.in_care);
  map(FIELD(care_recorded_at), child.care_recorded_at);
  map(FIELD(pep_required), child.pep_required);
  map(FIELD(school_urn), child.school);
  map(FIELD(school_authority_code), child.school_authority);
  map(FIELD(moved_on), child.moved_on);
  map(FIELD(school_recorded_at), child.school_recorded_at);
  map(FIELD(ceased_on), child.ceased_on);
  map(FIELD(earlier_care_starts), child.earlier_care_starts);
  map(FIELD(school_corrected), child.school_corrected);
  map(FIELD(wrong_moves), child.wrong_moves);
  map(FIELD(move_taken_back), child.move_taken_back);
  map(FIELD(adult_on), child.adult_on);
}

// Events. What one says of its deadline, its PEP and its child is filled in from the state
// (storage/event_codec.cc).
void Fields(auto& map, Of<PepCycleOpened> auto& event) { map.Inline(event.cycle); }
void Fields(auto& map, Of<PepInterimOpened> auto& event) { map(FIELD(opened_on), event.opened_on); }
void Fields(auto& map, Of<PepMeetingScheduled> auto& event) {
  map(FIELD(meeting_at), event.meeting_at);
  map(FIELD(sdq_required_by), event.sdq_required_by);
  map.Kept(FIELD(no_school_day_reason), event.no_school_day_reason);
}
void Fields(auto& map, Of<PepMeetingRescheduled> auto& event) {
  map(FIELD(old_meeting_at), event.old_meeting_at);
  map(FIELD(meeting_at), event.meeting_at);
  map(FIELD(sdq_required_by), event.sdq_required_by);
  map(FIELD(times_rescheduled), event.times_rescheduled);
  map(FIELD(at_short_notice), event.at_short_notice);
  map.Kept(FIELD(no_school_day_reason), event.no_school_day_reason);
  map.Kept(FIELD(reason), event.reason);
  map(FIELD(put_off_again), event.put_off_again);
}
void Fields(auto& map, Of<PepMeetingCancelled> auto& event) {
  map(FIELD(cancelled_meeting_at), event.cancelled_meeting_at);
  map.Kept(FIELD(reason), event.reason);
  map(FIELD(put_off_again), event.put_off_again);
}
void Fields(auto& map, Of<PepMeetingConfirmed> auto& event) {
  map(FIELD(meeting_at), event.meeting_at);
  map.Kept(FIELD(no_school_day_reason), event.no_school_day_reason);
}
void Fields(auto&, Of<PepPreparationStarted> auto&) {}
void Fields(auto& map, Of<PepReadinessItemCompleted> auto& event) {
  map(FIELD(item), event.item);
  map(FIELD(completed_at), event.completed_at);
  map(FIELD(funding_request_id), event.request);
}
void Fields(auto& map, Of<PepCostsWithdrawn> auto& event) {
  map(FIELD(funding_request_id), event.request);
  map(FIELD(withdrawn_at), event.withdrawn_at);
  map(FIELD(item_open_again), event.open_again);
}
void Fields(auto& map, Of<PepReadinessItemReopened> auto& event) {
  map(FIELD(item), event.item);
  map(FIELD(reopened_at), event.reopened_at);
}
void Fields(auto& map, Of<PepReadinessItemWaived> auto& event) {
  map(FIELD(item), event.item);
  map(FIELD(waived_at), event.waived_at);
}
void Fields(auto& map, Of<PepMeetingHeld> auto& event) {
  map(FIELD(held_on), event.meeting.held_on);
  map(FIELD(missing_items), event.missing_items);
  map(FIELD(irregularities), event.meeting.irregularities);
}
void Fields(auto& map, Of<PepMeetingCorrected> auto& event) {
  map(FIELD(old_held_on), event.old_meeting.held_on);
  map(FIELD(held_on), event.meeting.held_on);
  map(FIELD(irregularities), event.meeting.irregularities);
  map.Kept(FIELD(reason), event.reason);
}
void Fields(auto& map, Of<EpepFinalisationTakenBack> auto& event) {
  map(FIELD(finalised_at), event.finalised_at);
  map.Kept(FIELD(reason), event.reason);
}
void Fields(auto& map, Of<EpepFinalised> auto& event) {
  map(FIELD(finalised_at), event.finalised_at);
  map(FIELD(school_days_taken), event.school_days_taken);
  map(FIELD(within_limit), event.within_limit);
  map(FIELD(version), event.version);
  map(FIELD(sections_complete), event.sections_complete);
}
void Fields(auto& map, Of<PepCycleClosed> auto& event) {
  map(FIELD(outcome), event.outcome);
  map.Kept(FIELD(write_off_reason), event.write_off_reason);
}
void Fields(auto& map, Of<PepTransferredToSchool> auto& event) {
  map(FIELD(from_school_urn), event.from);
  map(FIELD(to_school_urn), event.to);
  map(FIELD(corrected), event.corrected);
  map(FIELD(meeting_to_confirm), event.meeting_to_confirm);
  map(FIELD(planned_transfer), event.planned);
}
void Fields(auto& map, Of<PepHandedOver> auto& event) {
  map(FIELD(from_school_urn), event.from);
  map(FIELD(to_school_urn), event.to);
  map.Kept(FIELD(reason), event.reason);
}
void Fields(auto& map, Of<PepAgeEnded> auto& event) { map(FIELD(adult_on), event.adult_on); }
void Fields(auto& map, Of<PepCareStartCorrected> auto& event) {
  map(FIELD(old_care_started_on), event.old_started_on);
  map(FIELD(care_started_on), event.started_on);
  map(FIELD(academic_year), event.academic_year);
  map(FIELD(term), event.term);
}
void Fields(auto&, Of<DeadlineSet> auto&) {}

// The content of an ePEP, and what happens to it. The text is in no event.
void Fields(auto& map, Of<SectionContent> auto& content) {
  map.Kept(FIELD(text), content.text);
  map(FIELD(revision), content.revision);
  map(FIELD(written_at), content.written_at);
  map(FIELD(completed_at), content.completed_at);
}
void Fields(auto& map, Of<SectionStanding> auto& standing) {
  map(FIELD(pep_id), standing.pep);
  map(FIELD(section), standing.section);
  map.Inline(standing.content);
}
void Fields(auto& map, Of<EpepState> auto& epep) {
  map(FIELD(child_id), epep.child);
  map(FIELD(pep_id), epep.pep);
  map.Rows(FIELD(sections), epep.sections, FIELD(code));
}
void Fields(auto& map, Of<FormSection> auto& section) {
  map(FIELD(code), section.code);
  map(FIELD(owner), section.owner);
  map(FIELD(mandatory), section.mandatory);
}
void Fields(auto& map, Of<EpepSection> auto& section) {
  map.Inline(section.form);
  map(FIELD(on_form), section.on_form);
  map.Inline(section.content);
}
void Fields(auto& map, Of<EpepVersion> auto& version) {
  map(FIELD(child_id), version.child);
  map(FIELD(pep_id), version.pep);
  map(FIELD(version), version.version);
  map(FIELD(finalised_at), version.finalised_at);
  map(FIELD(phase), version.phase);
  map(FIELD(sections), version.sections);
}
void Fields(auto& map, Of<Completeness> auto& so_far) {
  map(FIELD(mandatory), so_far.mandatory);
  map(FIELD(mandatory_complete), so_far.mandatory_complete);
  map(FIELD(missing), so_far.missing);
}
void Fields(auto&, Of<EpepSectionWritten> auto&) {}
void Fields(auto& map, Of<EpepSectionCompleted, EpepSectionReopened> auto& event) {
  map(FIELD(section), event.section);
  map(FIELD(mandatory_complete), event.mandatory_complete);
  map(FIELD(mandatory), event.mandatory);
}

}  // namespace pepline::scheduling

#endif  // PEPLINE_SERVICES_SCHEDULING_DOMAIN_FIELDS_H_
