// What the RPCs of scheduling show of a plan. Threads: pure.
#ifndef PEPLINE_SERVICES_SCHEDULING_API_ANSWERS_H_
#define PEPLINE_SERVICES_SCHEDULING_API_ANSWERS_H_

#include "pepline/scheduling/v1/scheduling_service.pb.h"
#include "services/scheduling/domain/plan.h"

namespace pepline::scheduling {

// The current PEP; the state must have a cycle.
v1::Pep ToPep(const PlanState& state);
v1::Deadline ToDeadline(const PlanState& state, Rule rule, const Deadline& deadline);

}  // namespace pepline::scheduling

#endif  // PEPLINE_SERVICES_SCHEDULING_API_ANSWERS_H_
