// Events of the contract read back, as event_codec.cc wrote them.
#include <algorithm>
#include <utility>

#include "pepline/scheduling/v1/scheduling_events.pb.h"
#include "services/scheduling/domain/rules.h"
#include "services/scheduling/storage/codec.h"
#include "services/scheduling/storage/conversions.h"
#include "shared/base/london.h"
#include "shared/domain/calendar.h"
#include "shared/domain/id_forms.h"
#include "shared/engine/field_reader.h"
#include "shared/engine/inbound_event.h"
#include "shared/projections/policy_conversions.h"
#include "shared/rpc/request_fields.h"

namespace pepline::scheduling {
namespace {

using v1::SchedulingEvent;

class Reader : public FieldReader {
 public:
  explicit Reader(const SchedulingEvent& emitted)
      : occurred_at(At(emitted.header().occurred_at())) {}

  absl::Time At(const google::protobuf::Timestamp& at) { return Known(FromTimestamp(at)); }
  Rule RuleOf(const v1::DeadlineReference& deadline) {
    return Known(ParseRule(deadline.rule_id()));
  }
  DeadlineInstants Instants(const v1::DeadlineReference& deadline) {
    DeadlineInstants instants;
    instants.due_at = At(deadline.due_at());
    instants.calendar_known = deadline.calendar_known();
    instants.provisional = deadline.provisional();
    instants.after_interim = deadline.after_interim();
    for (const auto& level : deadline.levels()) {
      instants.levels.push_back({level.level(), At(level.at()), KnownRoles(level.recipients())});
    }
    return instants;
  }

  absl::Time occurred_at;
};

PepEvent Decode(const PlanState& before, const ChildFacts& child, const v1::PepReference& pep,
                const v1::PepCycleOpened& emitted, Reader& reader) {
  Cycle cycle;
  cycle.number = reader.Known(NumberOfPep(ChildId(pep.child_id()), PepId(pep.pep_id())));
  cycle.kind = reader.Known(FromProto(emitted.kind()));
  cycle.academic_year = emitted.academic_year();
  if (!emitted.term().empty()) cycle.term = reader.Known(ParseTerm(emitted.term()));
  cycle.opened_on = reader.Day(emitted.opened_on());
  const AuthorityCode authority(pep.authority_code());
  // An initial PEP opens on the day care started, a move's on the day of the move; a PEP that
  // follows an open one belongs to the same care.
  cycle.care_started_on = child.care_started_on;
  if (cycle.kind == CycleKind::kInitial) cycle.care_started_on = cycle.opened_on;
  if (cycle.kind == CycleKind::kMove) cycle.moved_on = cycle.opened_on;
  const bool same_care = before.cycle && before.authority == authority &&
                         before.cycle->care_started_on == cycle.care_started_on;
  if (same_care) {
    cycle.previous_held_on = before.cycle->held ? std::optional(before.cycle->held->held_on)
                                                : before.cycle->previous_held_on;
  }
  return PepCycleOpened{ChildId(pep.child_id()), authority, SchoolUrn(pep.school_urn()),
                        std::move(cycle)};
}

PepEvent Decode(const v1::PepMeetingHeld& emitted, Reader& reader) {
  PepMeetingHeld held;
  held.meeting.held_on = reader.Day(emitted.held_on());
  if (emitted.chaired_by_designated_teacher()) held.meeting.chair = Attendee::kDesignatedTeacher;
  if (emitted.child_attended()) held.meeting.attendees = {Attendee::kChild};
  const absl::Time end_of_day =
      absl::FromCivil(held.meeting.held_on + 1, London()) - absl::Seconds(1);
  held.held_at = std::min(reader.occurred_at, end_of_day);
  held.recorded_at = reader.occurred_at;
  for (int item : emitted.missing_items()) {
    held.missing_items.push_back(reader.Known(FromProto(static_cast<v1::ReadinessItem>(item))));
  }
  return held;
}

PepEvent Decode(const PlanState& before, const v1::PepReference& pep,
                const v1::DeadlineSet& emitted, Reader& reader) {
  DeadlineSet set{reader.RuleOf(emitted.deadline()), reader.Instants(emitted.deadline()), false};
  set.reminder_passed = reader.occurred_at >= MissedFrom(set.instants.due_at);
  if (set.rule == Rule::kPepOpen && !IsOpen(before)) {
    set.owner = PlanOwner{ChildId(pep.child_id()), AuthorityCode(pep.authority_code()),
                          SchoolUrn(pep.school_urn())};
  }
  return set;
}

PepEvent Decode(const ChildFacts& child, const v1::PepTransferredToSchool& emitted,
                Reader& reader) {
  PepTransferredToSchool transferred{SchoolUrn(emitted.from_school_urn()),
                                     SchoolUrn(emitted.to_school_urn()), std::nullopt,
                                     emitted.corrected()};
  if (emitted.corrected()) {
    if (!emitted.moved_on().empty()) transferred.moved_on = reader.Day(emitted.moved_on());
    return transferred;
  }
  // The first school is not a move.
  if (!transferred.from.empty()) {
    const absl::Time recorded = std::min(child.school_recorded_at, reader.occurred_at);
    transferred.moved_on = child.moved_on.value_or(absl::ToCivilDay(recorded, London()));
  }
  return transferred;
}

PepEvent Decode(const v1::PepCareStartCorrected& emitted, Reader& reader) {
  PepCareStartCorrected corrected{reader.Day(emitted.old_care_started_on()),
                                  reader.Day(emitted.care_started_on()), emitted.academic_year(),
                                  std::nullopt};
  if (!emitted.term().empty()) corrected.term = reader.Known(ParseTerm(emitted.term()));
  return corrected;
}

std::optional<PepEvent> Decode(const PlanState& before, const ChildFacts& child,
                               const SchedulingEvent& emitted, Reader& reader) {
  switch (emitted.event_case()) {
    case SchedulingEvent::kPepCycleOpened:
      return Decode(before, child, emitted.pep(), emitted.pep_cycle_opened(), reader);
    case SchedulingEvent::kPepInterimOpened:
      return PepInterimOpened{reader.occurred_at,
                              reader.Day(emitted.pep_interim_opened().opened_on())};
    case SchedulingEvent::kPepMeetingScheduled:
      return PepMeetingScheduled{reader.At(emitted.pep_meeting_scheduled().meeting_at()),
                                 reader.At(emitted.pep_meeting_scheduled().sdq_required_by())};
    case SchedulingEvent::kPepMeetingRescheduled: {
      const auto& moved = emitted.pep_meeting_rescheduled();
      return PepMeetingRescheduled{reader.At(moved.old_meeting_at()),
                                   reader.At(moved.meeting_at()),
                                   reader.At(moved.sdq_required_by()),
                                   moved.times_rescheduled(),
                                   moved.at_short_notice(),
                                   {},
                                   {},
                                   reader.occurred_at};
    }
    case SchedulingEvent::kPepMeetingCancelled:
      return PepMeetingCancelled{reader.At(emitted.pep_meeting_cancelled().cancelled_meeting_at()),
                                 {},
                                 reader.occurred_at};
    case SchedulingEvent::kPepPreparationStarted:
      return PepPreparationStarted{reader.occurred_at};
    case SchedulingEvent::kPepReadinessItemCompleted:
      return PepReadinessItemCompleted{
          reader.Known(FromProto(emitted.pep_readiness_item_completed().item())),
          reader.At(emitted.pep_readiness_item_completed().completed_at())};
    case SchedulingEvent::kPepReadinessItemWaived:
      return PepReadinessItemWaived{
          reader.Known(FromProto(emitted.pep_readiness_item_waived().item())),
          reader.At(emitted.pep_readiness_item_waived().waived_at())};
    case SchedulingEvent::kPepMeetingHeld:
      return Decode(emitted.pep_meeting_held(), reader);
    case SchedulingEvent::kEpepFinalised:
      return EpepFinalised{reader.At(emitted.epep_finalised().finalised_at()),
                           emitted.epep_finalised().school_days_taken(),
                           emitted.epep_finalised().within_limit()};
    case SchedulingEvent::kPepCycleClosed:
      return PepCycleClosed{reader.Known(FromProto(emitted.pep_cycle_closed().outcome()))};
    case SchedulingEvent::kPepTransferredToSchool:
      return Decode(child, emitted.pep_transferred_to_school(), reader);
    case SchedulingEvent::kPepCareStartCorrected:
      return Decode(emitted.pep_care_start_corrected(), reader);
    case SchedulingEvent::kDeadlineSet:
      return Decode(before, emitted.pep(), emitted.deadline_set(), reader);
    case SchedulingEvent::kDeadlineReminderReached:
      return DeadlineReminderReached{reader.RuleOf(emitted.deadline_reminder_reached().deadline())};
    case SchedulingEvent::kDeadlineMissed:
      return DeadlineMissed{reader.RuleOf(emitted.deadline_missed().deadline())};
    case SchedulingEvent::kDeadlineMet:
      return DeadlineMet{reader.RuleOf(emitted.deadline_met().deadline()),
                         reader.At(emitted.deadline_met().met_at()), emitted.deadline_met().late()};
    case SchedulingEvent::kDeadlineRecalculated: {
      const auto& moved = emitted.deadline_recalculated();
      return DeadlineRecalculated{reader.RuleOf(moved.deadline()),
                                  reader.Instants(moved.deadline()), reader.At(moved.old_due_at()),
                                  moved.miss_withdrawn()};
    }
    case SchedulingEvent::kDeadlineWithdrawn: {
      const auto& withdrawn = emitted.deadline_withdrawn();
      DeadlineWithdrawn event{reader.RuleOf(withdrawn.deadline()), std::nullopt, withdrawn.late()};
      if (withdrawn.has_waived_at()) event.waived_at = reader.At(withdrawn.waived_at());
      return event;
    }
    case SchedulingEvent::EVENT_NOT_SET:
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

absl::StatusOr<PlanEvent> PlanCodec::DecodeEvent(const PlanState& before, const ChildFacts& child,
                                                 const SchedulingEvent& emitted) {
  Reader reader(emitted);
  const auto number = NumberOfPep(before.child, PepId(emitted.pep().pep_id()));
  const bool of_earlier = number && std::ranges::count(before.earlier, *number, &Cycle::number) > 0;
  auto event =
      scheduling::Decode(of_earlier ? *PlanOfPep(before, *number) : before, child, emitted, reader);
  if (!event || !reader.readable()) return EventNotReadable();
  if (!of_earlier) return std::visit([](auto& one) { return PlanEvent(std::move(one)); }, *event);
  return PlanEvent(OfEarlierPep{*number, *std::move(event)});
}

namespace {

// Without a reminder there is nothing that this could hold back.
void ForgetReminded(Deadline& deadline) {
  if (!ReminderAt(deadline.instants)) deadline.reminded = false;
}

void ForgetUnpublished(Cycle& cycle) {
  cycle.no_school_day_reason.clear();
  cycle.write_off_reason.clear();
  for (MeetingChange& change : cycle.meeting_changes) {
    change.changed_at = absl::UnixEpoch();
    change.reason.clear();
  }
  for (auto* at : {&cycle.interim_at, &cycle.started_at, &cycle.held_at, &cycle.recorded_at}) {
    if (*at) *at = absl::UnixEpoch();
  }
  if (cycle.held) {
    HeldMeeting& held = *cycle.held;
    const bool by_teacher = held.chair == Attendee::kDesignatedTeacher ||
                            held.chair == Attendee::kDeputyDesignatedTeacher;
    const bool child = std::ranges::find(held.attendees, Attendee::kChild) != held.attendees.end();
    held.chair = by_teacher ? std::optional(Attendee::kDesignatedTeacher) : std::nullopt;
    held.attendees = child ? std::vector{Attendee::kChild} : std::vector<Attendee>();
    held.missing_pupil_views_reason.clear();
    held.missing_sdq_reason.clear();
  }
  for (auto& [rule, deadline] : cycle.deadlines) ForgetReminded(deadline);
}

}  // namespace

PlanState PlanCodec::PublishedFieldsOnly(PlanState state) {
  if (state.pep_open) ForgetReminded(*state.pep_open);
  for (Cycle& pep : state.earlier) ForgetUnpublished(pep);
  for (Cycle& pep : state.put_aside) ForgetUnpublished(pep);
  if (state.cycle) ForgetUnpublished(*state.cycle);
  return state;
}

}  // namespace pepline::scheduling
