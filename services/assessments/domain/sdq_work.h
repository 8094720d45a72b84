// What is to be done next for an SDQ, and by whom: the work-list of assessments.
// A proposal that there will be none waits to be confirmed, a score in a high band to be reviewed,
// and an SDQ to come back. The teacher's SDQ of a PEP with a meeting is not here: scheduling runs
// its deadline, and lists it. Neither is one that nobody wants any more, since its PEP is over and
// it was not missed.
// Promises: pure. Source: docs/domain.md 3 and 6.4; decision 76.
#ifndef PEPLINE_SERVICES_ASSESSMENTS_DOMAIN_SDQ_WORK_H_
#define PEPLINE_SERVICES_ASSESSMENTS_DOMAIN_SDQ_WORK_H_

#include <optional>

#include "services/assessments/domain/sdq.h"
#include "shared/domain/work_items/work.h"

namespace pepline::assessments {

// nullopt: nothing, here.
std::optional<Work> WorkOn(const SdqState& sdq);

}  // namespace pepline::assessments

#endif  // PEPLINE_SERVICES_ASSESSMENTS_DOMAIN_SDQ_WORK_H_
