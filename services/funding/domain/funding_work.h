// What is to be done next for a request for Pupil Premium Plus, and by whom: the work-list of
// funding. Nothing says by when, so it says since when the request waits.
// Promises: pure. Source: docs/domain.md 6.5; decision 76.
#ifndef PEPLINE_SERVICES_FUNDING_DOMAIN_FUNDING_WORK_H_
#define PEPLINE_SERVICES_FUNDING_DOMAIN_FUNDING_WORK_H_

#include <optional>

#include "services/funding/domain/funding_request.h"
#include "shared/domain/work_items/work.h"

namespace pepline::funding {

// nullopt for a request that waits for nothing.
std::optional<Work> WorkOn(const FundingRequest& request);

}  // namespace pepline::funding

#endif  // PEPLINE_SERVICES_FUNDING_DOMAIN_FUNDING_WORK_H_
