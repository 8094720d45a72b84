#include "services/registry/api/answers.h"

#include "shared/domain/school_counts.h"

namespace pepline::registry {

v1::School ToProto(const SchoolState& school, const Actor& reader) {
  v1::School out;
  out.set_school_urn(school.details.urn.text());
  out.set_name(school.details.name);
  out.set_authority_code(school.details.authority.text());
  out.set_phase(school.details.phase);
  out.set_closed_on(ToText(school.details.closed_on));
  for (const auto& [staff, from_on] : school.teachers) {
    out.add_designated_teacher_staff_ids(staff.text());
  }
  if (MayCountChildrenAt(reader, {school.details.authority, school.details.urn})) {
    out.set_designated_teacher_vacant_since(ToText(school.vacant_since));
    out.set_looked_after_children(static_cast<int>(school.looked_after.size()));
  }
  return out;
}

v1::Child ToProto(const ChildState& child) {
  const ChildDetails& details = child.details;
  v1::Child out;
  out.set_child_id(details.child.text());
  out.set_authority_code(details.authority.text());
  out.set_own_id(details.own_id);
  out.set_given_name(details.given_name);
  out.set_family_name(details.family_name);
  out.set_date_of_birth(FormatDate(details.date_of_birth));
  out.set_upn(details.upn);
  out.set_location_restricted(details.location_restricted);
  out.set_looked_after(IsLookedAfter(child));
  if (child.care) {
    out.set_became_looked_after_on(FormatDate(child.care->started_on));
    out.set_ceased_on(ToText(child.care->ceased_on));
    out.set_pep_required(child.care->pep_required);
  }
  if (child.enrolment) {
    out.set_school_urn(child.enrolment->school.text());
    out.set_enrolled_on(FormatDate(child.enrolment->enrolled_on));
  }
  return out;
}

void AddCorrections(const ChildState& child, const Actor& reader, v1::Child& out) {
  if (reader.role != Role::kVirtualSchool && reader.role != Role::kAuditor) return;
  for (const Correction& correction : child.corrections) {
    v1::Correction& one = *out.add_corrections();
    Fill(correction, one);
    *one.mutable_corrected_at() = ToTimestamp(correction.at);
  }
}

v1::Appointment ToProto(const Appointment& appointment) {
  v1::Appointment out;
  out.set_role(ToProto(appointment.post.role));
  out.set_school_urn(appointment.post.school.text());
  out.set_authority_code(appointment.post.authority.text());
  out.set_child_id(appointment.post.child.text());
  out.set_from_on(FormatDate(appointment.from_on));
  out.set_until_on(ToText(appointment.until_on));
  return out;
}

v1::StaffMember ToProto(const StaffState& staff) {
  v1::StaffMember out;
  out.set_staff_id(staff.details.staff.text());
  out.set_authority_code(staff.details.authority.text());
  out.set_own_id(staff.details.own_id);
  out.set_name(staff.details.name);
  out.set_email(staff.details.email);
  for (const Appointment& one : staff.appointments) *out.add_appointments() = ToProto(one);
  return out;
}

}  // namespace pepline::registry
