// Gathers what the rules of a request may know besides their records: the time, the bank holidays
// and the profiles of its fund line's authority, which its deadlines count by.
// Promises: asks the store at every call (shared/projections/reference_data.h). Does not: look for
// the child, which few commands need. Errors: whatever the store answers. Threads: safe from any
// thread; blocks on the store.
#ifndef PEPLINE_SERVICES_FUNDING_STORAGE_FACTS_H_
#define PEPLINE_SERVICES_FUNDING_STORAGE_FACTS_H_

#include "absl/status/statusor.h"
#include "services/funding/domain/funding_request.h"
#include "shared/base/clock.h"
#include "shared/domain/ids.h"
#include "shared/projections/reference_data.h"

namespace pepline::funding {

class FactsLoader {
 public:
  // Both must outlive this.
  FactsLoader(const Clock& clock, ReferenceData& reference)
      : clock_(clock), reference_(reference) {}

  absl::StatusOr<FundingFacts> Load(const AuthorityCode& authority) const;

 private:
  const Clock& clock_;
  ReferenceData& reference_;
};

}  // namespace pepline::funding

#endif  // PEPLINE_SERVICES_FUNDING_STORAGE_FACTS_H_
