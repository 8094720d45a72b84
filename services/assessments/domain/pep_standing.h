// Where a child's PEPs stand, as far as assessments must know: which are open, and by when their
// SDQs are wanted. Kept from what scheduling said (peps.h) and given to the rules with the state;
// no event of assessments changes it. Threads: values only.
#ifndef PEPLINE_SERVICES_ASSESSMENTS_DOMAIN_PEP_STANDING_H_
#define PEPLINE_SERVICES_ASSESSMENTS_DOMAIN_PEP_STANDING_H_

#include <algorithm>
#include <optional>
#include <vector>

#include "absl/time/time.h"
#include "shared/domain/ids.h"

namespace pepline::assessments {

// A PEP that is open beside the newest; its SDQ may still be waited for.
struct OpenPep {
  PepId id;
  std::optional<absl::Time> sdq_required_by;  // nullopt: by no instant
  friend bool operator==(const OpenPep&, const OpenPep&) = default;
};

struct PepStanding {
  PepId id;  // the newest PEP of the child
  bool open = false;
  // 23:59:59 London of the day (domain: D10); nullopt while no meeting date is set.
  std::optional<absl::Time> sdq_required_by;
  std::vector<OpenPep> earlier = {};  // the oldest first
  friend bool operator==(const PepStanding&, const PepStanding&) = default;
};

// That PEP as far as it is open; nullopt where it is over or not known.
inline std::optional<OpenPep> FindOpen(const std::optional<PepStanding>& child, const PepId& pep) {
  if (!child) return std::nullopt;
  if (child->open && child->id == pep) return OpenPep{pep, child->sdq_required_by};
  const auto found = std::ranges::find(child->earlier, pep, &OpenPep::id);
  return found == child->earlier.end() ? std::nullopt : std::optional(*found);
}

}  // namespace pepline::assessments

#endif  // PEPLINE_SERVICES_ASSESSMENTS_DOMAIN_PEP_STANDING_H_
