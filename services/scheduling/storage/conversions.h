// What stored records, events and RPCs share beside the field lists: the policy as the rules need
// it, and what a deadline says of itself. Promises: total. Threads: pure.
#ifndef PEPLINE_SERVICES_SCHEDULING_STORAGE_CONVERSIONS_H_
#define PEPLINE_SERVICES_SCHEDULING_STORAGE_CONVERSIONS_H_

#include <memory>

#include "pepline/common/v1/deadline.pb.h"
#include "pepline/common/v1/policy_profile.pb.h"
#include "pepline/scheduling/v1/scheduling_events.pb.h"
#include "pepline/scheduling/v1/scheduling_service.pb.h"
#include "services/scheduling/domain/plan.h"
#include "shared/projections/policy_conversions.h"
#include "shared/projections/reference_data.h"
#include "shared/rpc/request_fields.h"

namespace pepline::scheduling {

// The profile as the rules need it. Rows and levels that this version does not know are passed
// over; a rule that nobody can leave out has its usual terms where no row names it.
Policy FromProfile(const common::v1::PolicyProfile& profile);
// The newest one with those before it.
std::shared_ptr<const Policy> FromProfiles(const PolicyVersions& versions);

// A deadline, and the PEP that it is of, as events and answers show them.
common::v1::DeadlineReference ToReference(const PlanState& state, Rule rule,
                                          const DeadlineInstants& instants);
v1::PepReference ReferenceOf(const PlanState& state);

}  // namespace pepline::scheduling

#endif  // PEPLINE_SERVICES_SCHEDULING_STORAGE_CONVERSIONS_H_
