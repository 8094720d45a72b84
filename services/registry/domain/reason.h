// Why registry's rules say no: one list for all its machines, so that one table names the codes.
// Threads: values only.
#ifndef PEPLINE_SERVICES_REGISTRY_DOMAIN_REASON_H_
#define PEPLINE_SERVICES_REGISTRY_DOMAIN_REASON_H_

#include <optional>
#include <string>
#include <utility>

#include "shared/domain/decider.h"

namespace pepline::registry {

enum class RegistryReason {
  kNothingToPublish,
  kTermsOverlap,
  kProfileOlderThanPresent,
  kUnknownSchool,
  kSchoolClosed,
  kUnknownStaff,
  kUnknownChild,
  kRoleNotThere,
  kOtherAuthority,
  kEndsBeforeItBegins,
  kTooFarAhead,
  kAlreadyAppointed,
  kAppointmentAlreadyEnded,
  kNoSuchAppointment,
  kDateOfBirthInTheFuture,
  kBeforeBirth,
  kInTheFuture,
  kNoLongerAChild,
  kAlreadyLookedAfter,
  kNotLookedAfter,
  kCeasedBeforeStarted,
  kCeasedOnAnotherDay,
  kCareOverlapsTheLast,
  kReasonRequired,
  kAlreadyEnrolled,
  kEnrolledOnAnotherDay,
  kNotEnrolled,
  kAlreadyAtThisSchool,
  kMovedBeforeEnrolled,
  kRequestIdReused,
};
inline constexpr int kRegistryReasons = static_cast<int>(RegistryReason::kRequestIdReused) + 1;

using RegistryRefusal = Refusal<RegistryReason>;
using MaybeRefusal = std::optional<RegistryRefusal>;

inline RegistryRefusal No(RegistryReason reason, std::string field, std::string advice) {
  return {reason, std::move(field), std::move(advice)};
}

}  // namespace pepline::registry

#endif  // PEPLINE_SERVICES_REGISTRY_DOMAIN_REASON_H_
