// The one table from the rules' refusals to gRPC codes and ErrorInfo reasons. Threads: pure.
#ifndef PEPLINE_SERVICES_FUNDING_REASONS_H_
#define PEPLINE_SERVICES_FUNDING_REASONS_H_

#include "services/funding/domain/fund_line.h"
#include "services/funding/domain/funding_request.h"
#include "shared/runtime/grpc_server.h"

namespace pepline::funding {

RefusalCode CodeOf(FundLineReason reason);
RefusalCode CodeOf(FundingReason reason);

}  // namespace pepline::funding

#endif  // PEPLINE_SERVICES_FUNDING_REASONS_H_
