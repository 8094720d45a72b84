#include "services/scheduling/storage/codec.h"

#include <algorithm>
#include <array>
#include <utility>

#include "services/scheduling/domain/rules.h"
#include "services/scheduling/storage/conversions.h"
#include "shared/engine/field_reader.h"

namespace pepline::scheduling {
namespace {

namespace stored = storage::v1;

absl::Time FromMicros(std::int64_t micros) { return absl::FromUnixMicros(micros); }

// The rules that every version knows. One that a version before does not know stands in a list that
// it does not look at; it would not read a plan that has one among the others.
constexpr std::array kReadByAll = {Rule::kInitialStarted,   Rule::kInitialAvailable,
                                   Rule::kHeldByTermCutOff, Rule::kHeldWithinFourMonths,
                                   Rule::kUpdatedAfterMove, Rule::kDraftReady,
                                   Rule::kFinalised,        Rule::kSdqScored};

void Encode(const Deadline& deadline, Rule rule, stored::Deadline& out) {
  out.set_rule_id(std::string(RuleId(rule)));
  out.set_due_at(absl::ToUnixMicros(deadline.instants.due_at));
  out.set_calendar_known(deadline.instants.calendar_known);
  for (const AlertInstant& level : deadline.instants.levels) {
    auto* one = out.add_levels();
    one->set_level(level.level);
    one->set_at(absl::ToUnixMicros(level.at));
    for (RecipientRole role : level.recipients) one->add_recipients(ToProto(role));
  }
  out.set_state(deadline.status == DeadlineStatus::kWaived ? v1::DEADLINE_STATE_MET
                                                           : ToProto(deadline.status));
  out.set_reminded(deadline.reminded);
  if (deadline.met_at) out.set_met_at(absl::ToUnixMicros(*deadline.met_at));
  out.set_late(deadline.late);
  if (deadline.waived_at) out.set_waived_at(absl::ToUnixMicros(*deadline.waived_at));
  out.set_provisional(deadline.instants.provisional);
  out.set_after_interim(deadline.instants.after_interim);
  if (deadline.missed_for) out.set_missed_for(absl::ToUnixMicros(*deadline.missed_for));
  out.set_miss_stands(deadline.miss_stands);
}

Deadline Decode(const stored::Deadline& in, FieldReader& reader) {
  Deadline deadline;
  deadline.instants.due_at = FromMicros(in.due_at());
  deadline.instants.calendar_known = in.calendar_known();
  for (const auto& level : in.levels()) {
    AlertInstant one{level.level(), FromMicros(level.at()), {}};
    for (int role : level.recipients()) {
      one.recipients.push_back(
          reader.Known(FromProto(static_cast<common::v1::RecipientRole>(role))));
    }
    deadline.instants.levels.push_back(std::move(one));
  }
  deadline.instants.provisional = in.provisional();
  deadline.instants.after_interim = in.after_interim();
  if (in.has_missed_for()) deadline.missed_for = FromMicros(in.missed_for());
  deadline.status = reader.Known(FromProto(in.state()));
  deadline.reminded = in.reminded();
  if (in.has_met_at()) deadline.met_at = FromMicros(in.met_at());
  deadline.late = in.late();
  deadline.miss_stands = in.miss_stands();
  if (in.has_waived_at()) {
    deadline.status = DeadlineStatus::kWaived;
    deadline.waived_at = FromMicros(in.waived_at());
  }
  return deadline;
}

void Encode(const HeldMeeting& held, stored::HeldMeeting& out) {
  out.set_held_on(FormatDate(held.held_on));
  if (held.chair) out.set_chair(ToProto(*held.chair));
  for (Attendee attendee : held.attendees) out.add_attendees(ToProto(attendee));
  out.set_missing_pupil_views_reason(held.missing_pupil_views_reason);
  out.set_missing_sdq_reason(held.missing_sdq_reason);
}

HeldMeeting Decode(const stored::HeldMeeting& in, FieldReader& reader) {
  HeldMeeting held;
  held.held_on = reader.Day(in.held_on());
  held.chair = FromProto(in.chair());
  for (int attendee : in.attendees()) {
    held.attendees.push_back(reader.Known(FromProto(static_cast<v1::AttendeeRole>(attendee))));
  }
  held.missing_pupil_views_reason = in.missing_pupil_views_reason();
  held.missing_sdq_reason = in.missing_sdq_reason();
  return held;
}

// See Plan.earlier in storage/v1/plan.proto.
constexpr std::string_view kEarlierPepsRow = "earlier-peps";

void Encode(const MeetingChange& change, stored::MeetingChange& out) {
  out.set_changed_at(absl::ToUnixMicros(change.changed_at));
  out.set_old_meeting_at(absl::ToUnixMicros(change.old_meeting_at));
  if (change.meeting_at) out.set_meeting_at(absl::ToUnixMicros(*change.meeting_at));
  out.set_reason(change.reason);
}

MeetingChange Decode(const stored::MeetingChange& in) {
  MeetingChange change{FromMicros(in.changed_at()), FromMicros(in.old_meeting_at()), std::nullopt,
                       in.reason()};
  if (in.has_meeting_at()) change.meeting_at = FromMicros(in.meeting_at());
  return change;
}

void Encode(const Cycle& cycle, stored::Cycle& out) {
  out.set_number(cycle.number);
  out.set_kind(ToProto(cycle.kind));
  out.set_academic_year(cycle.academic_year);
  if (cycle.term) out.set_term(std::string(TermName(*cycle.term)));
  out.set_opened_on(FormatDate(cycle.opened_on));
  out.set_care_started_on(FormatDate(cycle.care_started_on));
  out.set_previous_held_on(ToText(cycle.previous_held_on));
  out.set_moved_on(ToText(cycle.moved_on));
  out.set_stage(ToProto(cycle.stage));
  if (cycle.meeting_at) out.set_meeting_at(absl::ToUnixMicros(*cycle.meeting_at));
  out.set_no_school_day_reason(cycle.no_school_day_reason);
  out.set_times_rescheduled(cycle.times_rescheduled);
  if (cycle.interim_at) out.set_interim_at(absl::ToUnixMicros(*cycle.interim_at));
  if (cycle.started_at) out.set_started_at(absl::ToUnixMicros(*cycle.started_at));
  if (cycle.held) Encode(*cycle.held, *out.mutable_held());
  if (cycle.held_at) out.set_held_at(absl::ToUnixMicros(*cycle.held_at));
  if (cycle.recorded_at) out.set_recorded_at(absl::ToUnixMicros(*cycle.recorded_at));
  if (cycle.unrecorded_meeting_at) {
    out.set_unrecorded_meeting_at(absl::ToUnixMicros(*cycle.unrecorded_meeting_at));
  }
  if (cycle.finalised_at) out.set_finalised_at(absl::ToUnixMicros(*cycle.finalised_at));
  for (const auto& [item, completed_at] : cycle.readiness) {
    auto* tick = out.add_readiness();
    tick->set_item(ToProto(item));
    tick->set_completed_at(absl::ToUnixMicros(completed_at));
  }
  for (const auto& [item, waived_at] : cycle.waived) {
    auto* waiver = out.add_waivers();
    waiver->set_item(ToProto(item));
    waiver->set_waived_at(absl::ToUnixMicros(waived_at));
  }
  for (const auto& [rule, deadline] : cycle.deadlines) {
    const bool known_to_all = std::ranges::find(kReadByAll, rule) != kReadByAll.end();
    Encode(deadline, rule, known_to_all ? *out.add_deadlines() : *out.add_later_deadlines());
  }
  for (const MeetingChange& change : cycle.meeting_changes) {
    Encode(change, *out.add_meeting_changes());
  }
  if (cycle.outcome) out.set_outcome(ToProto(*cycle.outcome));
  out.set_write_off_reason(cycle.write_off_reason);
}

Cycle Decode(const stored::Cycle& in, FieldReader& reader) {
  Cycle cycle;
  cycle.number = in.number();
  cycle.kind = reader.Known(FromProto(in.kind()));
  cycle.academic_year = in.academic_year();
  if (!in.term().empty()) cycle.term = reader.Known(ParseTerm(in.term()));
  cycle.opened_on = reader.Day(in.opened_on());
  cycle.care_started_on = reader.Day(in.care_started_on());
  cycle.previous_held_on = reader.DayIfAny(in.previous_held_on());
  cycle.moved_on = reader.DayIfAny(in.moved_on());
  cycle.stage = reader.Known(FromProto(in.stage()));
  if (in.has_meeting_at()) cycle.meeting_at = FromMicros(in.meeting_at());
  cycle.no_school_day_reason = in.no_school_day_reason();
  cycle.times_rescheduled = in.times_rescheduled();
  if (in.has_interim_at()) cycle.interim_at = FromMicros(in.interim_at());
  if (in.has_started_at()) cycle.started_at = FromMicros(in.started_at());
  if (in.has_held()) cycle.held = Decode(in.held(), reader);
  if (in.has_held_at()) cycle.held_at = FromMicros(in.held_at());
  if (in.has_recorded_at()) cycle.recorded_at = FromMicros(in.recorded_at());
  if (in.has_unrecorded_meeting_at()) {
    cycle.unrecorded_meeting_at = FromMicros(in.unrecorded_meeting_at());
  }
  if (in.has_finalised_at()) cycle.finalised_at = FromMicros(in.finalised_at());
  for (const auto& tick : in.readiness()) {
    cycle.readiness[reader.Known(FromProto(tick.item()))] = FromMicros(tick.completed_at());
  }
  for (const auto& waiver : in.waivers()) {
    cycle.waived[reader.Known(FromProto(waiver.item()))] = FromMicros(waiver.waived_at());
  }
  for (const auto& deadline : in.deadlines()) {
    if (deadline.rule_id() == kEarlierPepsRow) continue;
    cycle.deadlines[reader.Known(ParseRule(deadline.rule_id()))] = Decode(deadline, reader);
  }
  for (const auto& deadline : in.later_deadlines()) {
    if (const auto rule = ParseRule(deadline.rule_id())) {
      cycle.deadlines[*rule] = Decode(deadline, reader);
    }
  }
  for (const auto& change : in.meeting_changes()) cycle.meeting_changes.push_back(Decode(change));
  if (in.outcome() != v1::PEP_CYCLE_OUTCOME_UNSPECIFIED) {
    cycle.outcome = reader.Known(FromProto(in.outcome()));
  }
  cycle.write_off_reason = in.write_off_reason();
  return cycle;
}

}  // namespace

absl::StatusOr<PlanState> PlanCodec::Decode(const std::vector<std::optional<std::string>>& parts) {
  if (!parts.front()) return PlanState();
  stored::Plan plan;
  FieldReader reader;
  PlanState state;
  bool parsed = plan.ParseFromString(*parts.front());
  if (parsed) {
    state.child = ChildId(plan.child_id());
    state.authority = AuthorityCode(plan.authority_code());
    state.school = SchoolUrn(plan.school_urn());
    if (plan.has_cycle()) state.cycle = scheduling::Decode(plan.cycle(), reader);
    if (plan.has_pep_open()) state.pep_open = scheduling::Decode(plan.pep_open(), reader);
    for (const auto& pep : plan.earlier()) {
      state.earlier.push_back(scheduling::Decode(pep, reader));
    }
    for (const auto& pep : plan.closed()) {
      ClosedPep closed{pep.number(), pep.academic_year(), std::nullopt};
      if (!pep.term().empty()) closed.term = reader.Known(ParseTerm(pep.term()));
      state.closed.push_back(std::move(closed));
    }
  }
  if (!parsed || !reader.readable()) {
    return absl::DataLossError("a stored plan cannot be read; see `pepctl rebuild`");
  }
  return state;
}

std::vector<std::string> PlanCodec::Encode(const PlanState& state) {
  stored::Plan plan;
  plan.set_child_id(state.child.text());
  plan.set_authority_code(state.authority.text());
  plan.set_school_urn(state.school.text());
  if (state.cycle) scheduling::Encode(*state.cycle, *plan.mutable_cycle());
  if (state.pep_open) {
    scheduling::Encode(*state.pep_open, Rule::kPepOpen, *plan.mutable_pep_open());
  }
  for (const Cycle& pep : state.earlier) scheduling::Encode(pep, *plan.add_earlier());
  if (!state.earlier.empty()) {
    plan.mutable_cycle()->add_deadlines()->set_rule_id(std::string(kEarlierPepsRow));
  }
  for (const ClosedPep& pep : state.closed) {
    auto* closed = plan.add_closed();
    closed->set_number(pep.number);
    closed->set_academic_year(pep.academic_year);
    if (pep.term) closed->set_term(std::string(TermName(*pep.term)));
  }
  return {plan.SerializeAsString()};
}

std::vector<std::pair<RecordKey, std::string>> PlanCodec::EncodeBeside(const PlanState& state) {
  std::vector<std::pair<RecordKey, std::string>> records;
  for (const Cycle& pep : state.put_aside) {
    records.emplace_back(RecordKey{std::string(kPepKind), PepIdOf(state.child, pep.number).text()},
                         EncodePep({state.child, state.authority, state.school, pep}));
  }
  return records;
}

std::string EncodePep(const PlanState& alone) {
  stored::Pep out;
  out.set_child_id(alone.child.text());
  out.set_authority_code(alone.authority.text());
  out.set_school_urn(alone.school.text());
  Encode(*alone.cycle, *out.mutable_cycle());
  return out.SerializeAsString();
}

absl::StatusOr<PlanState> DecodePep(const std::string& bytes) {
  stored::Pep in;
  FieldReader reader;
  PlanState alone;
  const bool parsed = in.ParseFromString(bytes) && in.has_cycle();
  if (parsed) {
    alone.child = ChildId(in.child_id());
    alone.authority = AuthorityCode(in.authority_code());
    alone.school = SchoolUrn(in.school_urn());
    alone.cycle = Decode(in.cycle(), reader);
  }
  if (!parsed || !reader.readable()) {
    return absl::DataLossError("a stored PEP cannot be read; see `pepctl rebuild`");
  }
  return alone;
}

Target PlanOf(const ChildId& child) {
  return {child.text(),
          {{std::string(PlanCodec::kKind), child.text()}},
          {{std::string(kChildKind), child.text()}}};
}

absl::StatusOr<ChildFacts> DecodeChild(const std::string& bytes) {
  stored::Child in;
  FieldReader reader;
  ChildFacts child;
  const bool parsed = in.ParseFromString(bytes);
  child.authority = AuthorityCode(in.authority_code());
  child.in_care = in.in_care();
  child.care_started_on = reader.DayIfAny(in.care_started_on()).value_or(absl::CivilDay());
  child.care_recorded_at = FromMicros(in.care_recorded_at());
  child.pep_required = in.pep_required();
  child.pep_required_at =
      in.pep_required_at() == 0 ? child.care_recorded_at : FromMicros(in.pep_required_at());
  child.school = SchoolUrn(in.school_urn());
  child.school_authority = AuthorityCode(in.school_authority_code());
  child.moved_on = reader.DayIfAny(in.moved_on());
  child.school_recorded_at = FromMicros(in.school_recorded_at());
  child.ceased_on = reader.DayIfAny(in.ceased_on());
  for (const std::string& day : in.earlier_care_starts()) {
    child.earlier_care_starts.push_back(reader.Day(day));
  }
  child.school_corrected = in.school_corrected();
  for (const std::string& day : in.wrong_moves()) child.wrong_moves.push_back(reader.Day(day));
  child.move_taken_back = in.move_taken_back();
  if (!parsed || !reader.readable()) {
    return absl::DataLossError("a stored child record cannot be read; see `pepctl rebuild`");
  }
  return child;
}

std::string EncodeChild(const ChildFacts& child) {
  stored::Child out;
  out.set_authority_code(child.authority.text());
  out.set_in_care(child.in_care);
  // A child who was enrolled before care was put on record has no such day yet.
  if (child.care_started_on != absl::CivilDay()) {
    out.set_care_started_on(FormatDate(child.care_started_on));
  }
  out.set_care_recorded_at(absl::ToUnixMicros(child.care_recorded_at));
  out.set_pep_required(child.pep_required);
  if (child.pep_required_at != child.care_recorded_at) {
    out.set_pep_required_at(absl::ToUnixMicros(child.pep_required_at));
  }
  out.set_school_urn(child.school.text());
  out.set_school_authority_code(child.school_authority.text());
  out.set_moved_on(ToText(child.moved_on));
  out.set_school_recorded_at(absl::ToUnixMicros(child.school_recorded_at));
  out.set_ceased_on(ToText(child.ceased_on));
  for (absl::CivilDay day : child.earlier_care_starts) {
    out.add_earlier_care_starts(FormatDate(day));
  }
  out.set_school_corrected(child.school_corrected);
  for (absl::CivilDay day : child.wrong_moves) out.add_wrong_moves(FormatDate(day));
  out.set_move_taken_back(child.move_taken_back);
  return out.SerializeAsString();
}

}  // namespace pepline::scheduling
