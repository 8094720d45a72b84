#include "services/funding/storage/conversions.h"

namespace pepline::funding {

v1::FundingRequestState ToProto(RequestStage stage) {
  switch (stage) {
    case RequestStage::kDraft:
      return v1::FUNDING_REQUEST_STATE_DRAFT;
    case RequestStage::kSubmitted:
      return v1::FUNDING_REQUEST_STATE_SUBMITTED;
    case RequestStage::kApproved:
      return v1::FUNDING_REQUEST_STATE_APPROVED;
    case RequestStage::kDeclined:
      return v1::FUNDING_REQUEST_STATE_DECLINED;
    case RequestStage::kReleased:
      return v1::FUNDING_REQUEST_STATE_RELEASED;
    case RequestStage::kWithdrawn:
      return v1::FUNDING_REQUEST_STATE_WITHDRAWN;
  }
  return v1::FUNDING_REQUEST_STATE_UNSPECIFIED;
}

std::optional<RequestStage> FromProto(v1::FundingRequestState state) {
  for (RequestStage one : kAllStages) {
    if (ToProto(one) == state) return one;
  }
  return std::nullopt;
}

}  // namespace pepline::funding
