#include "services/registry/domain/vacancy.h"

#include <algorithm>

namespace pepline::registry {
namespace {

constexpr int kMorningHour = 8;

absl::CivilDay AddMonths(absl::CivilDay from, int months) {
  const absl::CivilMonth month = absl::CivilMonth(from) + months;
  const absl::CivilDay last = absl::CivilDay(month + 1) - 1;
  return std::min(absl::CivilDay(month) + (from.day() - 1), last);
}

absl::CivilDay AddDays(const Calendar& calendar, absl::CivilDay from, int count, DayKind kind) {
  switch (kind) {
    case DayKind::kSchoolDays:
      return calendar.AddSchoolDays(from, count);
    case DayKind::kWorkingDays:
      return calendar.AddWorkingDays(from, count);
    case DayKind::kCalendarMonths:
      return AddMonths(from, count);
  }
  return from;
}

}  // namespace

std::vector<AlertInstant> VacancyLevels(absl::CivilDay since_on, const DeadlineRule& row,
                                        const Calendar& calendar) {
  const absl::CivilDay last_day = AddDays(calendar, since_on, row.length, row.day_kind);
  std::vector<AlertInstant> levels;
  for (const AlertLevel& level : row.levels) {
    const absl::CivilDay day = AddDays(calendar, last_day, level.offset, level.day_kind);
    const absl::Time at = level.level == 1 ? calendar.EndOf(last_day)
                                           : absl::FromCivil(absl::CivilHour(day) + kMorningHour,
                                                             calendar.time_zone());
    levels.push_back({level.level, at, level.recipients});
  }
  return levels;
}

}  // namespace pepline::registry
