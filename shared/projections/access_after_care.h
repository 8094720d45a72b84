// Whether those who worked with a child still reach its records after its care has ceased, by the
// policy profile that the authority has in force today.
// Promises: asks the store at every call where the profile can make a difference, so a new profile
// counts at once; where no profile is known, the default counts. Days are those of London. Errors:
// whatever the store answers. Threads: safe from any thread; blocks on the store.
#ifndef PEPLINE_SHARED_PROJECTIONS_ACCESS_AFTER_CARE_H_
#define PEPLINE_SHARED_PROJECTIONS_ACCESS_AFTER_CARE_H_

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "shared/base/clock.h"
#include "shared/base/london.h"
#include "shared/domain/ids.h"
#include "shared/projections/reference_data.h"

namespace pepline {

class AccessAfterCare {
 public:
  // Both must outlive this.
  AccessAfterCare(const Clock& clock, ReferenceData& reference);

  // `authority` looked after the child.
  absl::StatusOr<bool> HasEnded(const AuthorityCode& authority, absl::CivilDay ceased_on) const;
  // The same where only the instant is known at which the end of care was put on record.
  absl::StatusOr<bool> HasEndedSince(const AuthorityCode& authority, absl::Time recorded_at) const {
    return HasEnded(authority, absl::ToCivilDay(recorded_at, London()));
  }

 private:
  const Clock& clock_;
  ReferenceData& reference_;
};

}  // namespace pepline

#endif  // PEPLINE_SHARED_PROJECTIONS_ACCESS_AFTER_CARE_H_
