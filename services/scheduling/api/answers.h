// What the RPCs of scheduling show of a plan. Threads: pure.
#ifndef PEPLINE_SERVICES_SCHEDULING_API_ANSWERS_H_
#define PEPLINE_SERVICES_SCHEDULING_API_ANSWERS_H_

#include <vector>

#include "pepline/scheduling/v1/scheduling_service.pb.h"
#include "services/scheduling/domain/epep/content.h"
#include "services/scheduling/domain/plan.h"
#include "shared/domain/authorisation.h"

namespace pepline::scheduling {

// The newest PEP of the plan; the state must have a cycle.
v1::Pep ToPep(const PlanState& state);
// What else is on record of it.
v1::PepRecord ToRecord(const PlanState& state);
// The open PEPs, and the last one of a child out of care, each as the plan with that PEP alone; the
// oldest first.
std::vector<PlanState> PepsIn(const PlanState& state);
// Whose the PEP is, of whom `child` says whose the child is: the school that held its meeting
// reaches it until its ePEP is finalised or it is handed over, and no other school does.
Resource ResourceOfPep(const PlanState& state, const Cycle& pep, Resource child);
// The same by its number; whose the child is where the plan holds no such PEP.
Resource ResourceOfPep(const PlanState& state, int pep, Resource child);
// The content of an ePEP as it stands, or of a version of it.
v1::GetEpepResponse ToEpep(const EpepVersion& content);
v1::Deadline ToDeadline(const PlanState& state, Rule rule, const Deadline& deadline);

}  // namespace pepline::scheduling

#endif  // PEPLINE_SERVICES_SCHEDULING_API_ANSWERS_H_
