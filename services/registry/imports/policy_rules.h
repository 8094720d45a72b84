// The deadline rules that a policy profile may hold, by their stable ids.
// Promises: equal to the rules that the services run (a test compares); another id in a profile
// would be a deadline that nobody watches, so it is refused. Threads: constants.
#ifndef PEPLINE_SERVICES_REGISTRY_IMPORTS_POLICY_RULES_H_
#define PEPLINE_SERVICES_REGISTRY_IMPORTS_POLICY_RULES_H_

#include <array>
#include <string_view>

#include "services/registry/domain/vacancy.h"

namespace pepline::registry::imports {

inline constexpr std::array<std::string_view, 9> kPolicyRules = {
    // Run by scheduling: services/scheduling/domain/deadline.cc.
    "initial-pep-started-within-10-working-days",
    "initial-pep-available-within-20-working-days",
    "termly-pep-held-by-term-cut-off",
    "pep-held-within-4-months",
    "pep-updated-within-10-working-days-of-move",
    "epep-draft-ready-3-school-days-before-meeting",
    "finalise-within-5-school-days",
    "sdq-scored-3-school-days-before-meeting",
    // Run by registry itself.
    kVacancyRule,
};

// Those that are counted back from the meeting; all others are counted from what starts them.
inline constexpr std::array<std::string_view, 2> kCountedBack = {
    "epep-draft-ready-3-school-days-before-meeting", "sdq-scored-3-school-days-before-meeting"};

}  // namespace pepline::registry::imports

#endif  // PEPLINE_SERVICES_REGISTRY_IMPORTS_POLICY_RULES_H_
