// The rule of a school with looked-after children and no Designated Teacher, by its id.
// Promises: the one id that the policy profile's row, registry's count and the alert share:
// registry runs the rule, notifications names its alert after it. Does not: know its length or
// levels, which are the profile's row. Source: Children and Young Persons Act 2008 s20; domain 6.8
// and 6.10. Threads: a constant.
#ifndef PEPLINE_SHARED_DOMAIN_VACANCY_RULE_H_
#define PEPLINE_SHARED_DOMAIN_VACANCY_RULE_H_

#include <string_view>

namespace pepline {

inline constexpr std::string_view kVacancyRule = "designated-teacher-vacancy";

}  // namespace pepline

#endif  // PEPLINE_SHARED_DOMAIN_VACANCY_RULE_H_
