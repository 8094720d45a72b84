// The one table from the rules' refusals to gRPC codes and ErrorInfo reasons. Threads: pure.
#ifndef PEPLINE_SERVICES_ASSESSMENTS_REASONS_H_
#define PEPLINE_SERVICES_ASSESSMENTS_REASONS_H_

#include "services/assessments/domain/pupil_views.h"
#include "services/assessments/domain/sdq.h"
#include "shared/runtime/grpc_server.h"

namespace pepline::assessments {

RefusalCode CodeOfSdq(SdqReason reason);
RefusalCode CodeOfPupilViews(PupilViewsReason reason);

}  // namespace pepline::assessments

#endif  // PEPLINE_SERVICES_ASSESSMENTS_REASONS_H_
