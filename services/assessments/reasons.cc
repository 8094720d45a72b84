#include "services/assessments/reasons.h"

namespace pepline::assessments {

using grpc::StatusCode;

RefusalCode CodeOfSdq(SdqReason reason) {
  switch (reason) {
    case SdqReason::kNoOpenPep:
      return {StatusCode::FAILED_PRECONDITION, "NO_OPEN_PEP"};
    case SdqReason::kOtherPep:
      return {StatusCode::FAILED_PRECONDITION, "OTHER_PEP"};
    case SdqReason::kInformantDoesNotFit:
      return {StatusCode::INVALID_ARGUMENT, "INFORMANT_DOES_NOT_FIT"};
    case SdqReason::kAlreadyRequested:
      return {StatusCode::ALREADY_EXISTS, "SDQ_ALREADY_REQUESTED"};
    case SdqReason::kNotRequested:
      return {StatusCode::NOT_FOUND, "SDQ_NOT_REQUESTED"};
    case SdqReason::kAlreadyReceived:
      return {StatusCode::FAILED_PRECONDITION, "SDQ_ALREADY_RECEIVED"};
    case SdqReason::kAlreadyScored:
      return {StatusCode::FAILED_PRECONDITION, "SDQ_ALREADY_SCORED"};
    case SdqReason::kNotScored:
      return {StatusCode::FAILED_PRECONDITION, "SDQ_NOT_SCORED"};
    case SdqReason::kAlreadyReviewed:
      return {StatusCode::FAILED_PRECONDITION, "SDQ_ALREADY_REVIEWED"};
    case SdqReason::kNotObtained:
      return {StatusCode::FAILED_PRECONDITION, "SDQ_NOT_OBTAINED"};
    case SdqReason::kFormOfAnotherInformant:
      return {StatusCode::INVALID_ARGUMENT, "FORM_OF_ANOTHER_INFORMANT"};
    case SdqReason::kNotTwentyFiveAnswers:
      return {StatusCode::INVALID_ARGUMENT, "NOT_TWENTY_FIVE_ANSWERS"};
    case SdqReason::kAnswerOutOfRange:
      return {StatusCode::INVALID_ARGUMENT, "ANSWER_OUT_OF_RANGE"};
    case SdqReason::kNothingAnswered:
      return {StatusCode::INVALID_ARGUMENT, "NOTHING_ANSWERED"};
    case SdqReason::kImpactNotOfThisForm:
      return {StatusCode::INVALID_ARGUMENT, "IMPACT_NOT_OF_THIS_FORM"};
    case SdqReason::kScoreOutOfRange:
      return {StatusCode::INVALID_ARGUMENT, "SCORE_OUT_OF_RANGE"};
    case SdqReason::kSumDiffers:
      return {StatusCode::INVALID_ARGUMENT, "SUM_DIFFERS"};
    case SdqReason::kNothingRecorded:
      return {StatusCode::INVALID_ARGUMENT, "NOTHING_RECORDED"};
    case SdqReason::kStrategiesRequired:
      return {StatusCode::INVALID_ARGUMENT, "STRATEGIES_REQUIRED"};
    case SdqReason::kDetailRequired:
      return {StatusCode::INVALID_ARGUMENT, "DETAIL_REQUIRED"};
    case SdqReason::kTextTooLong:
      return {StatusCode::INVALID_ARGUMENT, "TEXT_TOO_LONG"};
  }
  return {StatusCode::INTERNAL, "UNKNOWN"};
}

RefusalCode CodeOfPupilViews(PupilViewsReason reason) {
  switch (reason) {
    case PupilViewsReason::kNoOpenPep:
      return {StatusCode::FAILED_PRECONDITION, "NO_OPEN_PEP"};
    case PupilViewsReason::kOtherPep:
      return {StatusCode::FAILED_PRECONDITION, "OTHER_PEP"};
    case PupilViewsReason::kAlreadyCaptured:
      return {StatusCode::FAILED_PRECONDITION, "VIEWS_ALREADY_CAPTURED"};
    case PupilViewsReason::kAlreadyDeclined:
      return {StatusCode::FAILED_PRECONDITION, "VIEWS_ALREADY_DECLINED"};
    case PupilViewsReason::kNothingCaptured:
      return {StatusCode::INVALID_ARGUMENT, "NOTHING_CAPTURED"};
    case PupilViewsReason::kReasonRequired:
      return {StatusCode::INVALID_ARGUMENT, "REASON_REQUIRED"};
    case PupilViewsReason::kTextTooLong:
      return {StatusCode::INVALID_ARGUMENT, "TEXT_TOO_LONG"};
  }
  return {StatusCode::INTERNAL, "UNKNOWN"};
}

}  // namespace pepline::assessments
