// The one table from the rules' refusals to gRPC codes and ErrorInfo reasons. Threads: pure.
#ifndef PEPLINE_SERVICES_SCHEDULING_REASONS_H_
#define PEPLINE_SERVICES_SCHEDULING_REASONS_H_

#include "services/scheduling/domain/plan.h"
#include "shared/runtime/grpc_server.h"

namespace pepline::scheduling {

RefusalCode CodeOf(PlanReason reason);

}  // namespace pepline::scheduling

#endif  // PEPLINE_SERVICES_SCHEDULING_REASONS_H_
