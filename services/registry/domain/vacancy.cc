#include "services/registry/domain/vacancy.h"

namespace pepline::registry {

std::vector<AlertInstant> VacancyLevels(absl::CivilDay since_on, const DeadlineRule& row,
                                        const Calendar& calendar) {
  return InstantsOf(row.levels, AddDays(calendar, since_on, row.length, row.day_kind), calendar);
}

}  // namespace pepline::registry
