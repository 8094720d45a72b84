// Requests in the words of the rules. A field that cannot be read gives a violation with its path;
// ranges and counts are the rules' own business.
#ifndef PEPLINE_SERVICES_FUNDING_API_REQUESTS_H_
#define PEPLINE_SERVICES_FUNDING_API_REQUESTS_H_

#include <string>

#include "pepline/funding/v1/funding_service.pb.h"
#include "services/funding/domain/fund_line.h"
#include "services/funding/domain/funding_request.h"
#include "shared/rpc/request_fields.h"

namespace pepline::funding {

// Required fields that name a record; what they give with a violation is not to be used.
FundLineName ReadFundLineName(const std::string& authority_code, const std::string& financial_year,
                              Violations& violations);
FundLineName ReadFundLineId(const std::string& fund_line_id, Violations& violations);
// The fund line of a request, as its id says.
FundLineName ReadFundingRequestId(const std::string& funding_request_id, Violations& violations);

// The costing that a draft asks for. Its id follows from the line, the child and the request_id, so
// that the same command finds the same request for ever.
Costing ReadCosting(const v1::DraftFundingRequestRequest& request, Violations& violations);

}  // namespace pepline::funding

#endif  // PEPLINE_SERVICES_FUNDING_API_REQUESTS_H_
