#include "services/registry/api/answers.h"

#include "services/registry/domain/fields.h"
#include "shared/domain/access/school_counts.h"
#include "shared/engine/field_mapping.h"
#include "shared/rpc/request_fields.h"

namespace pepline::registry {

v1::School ToProto(const SchoolState& school, const Actor& reader) {
  v1::School out;
  WriteFields(school, out);
  if (school.successor) out.set_succeeded_by_school_urn(school.successor->school.text());
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
  v1::Child out;
  WriteFields(child, out);
  out.set_looked_after(IsLookedAfter(child));
  return out;
}

void AddCorrections(const ChildState& child, const Actor& reader, v1::Child& out) {
  if (reader.role != Role::kVirtualSchool && reader.role != Role::kAuditor) return;
  AppendTo(*out.mutable_corrections(), child.corrections);
}

v1::StaffMember ToProto(const StaffState& staff) {
  v1::StaffMember out;
  WriteFields(staff, out);
  for (const AppointmentCorrection& correction : staff.corrections) {
    v1::AppointmentCorrection& one = *out.add_corrections();
    WriteFields(correction, one);
    WriteFields(Appointment{correction.post, correction.from_on, correction.until_on},
                *one.mutable_appointment());
  }
  return out;
}

}  // namespace pepline::registry
