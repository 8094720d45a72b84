// The ages, in completed years, in which a PEP asks for an SDQ: what a profile that says nothing
// means, and what one may say. Source: the SSDA903 return asks for the SDQ of children from their
// fourth to before their seventeenth birthday (docs/domain.md 3.5), and questionnaires exist from
// age 2 to 17. Threads: values.
#ifndef PEPLINE_SHARED_DOMAIN_SDQ_AGES_H_
#define PEPLINE_SHARED_DOMAIN_SDQ_AGES_H_

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

}  // namespace pepline

#endif  // PEPLINE_SHARED_DOMAIN_SDQ_AGES_H_
