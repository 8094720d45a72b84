#include "services/scheduling/api/answers.h"

#include "services/scheduling/domain/rules.h"
#include "services/scheduling/storage/conversions.h"

namespace pepline::scheduling {

v1::Pep ToPep(const PlanState& state) {
  const Cycle& cycle = *state.cycle;
  v1::Pep pep;
  *pep.mutable_reference() = ReferenceOf(state);
  pep.set_kind(ToProto(cycle.kind));
  pep.set_state(ToProto(cycle.stage));
  pep.set_academic_year(cycle.academic_year);
  if (cycle.term) pep.set_term(std::string(TermName(*cycle.term)));
  pep.set_opened_on(FormatDate(cycle.opened_on));
  if (cycle.meeting_at) *pep.mutable_meeting_at() = ToTimestamp(*cycle.meeting_at);
  pep.set_times_rescheduled(cycle.times_rescheduled);
  if (cycle.held) {
    const HeldMeeting& held = *cycle.held;
    pep.set_held_on(FormatDate(held.held_on));
    pep.set_chaired_by_designated_teacher(held.chair == Attendee::kDesignatedTeacher ||
                                          held.chair == Attendee::kDeputyDesignatedTeacher);
    for (Attendee attendee : held.attendees) pep.add_attendees(ToProto(attendee));
  }
  if (cycle.finalised_at) *pep.mutable_finalised_at() = ToTimestamp(*cycle.finalised_at);
  for (const auto& [item, completed_at] : cycle.readiness) {
    auto* tick = pep.add_readiness();
    tick->set_item(ToProto(item));
    *tick->mutable_completed_at() = ToTimestamp(completed_at);
  }
  for (const auto& [item, waived_at] : cycle.waived) {
    auto* waiver = pep.add_waivers();
    waiver->set_item(ToProto(item));
    *waiver->mutable_waived_at() = ToTimestamp(waived_at);
  }
  for (const auto& [rule, deadline] : cycle.deadlines) {
    *pep.add_deadlines() = ToDeadline(state, rule, deadline);
  }
  if (state.pep_open && IsLive(*state.pep_open)) {
    *pep.add_deadlines() = ToDeadline(state, Rule::kPepOpen, *state.pep_open);
  }
  if (cycle.outcome) pep.set_outcome(ToProto(*cycle.outcome));
  return pep;
}

v1::PepRecord ToRecord(const PlanState& state) {
  const Cycle& cycle = *state.cycle;
  v1::PepRecord record;
  for (const MeetingChange& change : cycle.meeting_changes) {
    auto* shown = record.add_meeting_changes();
    *shown->mutable_changed_at() = ToTimestamp(change.changed_at);
    *shown->mutable_old_meeting_at() = ToTimestamp(change.old_meeting_at);
    if (change.meeting_at) *shown->mutable_meeting_at() = ToTimestamp(*change.meeting_at);
    shown->set_reason(change.reason);
  }
  record.set_no_school_day_reason(cycle.no_school_day_reason);
  if (cycle.held) {
    if (cycle.held->chair) record.set_chair(ToProto(*cycle.held->chair));
    record.set_missing_pupil_views_reason(cycle.held->missing_pupil_views_reason);
    record.set_missing_sdq_reason(cycle.held->missing_sdq_reason);
  }
  record.set_write_off_reason(cycle.write_off_reason);
  return record;
}

std::vector<PlanState> PepsIn(const PlanState& state) {
  std::vector<PlanState> peps;
  for (const Cycle& pep : state.earlier) peps.push_back(*PlanOfPep(state, pep.number));
  if (state.cycle) peps.push_back(*PlanOfPep(state, state.cycle->number));
  return peps;
}

v1::Deadline ToDeadline(const PlanState& state, Rule rule, const Deadline& deadline) {
  v1::Deadline shown;
  *shown.mutable_pep() = ReferenceOf(state);
  *shown.mutable_deadline() = ToReference(state, rule, deadline.instants);
  shown.set_state(ToProto(deadline.status));
  if (deadline.met_at) *shown.mutable_met_at() = ToTimestamp(*deadline.met_at);
  shown.set_late(deadline.late);
  if (deadline.waived_at) *shown.mutable_waived_at() = ToTimestamp(*deadline.waived_at);
  return shown;
}

}  // namespace pepline::scheduling
