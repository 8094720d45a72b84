// What the rules may know besides their record. Threads: pure function.
#ifndef PEPLINE_SERVICES_FUNDING_STORAGE_FACTS_H_
#define PEPLINE_SERVICES_FUNDING_STORAGE_FACTS_H_

#include "services/funding/domain/funding_request.h"
#include "shared/base/london.h"

namespace pepline::funding {

// At this instant, without a child.
inline FundingFacts FactsAt(absl::Time now) {
  return {now, absl::ToCivilDay(now, London()), std::nullopt};
}

}  // namespace pepline::funding

#endif  // PEPLINE_SERVICES_FUNDING_STORAGE_FACTS_H_
