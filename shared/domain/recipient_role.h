// The roles that people hold and in which they are told of things: whom the policy profile names.
// Promises: the numbers are the contract's (pepline.common.v1.RecipientRole), checked in
// shared/projections/policy_conversions.cc, and may be stored. Does not: say who holds a role
// (registry does). Threads: values only.
#ifndef PEPLINE_SHARED_DOMAIN_RECIPIENT_ROLE_H_
#define PEPLINE_SHARED_DOMAIN_RECIPIENT_ROLE_H_

#include <array>

namespace pepline {

enum class RecipientRole {
  kDesignatedTeacher = 1,
  kDeputyDesignatedTeacher = 2,
  kHeadteacher = 3,
  kVirtualSchoolCaseworker = 4,
  kVirtualSchoolHead = 5,
  kSocialWorker = 6,
  kIndependentReviewingOfficer = 7,
  kSchoolOffice = 8,
};
constexpr RecipientRole LastOf(RecipientRole) { return RecipientRole::kSchoolOffice; }
inline constexpr std::array kAllRecipientRoles = {RecipientRole::kDesignatedTeacher,
                                                  RecipientRole::kDeputyDesignatedTeacher,
                                                  RecipientRole::kHeadteacher,
                                                  RecipientRole::kVirtualSchoolCaseworker,
                                                  RecipientRole::kVirtualSchoolHead,
                                                  RecipientRole::kSocialWorker,
                                                  RecipientRole::kIndependentReviewingOfficer,
                                                  RecipientRole::kSchoolOffice};

// The council's people work in the school holidays too; a school's do not.
constexpr bool IsOfCouncil(RecipientRole role) {
  switch (role) {
    case RecipientRole::kVirtualSchoolCaseworker:
    case RecipientRole::kVirtualSchoolHead:
    case RecipientRole::kSocialWorker:
    case RecipientRole::kIndependentReviewingOfficer:
      return true;
    case RecipientRole::kDesignatedTeacher:
    case RecipientRole::kDeputyDesignatedTeacher:
    case RecipientRole::kHeadteacher:
    case RecipientRole::kSchoolOffice:
      return false;
  }
  return false;
}

}  // namespace pepline

#endif  // PEPLINE_SHARED_DOMAIN_RECIPIENT_ROLE_H_
