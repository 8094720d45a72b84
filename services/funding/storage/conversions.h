// The small change between domain types and protobuf: states, and what RPCs read and show.
// Promises: total; an enum number that the domain does not know gives nullopt; a request field that
// cannot be read gives a violation. Threads: pure.
#ifndef PEPLINE_SERVICES_FUNDING_WIRE_H_
#define PEPLINE_SERVICES_FUNDING_WIRE_H_

#include <optional>
#include <string>

#include "pepline/funding/v1/funding_service.pb.h"
#include "services/funding/domain/fund_line.h"
#include "services/funding/domain/funding_request.h"
#include "shared/rpc/wire.h"

namespace pepline::funding {

v1::FundingRequestState ToProto(RequestStage stage);
std::optional<RequestStage> FromProto(v1::FundingRequestState state);

// Required fields that name a record; what they give with a violation is not to be used.
FundLineName ReadFundLineName(const std::string& authority_code, const std::string& financial_year,
                              Violations& violations);
FundLineName ReadFundLineId(const std::string& fund_line_id, Violations& violations);
// The fund line of a request, as its id says.
FundLineName ReadFundingRequestId(const std::string& funding_request_id, Violations& violations);

// The costing that a draft asks for. Its id follows from the line, the child and the request_id, so
// that the same command finds the same request for ever.
Costing ReadCosting(const v1::DraftFundingRequestRequest& request, Violations& violations);

v1::FundLine ToFundLine(const FundLine& line);
v1::FundingRequest ToFundingRequest(const FundingRequest& request);

}  // namespace pepline::funding

#endif  // PEPLINE_SERVICES_FUNDING_WIRE_H_
