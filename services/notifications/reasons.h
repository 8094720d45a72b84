// The one table from the rules' refusals to gRPC codes and ErrorInfo reasons. Threads: pure.
#ifndef PEPLINE_SERVICES_NOTIFICATIONS_REASONS_H_
#define PEPLINE_SERVICES_NOTIFICATIONS_REASONS_H_

#include "services/notifications/domain/alert.h"
#include "shared/runtime/grpc_server.h"

namespace pepline::notifications {

RefusalCode CodeOf(AlertReason reason);

}  // namespace pepline::notifications

#endif  // PEPLINE_SERVICES_NOTIFICATIONS_REASONS_H_
