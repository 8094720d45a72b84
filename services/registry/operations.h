// What an operator runs with this program besides the service itself (shared/runtime/operations.h).
// Threads: one at a time.
#ifndef PEPLINE_SERVICES_REGISTRY_OPERATIONS_H_
#define PEPLINE_SERVICES_REGISTRY_OPERATIONS_H_

#include "services/registry/facts.h"
#include "shared/runtime/operations.h"

namespace pepline::registry {

// What is given must outlive the answer.
OperationParts Operations(RedisStore& store, const Clock& clock, const FactsLoader& facts);

}  // namespace pepline::registry

#endif  // PEPLINE_SERVICES_REGISTRY_OPERATIONS_H_
