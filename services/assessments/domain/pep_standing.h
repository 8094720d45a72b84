// Where a child's PEP stands, as far as assessments must know: which one is current, whether it is
// open, and by when its SDQ is wanted. Kept from what scheduling said (peps.h) and given to the
// rules with the state; no event of assessments changes it. Threads: values only.
#ifndef PEPLINE_SERVICES_ASSESSMENTS_DOMAIN_PEP_STANDING_H_
#define PEPLINE_SERVICES_ASSESSMENTS_DOMAIN_PEP_STANDING_H_

#include <optional>

#include "absl/time/time.h"
#include "shared/domain/ids.h"

namespace pepline::assessments {

struct PepStanding {
  PepId id;  // the newest PEP of the child
  bool open = false;
  // 23:59:59 London of the day (domain: D10); nullopt while no meeting date is set.
  std::optional<absl::Time> sdq_required_by;
  friend bool operator==(const PepStanding&, const PepStanding&) = default;
};

}  // namespace pepline::assessments

#endif  // PEPLINE_SERVICES_ASSESSMENTS_DOMAIN_PEP_STANDING_H_
