// What an operator runs with this program besides the service itself (shared/runtime/operations.h).
// Threads: one at a time.
#ifndef PEPLINE_SERVICES_FUNDING_OPERATIONS_H_
#define PEPLINE_SERVICES_FUNDING_OPERATIONS_H_

#include "shared/runtime/operations.h"

namespace pepline::funding {

// What is given must outlive the answer.
OperationParts Operations(RedisStore& store, const Clock& clock);

}  // namespace pepline::funding

#endif  // PEPLINE_SERVICES_FUNDING_OPERATIONS_H_
