#include "shared/base/london.h"

#include <cstdlib>

namespace pepline {

absl::TimeZone London() {
  static const absl::TimeZone zone = [] {
    absl::TimeZone found;
    if (!absl::LoadTimeZone("Europe/London", &found)) std::abort();
    return found;
  }();
  return zone;
}

}  // namespace pepline
