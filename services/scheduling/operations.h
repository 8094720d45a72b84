// What an operator runs with this program besides the service itself (shared/process/operations.h):
// every kind of record that scheduling keeps, with what its rules need to be asked again, and
// whether it can be rebuilt from the topics. A kind that is missing here is reported by --check.
// What is given must outlive the answers. Threads: safe from any thread; the kinds block on the
// store.
#ifndef PEPLINE_SERVICES_SCHEDULING_OPERATIONS_H_
#define PEPLINE_SERVICES_SCHEDULING_OPERATIONS_H_

#include <vector>

#include "services/scheduling/storage/facts.h"
#include "shared/process/operations.h"

namespace pepline::scheduling {

std::vector<RecordKind> RecordKinds(const FactsLoader& facts);
OperationParts Operations(RedisStore& store, const Clock& clock, const FactsLoader& facts);

}  // namespace pepline::scheduling

#endif  // PEPLINE_SERVICES_SCHEDULING_OPERATIONS_H_
