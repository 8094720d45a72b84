// What every rule of registry may know of time: the instant, and the clock of London, by which
// every day of registry begins and ends. Also the command that all machines share. Threads: values
// only.
#ifndef PEPLINE_SERVICES_REGISTRY_DOMAIN_MOMENT_H_
#define PEPLINE_SERVICES_REGISTRY_DOMAIN_MOMENT_H_

#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace pepline::registry {

struct Moment {
  absl::Time now;
  absl::TimeZone london;

  absl::CivilDay today() const { return absl::ToCivilDay(now, london); }
  absl::Time StartOf(absl::CivilDay day) const { return absl::FromCivil(day, london); }
};

// How far ahead what is known already may be put on record.
inline constexpr int kFurthestDaysAhead = 366;

// An alarm, or a change of the facts: catch up and no more.
struct Wake {};

}  // namespace pepline::registry

#endif  // PEPLINE_SERVICES_REGISTRY_DOMAIN_MOMENT_H_
