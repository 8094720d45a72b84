// What is to be done next for a request for Pupil Premium Plus, and by whom: the work-list of
// funding. A draft is to be submitted by no day, so it says since when it waits.
// Promises: pure. Source: docs/domain.md 6.5; decision 76.
#ifndef PEPLINE_SERVICES_FUNDING_DOMAIN_FUNDING_WORK_H_
#define PEPLINE_SERVICES_FUNDING_DOMAIN_FUNDING_WORK_H_

#include <optional>

#include "absl/time/time.h"
#include "services/funding/domain/funding_request.h"
#include "shared/domain/work_items/work.h"

namespace pepline::funding {

// nullopt for a request that waits for nothing.
std::optional<Work> WorkOn(const FundingRequest& request, absl::Time now);

}  // namespace pepline::funding

#endif  // PEPLINE_SERVICES_FUNDING_DOMAIN_FUNDING_WORK_H_
