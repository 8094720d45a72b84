// For how long those who worked with a child still reach its records once its care has ceased.
// They have what was begun to end (the last PEP, the report on Pupil Premium Plus, the handover to
// those who have the child now), and after that no need to know. Who keeps the reach for good is in
// shared/domain/authorisation.cc.
// Source: no statute sets a time; UK GDPR Art 5(1)(b), (c) and (f) ask for one. The default is a
// term's length, in which each of those falls due once; an authority's policy profile may say
// another (access_after_care_months). Days are those of London. Threads: pure function.
#ifndef PEPLINE_SHARED_DOMAIN_ACCESS_ACCESS_AFTER_CARE_H_
#define PEPLINE_SHARED_DOMAIN_ACCESS_ACCESS_AFTER_CARE_H_

#include "absl/time/civil_time.h"
#include "shared/domain/months.h"

namespace pepline {

inline constexpr int kMonthsOfAccessAfterCare = 3;  // where the profile says nothing
inline constexpr int kMostMonthsOfAccessAfterCare = 24;

// The last day of access is the one that many calendar months after the day on which care ceased; 0
// months: that day itself.
inline bool AccessHasEnded(absl::CivilDay ceased_on, int months, absl::CivilDay today) {
  return today > AddMonths(ceased_on, months);
}

}  // namespace pepline

#endif  // PEPLINE_SHARED_DOMAIN_ACCESS_ACCESS_AFTER_CARE_H_
