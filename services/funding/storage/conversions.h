// The states of a request as protobuf and back, for what is stored, published, asked and answered
// alike. A number that the domain does not know gives nullopt.
#ifndef PEPLINE_SERVICES_FUNDING_STORAGE_CONVERSIONS_H_
#define PEPLINE_SERVICES_FUNDING_STORAGE_CONVERSIONS_H_

#include <optional>

#include "pepline/funding/v1/funding_service.pb.h"
#include "services/funding/domain/funding_request.h"

namespace pepline::funding {

v1::FundingRequestState ToProto(RequestStage stage);
std::optional<RequestStage> FromProto(v1::FundingRequestState state);

}  // namespace pepline::funding

#endif  // PEPLINE_SERVICES_FUNDING_STORAGE_CONVERSIONS_H_
