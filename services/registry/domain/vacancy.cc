#include "services/registry/domain/vacancy.h"

namespace pepline::registry {
namespace {

absl::CivilDay LastDay(absl::CivilDay since_on, const DeadlineRule& row, const Calendar& calendar) {
  return AddDays(calendar, since_on, row.length, row.day_kind);
}

}  // namespace

std::vector<AlertInstant> VacancyLevels(absl::CivilDay since_on, const DeadlineRule& row,
                                        const Calendar& calendar) {
  return InstantsOf(row.levels, LastDay(since_on, row, calendar), calendar);
}

bool IsVacancyEstimated(absl::CivilDay since_on, const DeadlineRule& row,
                        const Calendar& calendar) {
  return row.day_kind == DayKind::kSchoolDays &&
         calendar.EstimatedBetween(since_on, LastDay(since_on, row, calendar));
}

}  // namespace pepline::registry
