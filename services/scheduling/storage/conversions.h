// Domain types as protobuf and back, as stored records, events and RPCs share them: enums of equal
// numbers, policy, what a deadline says of itself. Promises: total; an enum number that the domain
// does not know gives nullopt. Threads: pure.
#ifndef PEPLINE_SERVICES_SCHEDULING_STORAGE_CONVERSIONS_H_
#define PEPLINE_SERVICES_SCHEDULING_STORAGE_CONVERSIONS_H_

#include <optional>

#include "pepline/assessments/v1/assessments_events.pb.h"
#include "pepline/common/v1/policy_profile.pb.h"
#include "pepline/scheduling/v1/scheduling_events.pb.h"
#include "pepline/scheduling/v1/scheduling_service.pb.h"
#include "services/scheduling/domain/plan.h"
#include "shared/projections/policy_conversions.h"
#include "shared/rpc/request_fields.h"

namespace pepline::scheduling {

using pepline::FromProto;  // roles and kinds of days
using pepline::ToProto;
v1::PepState ToProto(Stage stage);
std::optional<Stage> FromProto(v1::PepState stage);
v1::PepCycleKind ToProto(CycleKind kind);
std::optional<CycleKind> FromProto(v1::PepCycleKind kind);
v1::DeadlineState ToProto(DeadlineStatus status);
std::optional<DeadlineStatus> FromProto(v1::DeadlineState status);
v1::PepCycleOutcome ToProto(CycleOutcome outcome);
std::optional<CycleOutcome> FromProto(v1::PepCycleOutcome outcome);
v1::ReadinessItem ToProto(ReadinessItem item);
std::optional<ReadinessItem> FromProto(v1::ReadinessItem item);
std::optional<SdqInformant> FromProto(assessments::v1::SdqInformant informant);
v1::AttendeeRole ToProto(Attendee attendee);
std::optional<Attendee> FromProto(v1::AttendeeRole attendee);

// The profile as the rules need it. Rows and levels that this version does not know are passed
// over; a rule that nobody can leave out has its usual terms where no row names it.
Policy FromProfile(const common::v1::PolicyProfile& profile);

// A deadline, and the PEP that it is of, as events and answers show them.
v1::DeadlineReference ToReference(const PlanState& state, Rule rule,
                                  const DeadlineInstants& instants);
v1::PepReference ReferenceOf(const PlanState& state);

}  // namespace pepline::scheduling

#endif  // PEPLINE_SERVICES_SCHEDULING_STORAGE_CONVERSIONS_H_
