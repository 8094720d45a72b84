// The names of roles in files.
// Threads: constants.
#ifndef PEPLINE_SERVICES_REGISTRY_IMPORT_PARSE_ROLES_H_
#define PEPLINE_SERVICES_REGISTRY_IMPORT_PARSE_ROLES_H_

#include <array>
#include <string_view>
#include <utility>

#include "pepline/common/v1/policy_profile.pb.h"

namespace pepline::registry::imports {

inline constexpr std::array<std::pair<std::string_view, common::v1::RecipientRole>, 8> kRoleNames =
    {{{"designated-teacher", common::v1::RECIPIENT_ROLE_DESIGNATED_TEACHER},
      {"deputy-designated-teacher", common::v1::RECIPIENT_ROLE_DEPUTY_DESIGNATED_TEACHER},
      {"headteacher", common::v1::RECIPIENT_ROLE_HEADTEACHER},
      {"virtual-school-caseworker", common::v1::RECIPIENT_ROLE_VIRTUAL_SCHOOL_CASEWORKER},
      {"virtual-school-head", common::v1::RECIPIENT_ROLE_VIRTUAL_SCHOOL_HEAD},
      {"social-worker", common::v1::RECIPIENT_ROLE_SOCIAL_WORKER},
      {"independent-reviewing-officer", common::v1::RECIPIENT_ROLE_INDEPENDENT_REVIEWING_OFFICER},
      {"school-office", common::v1::RECIPIENT_ROLE_SCHOOL_OFFICE}}};

}  // namespace pepline::registry::imports

#endif  // PEPLINE_SERVICES_REGISTRY_IMPORT_PARSE_ROLES_H_
