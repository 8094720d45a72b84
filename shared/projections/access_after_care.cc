#include "shared/projections/access_after_care.h"

#include "shared/base/london.h"
#include "shared/domain/access/access_after_care.h"
#include "shared/projections/policy_conversions.h"

namespace pepline {

AccessAfterCare::AccessAfterCare(const Clock& clock, ReferenceData& reference)
    : clock_(clock), reference_(reference) {}

absl::StatusOr<bool> AccessAfterCare::HasEnded(const AuthorityCode& authority,
                                               absl::CivilDay ceased_on) const {
  const absl::CivilDay today = absl::ToCivilDay(clock_.Now(), London());
  // No profile gives more than the most months, and none ends access with care still to cease; most
  // children of a list are one or the other.
  if (AccessHasEnded(ceased_on, kMostMonthsOfAccessAfterCare, today)) return true;
  if (!AccessHasEnded(ceased_on, 0, today)) return false;
  auto profile = reference_.LoadPolicy(authority);
  if (!profile.ok()) return profile.status();
  const int months = *profile ? MonthsOfAccessAfterCare(**profile) : kMonthsOfAccessAfterCare;
  return AccessHasEnded(ceased_on, months, today);
}

}  // namespace pepline
