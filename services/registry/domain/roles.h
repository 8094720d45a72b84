// The roles people are appointed to, and where each may be held.
// Promises: pure. Threads: values and pure functions.
#ifndef PEPLINE_SERVICES_REGISTRY_DOMAIN_ROLES_H_
#define PEPLINE_SERVICES_REGISTRY_DOMAIN_ROLES_H_

#include "shared/domain/recipient_role.h"

namespace pepline::registry {

using StaffRole = RecipientRole;

enum class Place { kSchool, kAuthority, kChild };

// Designated Teacher, deputy, headteacher and office are of a school; caseworker and head of the
// Virtual School, social worker and IRO of an authority; caseworker, social worker and IRO also of
// one child.
bool MayBeHeldAt(StaffRole role, Place place);

}  // namespace pepline::registry

#endif  // PEPLINE_SERVICES_REGISTRY_DOMAIN_ROLES_H_
