// Events of the contract read back, as event_codec.cc wrote them.
#include <algorithm>
#include <utility>

#include "services/scheduling/domain/fields.h"
#include "services/scheduling/domain/rules.h"
#include "services/scheduling/storage/codec.h"
#include "services/scheduling/storage/event_messages.h"
#include "shared/base/london.h"
#include "shared/domain/calendar.h"
#include "shared/domain/id_forms.h"
#include "shared/engine/deadline_mapping.h"
#include "shared/engine/event_mapping.h"
#include "shared/engine/inbound_event.h"

namespace pepline::scheduling {
namespace {

// What a message says otherwise than its event's own fields, or leaves out.
struct Complete {
  const PlanState& before;
  const ChildFacts& child;
  const v1::PepReference& pep;
  absl::Time occurred_at;
  FieldReader& reader;

  void operator()(auto& event, const auto& in) const {
    if constexpr (requires { in.deadline(); }) {
      event.rule = reader.Known(ParseRule(in.deadline().rule_id()));
      ReadInstants(in.deadline(), occurred_at, event, reader);
    }
    if constexpr (requires { event.at; }) event.at = occurred_at;
    Finish(event, in);
  }

 private:
  PlanOwner Owner() const {
    return {ChildId(pep.child_id()), AuthorityCode(pep.authority_code()),
            SchoolUrn(pep.school_urn())};
  }

  void Finish(auto&, const auto&) const {}
  void Finish(PepCycleOpened& event, const v1::PepCycleOpened&) const {
    event.child = ChildId(pep.child_id());
    event.authority = AuthorityCode(pep.authority_code());
    event.school = SchoolUrn(pep.school_urn());
    Cycle& cycle = event.cycle;
    cycle.number = reader.Known(NumberOfPep(event.child, PepId(pep.pep_id())));
    // An initial PEP opens on the day care started, a move's on the day of the move; a PEP that
    // follows an open one belongs to the same care.
    cycle.care_started_on = child.care_started_on;
    if (cycle.kind == CycleKind::kInitial) cycle.care_started_on = cycle.opened_on;
    if (cycle.kind == CycleKind::kMove) cycle.moved_on = cycle.opened_on;
    const bool same_care = before.cycle && before.authority == event.authority &&
                           before.cycle->care_started_on == cycle.care_started_on;
    if (same_care) {
      cycle.previous_held_on = before.cycle->held ? std::optional(before.cycle->held->held_on)
                                                  : before.cycle->previous_held_on;
    }
  }
  static absl::Time EndOf(absl::CivilDay day) {
    return absl::FromCivil(day + 1, London()) - absl::Seconds(1);
  }
  // Who else was there is not said.
  static void ReadPeople(bool by_teacher, bool with_child, HeldMeeting& meeting) {
    if (by_teacher) meeting.chair = Attendee::kDesignatedTeacher;
    if (with_child) meeting.attendees = {Attendee::kChild};
  }
  void Finish(PepMeetingHeld& event, const v1::PepMeetingHeld& in) const {
    ReadPeople(in.chaired_by_designated_teacher(), in.child_attended(), event.meeting);
    event.held_at = std::min(occurred_at, EndOf(event.meeting.held_on));
    event.recorded_at = occurred_at;
  }
  void Finish(PepMeetingCorrected& event, const v1::PepMeetingCorrected& in) const {
    ReadPeople(in.old_chaired_by_designated_teacher(), in.old_child_attended(), event.old_meeting);
    ReadPeople(in.chaired_by_designated_teacher(), in.child_attended(), event.meeting);
    const bool was_recorded =
        before.cycle && before.cycle->recorded_at &&
        absl::ToCivilDay(*before.cycle->recorded_at, London()) >= event.meeting.held_on;
    event.held_at = std::min(was_recorded ? *before.cycle->recorded_at : occurred_at,
                             EndOf(event.meeting.held_on));
  }
  void Finish(DeadlineSet& event, const common::v1::DeadlineSet&) const {
    if (event.rule == Rule::kPepOpen && !IsOpen(before)) event.owner = Owner();
    const RuleRow* row = FindRow(event.rule);
    if (row && BeginsWhenSet(*row)) event.set_on = absl::ToCivilDay(occurred_at, London());
  }
  void Finish(PepAgeEnded& event, const v1::PepAgeEnded&) const { event.owner = Owner(); }
  void Finish(PepTransferredToSchool& event, const v1::PepTransferredToSchool& in) const {
    if (event.corrected) {
      event.moved_on = reader.DayIfAny(in.moved_on());
    } else if (!event.from.empty() && !event.planned) {
      // The first school is not a move, and a planned transfer asks for no update.
      const absl::Time recorded = std::min(child.school_recorded_at, occurred_at);
      event.moved_on = child.moved_on.value_or(absl::ToCivilDay(recorded, London()));
    }
  }
};

}  // namespace

absl::StatusOr<PlanEvent> PlanCodec::DecodeEvent(const PlanState& before, const ChildFacts& child,
                                                 const v1::SchedulingEvent& emitted) {
  FieldReader reader(FieldReader::UnknownInLists::kPassedOver);
  const auto number = NumberOfPep(before.child, PepId(emitted.pep().pep_id()));
  const bool of_earlier = number && std::ranges::count(before.earlier, *number, &Cycle::number) > 0;
  const PlanState plan = of_earlier ? *PlanOfPep(before, *number) : before;
  const absl::Time occurred_at = reader.Known(FromTimestamp(emitted.header().occurred_at()));
  auto event = DecodeFrom<PepEvent, PepMessages>(
      emitted, reader, Complete{plan, child, emitted.pep(), occurred_at, reader});
  if (!event || !reader.readable()) return EventNotReadable();
  if (!of_earlier) return std::visit([](auto& one) { return PlanEvent(std::move(one)); }, *event);
  return PlanEvent(OfEarlierPep{*number, *std::move(event)});
}

namespace {

void ForgetUnpublished(Cycle& cycle) {
  cycle.no_school_day_reason.clear();
  cycle.write_off_reason.clear();
  cycle.hand_over_reason.clear();
  for (MeetingChange& change : cycle.meeting_changes) {
    change.changed_at = absl::UnixEpoch();
    change.reason.clear();
  }
  for (Correction& correction : cycle.corrections) {
    correction.corrected_at = absl::UnixEpoch();
    correction.reason.clear();
  }
  for (auto* at : {&cycle.interim_at, &cycle.started_at, &cycle.held_at, &cycle.recorded_at}) {
    if (*at) *at = absl::UnixEpoch();
  }
  if (cycle.held) {
    HeldMeeting& held = *cycle.held;
    const bool by_teacher = ChairedByDesignatedTeacher(held);
    held.chair = by_teacher ? std::optional(Attendee::kDesignatedTeacher) : std::nullopt;
    held.attendees = ChildAttended(held) ? std::vector{Attendee::kChild} : std::vector<Attendee>();
    held.missing_pupil_views_reason.clear();
    held.missing_sdq_reason.clear();
    held.record_reason.clear();
    held.attendance_reason.clear();
  }
  for (auto& [rule, deadline] : cycle.deadlines) ForgetReminderWithoutLevel(deadline);
}

}  // namespace

PlanState PlanCodec::PublishedFieldsOnly(PlanState state) {
  if (state.pep_open) ForgetReminderWithoutLevel(*state.pep_open);
  for (Cycle& pep : state.earlier) ForgetUnpublished(pep);
  for (Cycle& pep : state.put_aside) ForgetUnpublished(pep);
  if (state.cycle) ForgetUnpublished(*state.cycle);
  return state;
}

}  // namespace pepline::scheduling
