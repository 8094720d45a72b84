// What the RPCs show of registry's records (proto/pepline/registry/v1/registry_service.proto).
#ifndef PEPLINE_SERVICES_REGISTRY_API_ANSWERS_H_
#define PEPLINE_SERVICES_REGISTRY_API_ANSWERS_H_

#include "pepline/registry/v1/registry_service.pb.h"
#include "services/registry/domain/child.h"
#include "services/registry/domain/school.h"
#include "services/registry/domain/staff.h"
#include "shared/domain/authorisation.h"

namespace pepline::registry {

// As `reader` may see it (MayCountChildrenAt).
v1::School ToProto(const SchoolState& school, const Actor& reader);
v1::Child ToProto(const ChildState& child);
// What was corrected and why, for the Virtual School and the auditor; nothing for anybody else.
void AddCorrections(const ChildState& child, const Actor& reader, v1::Child& out);
v1::StaffMember ToProto(const StaffState& staff);

}  // namespace pepline::registry

#endif  // PEPLINE_SERVICES_REGISTRY_API_ANSWERS_H_
