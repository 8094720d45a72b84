// One school goes on with what was another's, which closed: its children and posts are its own from
// a day on, and nobody has moved (decision 66).
#ifndef PEPLINE_SERVICES_REGISTRY_DOMAIN_SUCCESSION_H_
#define PEPLINE_SERVICES_REGISTRY_DOMAIN_SUCCESSION_H_

#include "absl/time/civil_time.h"
#include "shared/domain/ids.h"

namespace pepline::registry {

// Of one of the two schools: which is the other, and since when the later one counts.
struct Succession {
  SchoolUrn school;
  absl::CivilDay on;
  friend bool operator==(const Succession&, const Succession&) = default;
};

}  // namespace pepline::registry

#endif  // PEPLINE_SERVICES_REGISTRY_DOMAIN_SUCCESSION_H_
