// The time zone of every day and hour that people in England write down.
// Promises: aborts where tzdata is missing, which is a dependency of the package: without it the
// zone would be UTC and every date wrong. Threads: safe from any thread.
#ifndef PEPLINE_SHARED_BASE_LONDON_H_
#define PEPLINE_SHARED_BASE_LONDON_H_

#include <cstdlib>

#include "absl/time/time.h"

namespace pepline {

// Europe/London.
inline absl::TimeZone London() {
  static const absl::TimeZone zone = [] {
    absl::TimeZone found;
    if (!absl::LoadTimeZone("Europe/London", &found)) std::abort();
    return found;
  }();
  return zone;
}

}  // namespace pepline

#endif  // PEPLINE_SHARED_BASE_LONDON_H_
