// What a profile that says nothing of SDQs means, and what one may say: the ages, in completed
// years, in which a PEP asks for one, and what in one asks for strategies. Source of the ages: the
// SSDA903 return asks for the SDQ of children from their fourth to before their seventeenth
// birthday (docs/domain.md 3.5), and questionnaires exist from age 2 to 17. Threads: values.
#ifndef PEPLINE_SHARED_DOMAIN_PROFILE_SDQ_SETTINGS_H_
#define PEPLINE_SHARED_DOMAIN_PROFILE_SDQ_SETTINGS_H_

#include <array>
#include <string_view>
#include <utility>

#include "absl/time/civil_time.h"

namespace pepline {

inline constexpr int kSdqFromAge = 4;
inline constexpr int kSdqUntilAge = 16;  // the last age, up to the next birthday
inline constexpr int kLowestSdqAge = 2;
inline constexpr int kHighestSdqAge = 17;

// The same of one child, as days. They leave registry, which a birthday must not: both are ends of
// whole months, and an age is reached, for this, on the first day of a month, on or after the
// birthday.
struct SdqDays {
  absl::CivilDay from;
  absl::CivilDay until;        // inclusive
  int from_age = kSdqFromAge;  // that the child reaches with the first
  friend bool operator==(const SdqDays&, const SdqDays&) = default;
};

// What in a high band asks for strategies in the review of an SDQ. The total always does. Source:
// docs/domain.md 3.5: Gateshead asks for strategies in the PEP where the total is over 17. That a
// single difficulty or the impact asks for them too is design: a total hides one high scale among
// three low ones. The prosocial scale is a strength and asks for none.
enum class StrategiesFor { kTotal, kScales, kImpact };
// As a profile names them.
inline constexpr std::array<std::pair<std::string_view, StrategiesFor>, 3> kNamedStrategiesFor = {
    {{"total", StrategiesFor::kTotal},
     {"scales", StrategiesFor::kScales},
     {"impact", StrategiesFor::kImpact}}};

// Besides the total; what a profile that says nothing means.
struct SdqStrategies {
  bool scales = true;
  bool impact = true;
  friend bool operator==(const SdqStrategies&, const SdqStrategies&) = default;
};

}  // namespace pepline

#endif  // PEPLINE_SHARED_DOMAIN_PROFILE_SDQ_SETTINGS_H_
