#include "shared/domain/authorisation.h"

#include <algorithm>

namespace pepline {
namespace {

struct NamedRole {
  Role role;
  std::string_view name;
};
constexpr NamedRole kRoleNames[] = {
    {Role::kVirtualSchool, "virtual-school"},
    {Role::kDesignatedTeacher, "designated-teacher"},
    {Role::kSocialWorker, "social-worker"},
    {Role::kIndependentReviewingOfficer, "independent-reviewing-officer"},
    {Role::kFinance, "finance"},
    {Role::kAuditor, "auditor"},
    {Role::kService, "service"},
    {Role::kOperator, "operator"},
    {Role::kHeadteacher, "headteacher"}};

// Who worked with the child. The Virtual School and its auditor answer for the record, which the
// authority keeps until the child's 75th birthday (SI 2010/959 reg 50), and finance for the money.
bool LosesAccessAfterCare(Role role) {
  return role == Role::kDesignatedTeacher || role == Role::kHeadteacher ||
         role == Role::kSocialWorker || role == Role::kIndependentReviewingOfficer;
}

}  // namespace

std::string_view RoleName(Role role) {
  for (const NamedRole& named : kRoleNames) {
    if (named.role == role) return named.name;
  }
  return "";
}

std::optional<Role> ParseRole(std::string_view name) {
  for (const NamedRole& named : kRoleNames) {
    if (named.name == name) return named.role;
  }
  return std::nullopt;
}

bool MayCall(std::span<const Grant> grants, Role role) {
  return std::ranges::any_of(grants, [&](const Grant& grant) { return grant.role == role; });
}

bool MayTouch(std::span<const Grant> grants, const Actor& actor, const Resource& resource) {
  if (resource.access_ended && LosesAccessAfterCare(actor.role)) return false;
  return std::ranges::any_of(grants, [&](const Grant& grant) {
    if (grant.role != actor.role || (grant.if_told && !resource.told)) return false;
    switch (grant.reach) {
      case Reach::kAny:
        return true;
      case Reach::kAuthority:
        // Two empty codes are not the same authority: nothing is known then.
        return !resource.authority.empty() && actor.authority == resource.authority;
      case Reach::kSchool:
        return !resource.school.empty() && actor.schools.contains(resource.school);
      case Reach::kNational:
        return resource.authority.empty() && resource.school.empty();
    }
    return false;
  });
}

}  // namespace pepline
