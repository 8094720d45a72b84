#include "services/registry/reasons.h"

namespace pepline::registry {

RefusalCode CodeOf(RegistryReason reason) {
  using grpc::StatusCode;
  switch (reason) {
    case RegistryReason::kNothingToPublish:
      return {StatusCode::INVALID_ARGUMENT, "NOTHING_TO_PUBLISH"};
    case RegistryReason::kTermsOverlap:
      return {StatusCode::INVALID_ARGUMENT, "TERMS_OVERLAP"};
    case RegistryReason::kProfileOlderThanPresent:
      return {StatusCode::FAILED_PRECONDITION, "PROFILE_OLDER_THAN_PRESENT"};
    case RegistryReason::kUnknownSchool:
      return {StatusCode::NOT_FOUND, "UNKNOWN_SCHOOL"};
    case RegistryReason::kSchoolClosed:
      return {StatusCode::FAILED_PRECONDITION, "SCHOOL_CLOSED"};
    case RegistryReason::kUnknownStaff:
      return {StatusCode::NOT_FOUND, "UNKNOWN_STAFF"};
    case RegistryReason::kUnknownChild:
      return {StatusCode::NOT_FOUND, "UNKNOWN_CHILD"};
    case RegistryReason::kRoleNotThere:
      return {StatusCode::INVALID_ARGUMENT, "ROLE_NOT_THERE"};
    case RegistryReason::kOtherAuthority:
      return {StatusCode::INVALID_ARGUMENT, "OTHER_AUTHORITY"};
    case RegistryReason::kEndsBeforeItBegins:
      return {StatusCode::INVALID_ARGUMENT, "ENDS_BEFORE_IT_BEGINS"};
    case RegistryReason::kTooFarAhead:
      return {StatusCode::INVALID_ARGUMENT, "TOO_FAR_AHEAD"};
    case RegistryReason::kAlreadyAppointed:
      return {StatusCode::FAILED_PRECONDITION, "ALREADY_APPOINTED"};
    case RegistryReason::kAppointmentAlreadyEnded:
      return {StatusCode::FAILED_PRECONDITION, "APPOINTMENT_ALREADY_ENDED"};
    case RegistryReason::kNoSuchAppointment:
      return {StatusCode::NOT_FOUND, "NO_SUCH_APPOINTMENT"};
    case RegistryReason::kDateOfBirthInTheFuture:
      return {StatusCode::INVALID_ARGUMENT, "DATE_OF_BIRTH_IN_THE_FUTURE"};
    case RegistryReason::kBeforeBirth:
      return {StatusCode::INVALID_ARGUMENT, "BEFORE_BIRTH"};
    case RegistryReason::kInTheFuture:
      return {StatusCode::INVALID_ARGUMENT, "IN_THE_FUTURE"};
    case RegistryReason::kNoLongerAChild:
      return {StatusCode::INVALID_ARGUMENT, "NO_LONGER_A_CHILD"};
    case RegistryReason::kAlreadyLookedAfter:
      return {StatusCode::FAILED_PRECONDITION, "ALREADY_LOOKED_AFTER"};
    case RegistryReason::kNotLookedAfter:
      return {StatusCode::FAILED_PRECONDITION, "NOT_LOOKED_AFTER"};
    case RegistryReason::kCeasedBeforeStarted:
      return {StatusCode::INVALID_ARGUMENT, "CEASED_BEFORE_STARTED"};
    case RegistryReason::kCeasedOnAnotherDay:
      return {StatusCode::FAILED_PRECONDITION, "CEASED_ON_ANOTHER_DAY"};
    case RegistryReason::kCareOverlapsTheLast:
      return {StatusCode::FAILED_PRECONDITION, "CARE_OVERLAPS_THE_LAST"};
    case RegistryReason::kReasonRequired:
      return {StatusCode::INVALID_ARGUMENT, "REASON_REQUIRED"};
    case RegistryReason::kAlreadyEnrolled:
      return {StatusCode::FAILED_PRECONDITION, "ALREADY_ENROLLED"};
    case RegistryReason::kEnrolledOnAnotherDay:
      return {StatusCode::FAILED_PRECONDITION, "ENROLLED_ON_ANOTHER_DAY"};
    case RegistryReason::kNotEnrolled:
      return {StatusCode::FAILED_PRECONDITION, "NOT_ENROLLED"};
    case RegistryReason::kAlreadyAtThisSchool:
      return {StatusCode::FAILED_PRECONDITION, "ALREADY_AT_THIS_SCHOOL"};
    case RegistryReason::kMovedBeforeEnrolled:
      return {StatusCode::INVALID_ARGUMENT, "MOVED_BEFORE_ENROLLED"};
    case RegistryReason::kRequestIdReused:
      return {StatusCode::ALREADY_EXISTS, "REQUEST_ID_REUSED"};
  }
  return {StatusCode::INTERNAL, "UNKNOWN"};
}

}  // namespace pepline::registry
