// Stored schools, staff, children and imports.
#include <utility>

#include "pepline/registry/storage/v1/child.pb.h"
#include "pepline/registry/storage/v1/import.pb.h"
#include "pepline/registry/storage/v1/school.pb.h"
#include "pepline/registry/storage/v1/staff.pb.h"
#include "services/registry/storage/codec.h"
#include "services/registry/storage/conversions.h"
#include "shared/engine/field_reader.h"

namespace pepline::registry {
namespace {

namespace stored = storage::v1;

Correction Decode(const stored::Correction& in, FieldReader& reader) {
  return {reader.Known(ParseCorrectedFact(in.fact()), CorrectedFact::kCareStart),
          reader.Day(in.old_on()),
          reader.DayIfAny(in.new_on()),
          SchoolUrn(in.old_school_urn()),
          SchoolUrn(in.new_school_urn()),
          in.reason(),
          in.corrected_by(),
          absl::FromUnixMicros(in.corrected_at())};
}

}  // namespace

absl::StatusOr<SchoolState> SchoolCodec::Decode(const StoredParts& parts) {
  if (!parts.front()) return SchoolState();
  stored::School in;
  FieldReader reader;
  if (!in.ParseFromString(*parts.front())) reader.Fail();
  SchoolState state;
  state.details = {SchoolUrn(in.school_urn()), in.name(), AuthorityCode(in.authority_code()),
                   in.phase(), reader.DayIfAny(in.closed_on())};
  for (const auto& one : in.teachers()) {
    state.teachers[StaffId(one.staff_id())] = reader.Day(one.from_on());
  }
  for (const auto& one : in.looked_after()) {
    state.looked_after[ChildId(one.child_id())] = reader.Day(one.since_on());
  }
  state.vacant_since = reader.DayIfAny(in.vacant_since());
  state.vacancy_said = in.vacancy_said();
  return reader.Give(std::move(state));
}

std::vector<std::string> SchoolCodec::Encode(const SchoolState& state) {
  stored::School out;
  out.set_school_urn(state.details.urn.text());
  out.set_name(state.details.name);
  out.set_authority_code(state.details.authority.text());
  out.set_phase(state.details.phase);
  out.set_closed_on(ToText(state.details.closed_on));
  for (const auto& [staff, from_on] : state.teachers) {
    auto* one = out.add_teachers();
    one->set_staff_id(staff.text());
    one->set_from_on(FormatDate(from_on));
  }
  for (const auto& [child, since_on] : state.looked_after) {
    auto* one = out.add_looked_after();
    one->set_child_id(child.text());
    one->set_since_on(FormatDate(since_on));
  }
  out.set_vacant_since(ToText(state.vacant_since));
  out.set_vacancy_said(state.vacancy_said);
  return {out.SerializeAsString()};
}

absl::StatusOr<StaffState> StaffCodec::Decode(const StoredParts& parts) {
  if (!parts.front()) return StaffState();
  stored::Staff in;
  FieldReader reader;
  if (!in.ParseFromString(*parts.front())) reader.Fail();
  StaffState state;
  state.details = {StaffId(in.staff_id()), AuthorityCode(in.authority_code()), in.own_id(),
                   in.name(), in.email()};
  state.child = ChildId(in.child_id());
  for (const auto& one : in.appointments()) {
    const StaffRole role = reader.Known(FromProto(one.role()), StaffRole::kDesignatedTeacher);
    state.appointments.push_back({{role, SchoolUrn(one.school_urn()),
                                   AuthorityCode(one.authority_code()), ChildId(one.child_id())},
                                  reader.Day(one.from_on()),
                                  reader.DayIfAny(one.until_on()),
                                  one.begun(),
                                  one.ended()});
  }
  return reader.Give(std::move(state));
}

std::vector<std::string> StaffCodec::Encode(const StaffState& state) {
  stored::Staff out;
  out.set_staff_id(state.details.staff.text());
  out.set_authority_code(state.details.authority.text());
  out.set_own_id(state.details.own_id);
  out.set_name(state.details.name);
  out.set_email(state.details.email);
  out.set_child_id(state.child.text());
  for (const Appointment& appointment : state.appointments) {
    auto* one = out.add_appointments();
    one->set_role(ToProto(appointment.post.role));
    one->set_school_urn(appointment.post.school.text());
    one->set_authority_code(appointment.post.authority.text());
    one->set_child_id(appointment.post.child.text());
    one->set_from_on(FormatDate(appointment.from_on));
    one->set_until_on(ToText(appointment.until_on));
    one->set_begun(appointment.begun);
    one->set_ended(appointment.ended);
  }
  return {out.SerializeAsString()};
}

absl::StatusOr<ChildState> ChildCodec::Decode(const StoredParts& parts) {
  if (!parts.front()) return ChildState();
  stored::Child in;
  FieldReader reader;
  if (!in.ParseFromString(*parts.front())) reader.Fail();
  ChildState state;
  state.details = {ChildId(in.child_id()),
                   AuthorityCode(in.authority_code()),
                   in.own_id(),
                   in.given_name(),
                   in.family_name(),
                   reader.Day(in.date_of_birth()),
                   in.upn(),
                   in.location_restricted()};
  if (!in.became_looked_after_on().empty()) {
    CareEpisode care;
    care.started_on = reader.Day(in.became_looked_after_on());
    care.ceased_on = reader.DayIfAny(in.ceased_on());
    if (care.ceased_on) {
      care.reason = reader.Known(ParseCareCeased(in.ceased_reason()), CareCeasedReason::kOther);
    }
    care.pep_required = in.pep_required();
    if (!in.sdq_from().empty()) {
      care.sdq = SdqDays{reader.Day(in.sdq_from()), reader.Day(in.sdq_until()), in.sdq_from_age()};
    }
    care.is_first = in.first_episode();
    care.previous_ceased_on = reader.DayIfAny(in.previous_ceased_on());
    state.care = care;
  }
  if (!in.school_urn().empty()) {
    state.enrolment =
        Enrolment{SchoolUrn(in.school_urn()), AuthorityCode(in.school_authority_code()),
                  reader.Day(in.enrolled_on())};
  }
  if (!in.school_before_urn().empty()) {
    state.before_move = EarlierEnrolment{
        {SchoolUrn(in.school_before_urn()), AuthorityCode(in.school_before_authority_code()),
         reader.Day(in.enrolled_before_on())},
        in.moved_before()};
  }
  for (const auto& one : in.corrections()) {
    state.corrections.push_back(registry::Decode(one, reader));
  }
  return reader.Give(std::move(state));
}

std::vector<std::string> ChildCodec::Encode(const ChildState& state) {
  const ChildDetails& details = state.details;
  stored::Child out;
  out.set_child_id(details.child.text());
  out.set_authority_code(details.authority.text());
  out.set_own_id(details.own_id);
  out.set_given_name(details.given_name);
  out.set_family_name(details.family_name);
  out.set_date_of_birth(FormatDate(details.date_of_birth));
  out.set_upn(details.upn);
  out.set_location_restricted(details.location_restricted);
  if (state.care) {
    out.set_became_looked_after_on(FormatDate(state.care->started_on));
    out.set_ceased_on(ToText(state.care->ceased_on));
    if (state.care->reason) out.set_ceased_reason(std::string(CareCeasedName(*state.care->reason)));
    out.set_pep_required(state.care->pep_required);
    if (state.care->sdq) {
      out.set_sdq_from(FormatDate(state.care->sdq->from));
      out.set_sdq_until(FormatDate(state.care->sdq->until));
      out.set_sdq_from_age(state.care->sdq->from_age);
    }
    out.set_first_episode(state.care->is_first);
    out.set_previous_ceased_on(ToText(state.care->previous_ceased_on));
  }
  if (state.enrolment) {
    out.set_school_urn(state.enrolment->school.text());
    out.set_school_authority_code(state.enrolment->school_authority.text());
    out.set_enrolled_on(FormatDate(state.enrolment->enrolled_on));
  }
  if (state.before_move) {
    const Enrolment& before = state.before_move->enrolment;
    out.set_school_before_urn(before.school.text());
    out.set_school_before_authority_code(before.school_authority.text());
    out.set_enrolled_before_on(FormatDate(before.enrolled_on));
    out.set_moved_before(state.before_move->by_move);
  }
  for (const Correction& correction : state.corrections) {
    auto* one = out.add_corrections();
    Fill(correction, *one);
    one->set_corrected_at(absl::ToUnixMicros(correction.at));
  }
  return {out.SerializeAsString()};
}

absl::StatusOr<ImportLogState> ImportLogCodec::Decode(const StoredParts& parts) {
  if (!parts.front()) return ImportLogState();
  stored::Import in;
  FieldReader reader;
  if (!in.ParseFromString(*parts.front())) reader.Fail();
  ImportLogState state;
  state.begun = ImportBegun{
      AuthorityCode(in.authority_code()),  in.request_id(), in.kind(), in.subject(), in.reason(),
      absl::FromUnixMicros(in.begun_at()), in.fingerprint()};
  if (in.has_finished_at()) {
    state.finished = ImportFinished{in.created(),   in.changed(),
                                    in.unchanged(), absl::FromUnixMicros(in.finished_at()),
                                    in.removed(),   in.answer()};
  }
  return reader.Give(std::move(state));
}

std::vector<std::string> ImportLogCodec::Encode(const ImportLogState& state) {
  stored::Import out;
  if (state.begun) {
    out.set_authority_code(state.begun->authority.text());
    out.set_request_id(state.begun->request_id);
    out.set_kind(state.begun->kind);
    out.set_subject(state.begun->subject);
    out.set_reason(state.begun->reason);
    out.set_begun_at(absl::ToUnixMicros(state.begun->at));
    out.set_fingerprint(state.begun->fingerprint);
  }
  if (state.finished) {
    out.set_created(state.finished->created);
    out.set_changed(state.finished->changed);
    out.set_unchanged(state.finished->unchanged);
    out.set_removed(state.finished->removed);
    out.set_finished_at(absl::ToUnixMicros(state.finished->at));
    out.set_answer(state.finished->answer);
  }
  return {out.SerializeAsString()};
}

}  // namespace pepline::registry
