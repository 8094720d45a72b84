// The roles people are appointed to, and where each may be held.
// Promises: pure; the numbers are the contract's (pepline.common.v1.RecipientRole). Threads: values
// and pure functions.
#ifndef PEPLINE_SERVICES_REGISTRY_DOMAIN_ROLES_H_
#define PEPLINE_SERVICES_REGISTRY_DOMAIN_ROLES_H_

#include <array>
#include <string_view>

namespace pepline::registry {

enum class StaffRole {
  kDesignatedTeacher = 1,
  kDeputyDesignatedTeacher = 2,
  kHeadteacher = 3,
  kVirtualSchoolCaseworker = 4,
  kVirtualSchoolHead = 5,
  kSocialWorker = 6,
  kIndependentReviewingOfficer = 7,
  kSchoolOffice = 8,
};
inline constexpr std::array kAllStaffRoles = {StaffRole::kDesignatedTeacher,
                                              StaffRole::kDeputyDesignatedTeacher,
                                              StaffRole::kHeadteacher,
                                              StaffRole::kVirtualSchoolCaseworker,
                                              StaffRole::kVirtualSchoolHead,
                                              StaffRole::kSocialWorker,
                                              StaffRole::kIndependentReviewingOfficer,
                                              StaffRole::kSchoolOffice};

enum class Place { kSchool, kAuthority, kChild };

// Designated Teacher, deputy, headteacher and office are of a school; caseworker and head of the
// Virtual School, social worker and IRO of an authority; caseworker, social worker and IRO also of
// one child.
bool MayBeHeldAt(StaffRole role, Place place);

}  // namespace pepline::registry

#endif  // PEPLINE_SERVICES_REGISTRY_DOMAIN_ROLES_H_
