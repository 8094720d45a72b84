// Why registry's rules say no: one list for all its machines, since many say the same.
#ifndef PEPLINE_SERVICES_REGISTRY_DOMAIN_REFUSALS_H_
#define PEPLINE_SERVICES_REGISTRY_DOMAIN_REFUSALS_H_

#include "shared/domain/decider.h"

namespace pepline::registry {

namespace refusals {
inline constexpr RefusalReason kNothingToPublish{"NOTHING_TO_PUBLISH", RefusalKind::kBadValue};
inline constexpr RefusalReason kStartedOnAnotherDay{"STARTED_ON_ANOTHER_DAY", RefusalKind::kState};
inline constexpr RefusalReason kTermsOverlap{"TERMS_OVERLAP", RefusalKind::kBadValue};
inline constexpr RefusalReason kTooManyDays{"TOO_MANY_DAYS", RefusalKind::kBadValue};
inline constexpr RefusalReason kProfileOlderThanPresent{"PROFILE_OLDER_THAN_PRESENT",
                                                        RefusalKind::kState};
inline constexpr RefusalReason kUnknownSchool{"UNKNOWN_SCHOOL", RefusalKind::kNotFound};
inline constexpr RefusalReason kSchoolClosed{"SCHOOL_CLOSED", RefusalKind::kState};
inline constexpr RefusalReason kCorrectedSince{"CORRECTED_SINCE", RefusalKind::kState};
inline constexpr RefusalReason kUnknownStaff{"UNKNOWN_STAFF", RefusalKind::kNotFound};
inline constexpr RefusalReason kUnknownChild{"UNKNOWN_CHILD", RefusalKind::kNotFound};
inline constexpr RefusalReason kRoleNotThere{"ROLE_NOT_THERE", RefusalKind::kBadValue};
inline constexpr RefusalReason kOtherAuthority{"OTHER_AUTHORITY", RefusalKind::kBadValue};
inline constexpr RefusalReason kNothingToCorrect{"NOTHING_TO_CORRECT", RefusalKind::kState};
inline constexpr RefusalReason kEndsBeforeItBegins{"ENDS_BEFORE_IT_BEGINS", RefusalKind::kBadValue};
inline constexpr RefusalReason kTooFarAhead{"TOO_FAR_AHEAD", RefusalKind::kBadValue};
inline constexpr RefusalReason kAlreadyAppointed{"ALREADY_APPOINTED", RefusalKind::kState};
inline constexpr RefusalReason kTooManyInRole{"TOO_MANY_IN_ROLE", RefusalKind::kState};
inline constexpr RefusalReason kTooManySchools{"TOO_MANY_SCHOOLS", RefusalKind::kState};
inline constexpr RefusalReason kTooManyAppointments{"TOO_MANY_APPOINTMENTS", RefusalKind::kState};
inline constexpr RefusalReason kAppointmentAlreadyEnded{"APPOINTMENT_ALREADY_ENDED",
                                                        RefusalKind::kState};
inline constexpr RefusalReason kNoSuchAppointment{"NO_SUCH_APPOINTMENT", RefusalKind::kNotFound};
inline constexpr RefusalReason kDateOfBirthInTheFuture{"DATE_OF_BIRTH_IN_THE_FUTURE",
                                                       RefusalKind::kBadValue};
inline constexpr RefusalReason kBeforeBirth{"BEFORE_BIRTH", RefusalKind::kBadValue};
inline constexpr RefusalReason kInTheFuture{"IN_THE_FUTURE", RefusalKind::kBadValue};
inline constexpr RefusalReason kNoLongerAChild{"NO_LONGER_A_CHILD", RefusalKind::kBadValue};
inline constexpr RefusalReason kAlreadyLookedAfter{"ALREADY_LOOKED_AFTER", RefusalKind::kState};
inline constexpr RefusalReason kShortBreaksAreAnotherEpisode{"SHORT_BREAKS_ARE_ANOTHER_EPISODE",
                                                             RefusalKind::kState};
inline constexpr RefusalReason kNotLookedAfter{"NOT_LOOKED_AFTER", RefusalKind::kState};
inline constexpr RefusalReason kCeasedBeforeStarted{"CEASED_BEFORE_STARTED",
                                                    RefusalKind::kBadValue};
inline constexpr RefusalReason kSameAsOnRecord{"SAME_AS_ON_RECORD", RefusalKind::kState};
inline constexpr RefusalReason kCeasedOnAnotherDay{"CEASED_ON_ANOTHER_DAY", RefusalKind::kState};
inline constexpr RefusalReason kCareOverlapsTheLast{"CARE_OVERLAPS_THE_LAST", RefusalKind::kState};
inline constexpr RefusalReason kReasonRequired{"REASON_REQUIRED", RefusalKind::kBadValue};
inline constexpr RefusalReason kReasonTooLong{"REASON_TOO_LONG", RefusalKind::kBadValue};
inline constexpr RefusalReason kAlreadyEnrolled{"ALREADY_ENROLLED", RefusalKind::kState};
inline constexpr RefusalReason kEnrolledOnAnotherDay{"ENROLLED_ON_ANOTHER_DAY",
                                                     RefusalKind::kState};
inline constexpr RefusalReason kNotEnrolled{"NOT_ENROLLED", RefusalKind::kState};
inline constexpr RefusalReason kAlreadyAtThisSchool{"ALREADY_AT_THIS_SCHOOL", RefusalKind::kState};
inline constexpr RefusalReason kTooManyCorrections{"TOO_MANY_CORRECTIONS", RefusalKind::kState};
inline constexpr RefusalReason kMovedBeforeEnrolled{"MOVED_BEFORE_ENROLLED",
                                                    RefusalKind::kBadValue};
inline constexpr RefusalReason kRequestIdReused{"REQUEST_ID_REUSED", RefusalKind::kAlreadyThere};
}  // namespace refusals

}  // namespace pepline::registry

#endif  // PEPLINE_SERVICES_REGISTRY_DOMAIN_REFUSALS_H_
