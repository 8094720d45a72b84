#include "services/funding/reasons.h"

namespace pepline::funding {

using grpc::StatusCode;

RefusalCode CodeOf(FundLineReason reason) {
  switch (reason) {
    case FundLineReason::kAlreadyOpen:
      return {StatusCode::ALREADY_EXISTS, "FUND_LINE_ALREADY_OPEN"};
    case FundLineReason::kNotOpen:
      return {StatusCode::NOT_FOUND, "FUND_LINE_NOT_OPEN"};
    case FundLineReason::kAmountOutOfRange:
      return {StatusCode::INVALID_ARGUMENT, "AMOUNT_OUT_OF_RANGE"};
    case FundLineReason::kBelowCommitted:
      return {StatusCode::FAILED_PRECONDITION, "BELOW_COMMITTED"};
  }
  return {StatusCode::INTERNAL, "UNKNOWN"};
}

RefusalCode CodeOf(FundingReason reason) {
  switch (reason) {
    case FundingReason::kNoSuchRequest:
      return {StatusCode::NOT_FOUND, "NO_SUCH_REQUEST"};
    case FundingReason::kAlreadyDrafted:
      return {StatusCode::ALREADY_EXISTS, "ALREADY_DRAFTED"};
    case FundingReason::kFundLineNotOpen:
      return {StatusCode::FAILED_PRECONDITION, "FUND_LINE_NOT_OPEN"};
    case FundingReason::kChildNotLookedAfter:
      return {StatusCode::FAILED_PRECONDITION, "CHILD_NOT_LOOKED_AFTER"};
    case FundingReason::kFundLineOfAnotherAuthority:
      return {StatusCode::INVALID_ARGUMENT, "FUND_LINE_OF_ANOTHER_AUTHORITY"};
    case FundingReason::kPepOfAnotherChild:
      return {StatusCode::INVALID_ARGUMENT, "PEP_OF_ANOTHER_CHILD"};
    case FundingReason::kOutcomeOfAnotherPep:
      return {StatusCode::INVALID_ARGUMENT, "OUTCOME_OF_ANOTHER_PEP"};
    case FundingReason::kTextRequired:
      return {StatusCode::INVALID_ARGUMENT, "TEXT_REQUIRED"};
    case FundingReason::kTextTooLong:
      return {StatusCode::INVALID_ARGUMENT, "TEXT_TOO_LONG"};
    case FundingReason::kCostLinesRequired:
      return {StatusCode::INVALID_ARGUMENT, "COST_LINES_REQUIRED"};
    case FundingReason::kTooManyCostLines:
      return {StatusCode::INVALID_ARGUMENT, "TOO_MANY_COST_LINES"};
    case FundingReason::kCostOutOfRange:
      return {StatusCode::INVALID_ARGUMENT, "COST_OUT_OF_RANGE"};
    case FundingReason::kStartOutsideFinancialYear:
      return {StatusCode::INVALID_ARGUMENT, "START_OUTSIDE_FINANCIAL_YEAR"};
    case FundingReason::kEndBeforeStart:
      return {StatusCode::INVALID_ARGUMENT, "END_BEFORE_START"};
    case FundingReason::kEndTooFarAhead:
      return {StatusCode::INVALID_ARGUMENT, "END_TOO_FAR_AHEAD"};
    case FundingReason::kNotSubmitted:
      return {StatusCode::FAILED_PRECONDITION, "NOT_SUBMITTED"};
    case FundingReason::kAlreadySubmitted:
      return {StatusCode::FAILED_PRECONDITION, "ALREADY_SUBMITTED"};
    case FundingReason::kAlreadyDecided:
      return {StatusCode::FAILED_PRECONDITION, "ALREADY_DECIDED"};
    case FundingReason::kWithdrawn:
      return {StatusCode::FAILED_PRECONDITION, "WITHDRAWN"};
    case FundingReason::kAlreadyReleased:
      return {StatusCode::FAILED_PRECONDITION, "ALREADY_RELEASED"};
    case FundingReason::kNotApproved:
      return {StatusCode::FAILED_PRECONDITION, "NOT_APPROVED"};
    case FundingReason::kSubmittedBySamePerson:
      return {StatusCode::FAILED_PRECONDITION, "SUBMITTED_BY_SAME_PERSON"};
    case FundingReason::kNothingApproved:
      return {StatusCode::INVALID_ARGUMENT, "NOTHING_APPROVED"};
    case FundingReason::kMoreThanAsked:
      return {StatusCode::INVALID_ARGUMENT, "MORE_THAN_ASKED"};
    case FundingReason::kFundLineExceeded:
      return {StatusCode::FAILED_PRECONDITION, "FUND_LINE_EXCEEDED"};
  }
  return {StatusCode::INTERNAL, "UNKNOWN"};
}

}  // namespace pepline::funding
