// What an operator runs with this program besides the service itself (shared/runtime/operations.h).
// Threads: one at a time.
#ifndef PEPLINE_SERVICES_SCHEDULING_OPERATIONS_H_
#define PEPLINE_SERVICES_SCHEDULING_OPERATIONS_H_

#include "services/scheduling/facts.h"
#include "shared/runtime/operations.h"

namespace pepline::scheduling {

// What is given must outlive the answer.
OperationParts Operations(RedisStore& store, const Clock& clock, const FactsLoader& facts);

}  // namespace pepline::scheduling

#endif  // PEPLINE_SERVICES_SCHEDULING_OPERATIONS_H_
