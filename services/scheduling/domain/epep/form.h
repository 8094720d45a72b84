// Which form an ePEP has: that of the phase of education in which the child is in the PEP's
// academic year, by the year group (reception and before: early years; 1 to 6: primary; 7 to 11:
// secondary; after that: post-16), or that of a child on no school's roll. The year group follows
// from the day on which the child is 18. Source: docs/domain-sources.md 5 (a PEP for each phase).
// Promises: pure.
#ifndef PEPLINE_SERVICES_SCHEDULING_DOMAIN_EPEP_FORM_H_
#define PEPLINE_SERVICES_SCHEDULING_DOMAIN_EPEP_FORM_H_

#include "services/scheduling/domain/epep/content.h"
#include "services/scheduling/domain/epep/epep.h"
#include "services/scheduling/domain/plan.h"

namespace pepline::scheduling {

// Of that PEP of the plan, by the profile in force: the authority's own form where it has one for
// the phase, else the shipped one (shared/domain/profile/epep_form.h).
EpepForm FormOf(const PlanState& plan, const Cycle& pep, const PlanFacts& facts);

// What a command on the content of that PEP may know; `known` is of the child.
EpepFacts FactsOf(PlanState plan, int pep, const PlanFacts& known);

}  // namespace pepline::scheduling

#endif  // PEPLINE_SERVICES_SCHEDULING_DOMAIN_EPEP_FORM_H_
