// The one table from the rules' refusals to gRPC codes and ErrorInfo reasons. Threads: pure.
#ifndef PEPLINE_SERVICES_REGISTRY_REASONS_H_
#define PEPLINE_SERVICES_REGISTRY_REASONS_H_

#include "services/registry/domain/reason.h"
#include "shared/runtime/grpc_server.h"

namespace pepline::registry {

RefusalCode CodeOf(RegistryReason reason);

}  // namespace pepline::registry

#endif  // PEPLINE_SERVICES_REGISTRY_REASONS_H_
