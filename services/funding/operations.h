// What an operator runs with this program besides the service itself (shared/process/operations.h):
// every kind of record that funding keeps, with what its rules need to be asked again, and whether
// it can be rebuilt from the topics. A kind that is missing here is reported by --check. What is
// given must outlive the answers. Threads: safe from any thread; the kinds block on the store.
#ifndef PEPLINE_SERVICES_FUNDING_OPERATIONS_H_
#define PEPLINE_SERVICES_FUNDING_OPERATIONS_H_

#include <vector>

#include "services/funding/storage/facts.h"
#include "shared/process/operations.h"

namespace pepline::funding {

std::vector<RecordKind> RecordKinds(const Clock& clock, const FactsLoader& facts);
OperationParts Operations(RedisStore& store, const Clock& clock, const FactsLoader& facts);

}  // namespace pepline::funding

#endif  // PEPLINE_SERVICES_FUNDING_OPERATIONS_H_
