// What is to be done next for a child's PEPs, and by whom: the work-list of scheduling.
// It follows from the deadlines that are waited for and from the stage of each PEP. Deadlines that
// wait for the same step of a PEP are one line, with the day of the first of them.
// Promises: pure. Does not: decide anything; whoever asks for a step of the list may still be
// refused. Source: decision 76; whose work it is, docs/domain.md 1.2.
#ifndef PEPLINE_SERVICES_SCHEDULING_DOMAIN_WORK_ITEMS_WORK_ON_PEPS_H_
#define PEPLINE_SERVICES_SCHEDULING_DOMAIN_WORK_ITEMS_WORK_ON_PEPS_H_

#include <set>
#include <vector>

#include "absl/time/time.h"
#include "services/scheduling/domain/plan.h"
#include "shared/domain/work_items/pep_work.h"
#include "shared/domain/work_items/work.h"

namespace pepline::scheduling {

// Who does a part of the work on this PEP: those whom the profile names, the Virtual School always,
// and the social worker while an interim PEP stands in. `policy` may be null.
std::set<MadeBy> WhoDoes(PepWork work, const Cycle& pep, const Policy* policy);

struct PepWorkItem {
  const Cycle* pep = nullptr;  // in the state that was asked; null: it is of no PEP
  Work work;
};
// `policy` is the one in force; null where none is known.
std::vector<PepWorkItem> WorkOn(const PlanState& state, const Policy* policy, absl::Time now);

}  // namespace pepline::scheduling

#endif  // PEPLINE_SERVICES_SCHEDULING_DOMAIN_WORK_ITEMS_WORK_ON_PEPS_H_
