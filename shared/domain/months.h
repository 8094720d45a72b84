// Counting in calendar months. A month that lacks the day ends on its last one: a month after
// 31 January is 28 or 29 February. Threads: pure function.
#ifndef PEPLINE_SHARED_DOMAIN_MONTHS_H_
#define PEPLINE_SHARED_DOMAIN_MONTHS_H_

#include <algorithm>

#include "absl/time/civil_time.h"

namespace pepline {

inline absl::CivilDay AddMonths(absl::CivilDay from, int months) {
  const absl::CivilMonth month = absl::CivilMonth(from) + months;
  const absl::CivilDay last = absl::CivilDay(month + 1) - 1;
  return std::min(absl::CivilDay(month) + (from.day() - 1), last);
}

}  // namespace pepline

#endif  // PEPLINE_SHARED_DOMAIN_MONTHS_H_
