// What the RPCs show of fund lines and requests (proto/pepline/funding/v1/funding_service.proto).
#ifndef PEPLINE_SERVICES_FUNDING_API_ANSWERS_H_
#define PEPLINE_SERVICES_FUNDING_API_ANSWERS_H_

#include "pepline/funding/v1/funding_service.pb.h"
#include "services/funding/domain/fund_line.h"
#include "services/funding/domain/funding_request.h"

namespace pepline::funding {

v1::FundLine ToFundLine(const FundLine& line);
v1::FundingRequest ToFundingRequest(const FundingRequest& request);

}  // namespace pepline::funding

#endif  // PEPLINE_SERVICES_FUNDING_API_ANSWERS_H_
