#include "services/registry/domain/calendars/calendar_bounds.h"

#include <utility>

namespace pepline::registry {

Refusal TooManyDays(std::string field) {
  return Refuse(
      refusals::kTooManyDays, std::move(field),
      "a calendar holds at most 10,000 bank holidays, 2,000 parts of terms and 4,000 days of a "
      "school without a session, with those on record; leave out the years that are long past");
}

}  // namespace pepline::registry
