#include "services/scheduling/reasons.h"

namespace pepline::scheduling {

RefusalCode CodeOf(PlanReason reason) {
  using grpc::StatusCode;
  switch (reason) {
    case PlanReason::kNoCurrentPep:
      return {StatusCode::NOT_FOUND, "NO_CURRENT_PEP"};
    case PlanReason::kOtherPep:
      return {StatusCode::FAILED_PRECONDITION, "OTHER_PEP"};
    case PlanReason::kMeetingInThePast:
      return {StatusCode::INVALID_ARGUMENT, "MEETING_IN_THE_PAST"};
    case PlanReason::kMeetingTooFarAhead:
      return {StatusCode::INVALID_ARGUMENT, "MEETING_TOO_FAR_AHEAD"};
    case PlanReason::kNotASchoolDay:
      return {StatusCode::INVALID_ARGUMENT, "NOT_A_SCHOOL_DAY"};
    case PlanReason::kOutsideSchoolHours:
      return {StatusCode::INVALID_ARGUMENT, "OUTSIDE_SCHOOL_HOURS"};
    case PlanReason::kMeetingAlreadyScheduled:
      return {StatusCode::FAILED_PRECONDITION, "MEETING_ALREADY_SCHEDULED"};
    case PlanReason::kNoMeetingScheduled:
      return {StatusCode::FAILED_PRECONDITION, "NO_MEETING_SCHEDULED"};
    case PlanReason::kMeetingAlreadyHeld:
      return {StatusCode::FAILED_PRECONDITION, "MEETING_ALREADY_HELD"};
    case PlanReason::kAlreadyFinalised:
      return {StatusCode::FAILED_PRECONDITION, "ALREADY_FINALISED"};
    case PlanReason::kNotHeld:
      return {StatusCode::FAILED_PRECONDITION, "NOT_HELD"};
    case PlanReason::kReasonRequired:
      return {StatusCode::INVALID_ARGUMENT, "REASON_REQUIRED"};
    case PlanReason::kReasonTooLong:
      return {StatusCode::INVALID_ARGUMENT, "REASON_TOO_LONG"};
    case PlanReason::kHeldInTheFuture:
      return {StatusCode::INVALID_ARGUMENT, "HELD_IN_THE_FUTURE"};
    case PlanReason::kHeldBeforePepOpened:
      return {StatusCode::INVALID_ARGUMENT, "HELD_BEFORE_PEP_OPENED"};
    case PlanReason::kChairRequired:
      return {StatusCode::INVALID_ARGUMENT, "CHAIR_REQUIRED"};
    case PlanReason::kChairNotPresent:
      return {StatusCode::INVALID_ARGUMENT, "CHAIR_NOT_PRESENT"};
    case PlanReason::kAttendeeTwice:
      return {StatusCode::INVALID_ARGUMENT, "ATTENDEE_TWICE"};
    case PlanReason::kNotAnInitialPep:
      return {StatusCode::FAILED_PRECONDITION, "NOT_AN_INITIAL_PEP"};
    case PlanReason::kSchoolDayWithinStartLimit:
      return {StatusCode::FAILED_PRECONDITION, "SCHOOL_DAY_WITHIN_START_LIMIT"};
  }
  return {StatusCode::INTERNAL, "UNKNOWN"};
}

}  // namespace pepline::scheduling
