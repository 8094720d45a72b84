#include "shared/domain/alert_levels.h"

#include <algorithm>

#include "shared/domain/months.h"

namespace pepline {
namespace {

constexpr int kMorningHour = 8;

// 08:00 on the clock of London; the clocks change before it, so it exists once on every day.
absl::Time MorningOf(const Calendar& calendar, absl::CivilDay day) {
  return absl::FromCivil(absl::CivilHour(day) + kMorningHour, calendar.time_zone());
}

bool IsEscalation(int level) { return level > 1; }

DayKind KindOf(const AlertLevel& level) {
  const bool of_council_alone =
      !level.recipients.empty() && std::ranges::all_of(level.recipients, IsOfCouncil);
  const bool waits_for_school = level.day_kind == DayKind::kSchoolDays;
  return IsEscalation(level.level) && of_council_alone && waits_for_school ? DayKind::kWorkingDays
                                                                           : level.day_kind;
}

absl::CivilDay NextDayFrom(absl::CivilDay day, bool of_council, const MailHours& hours,
                           const Calendar& calendar) {
  if (hours.any_day) return day;
  return of_council ? calendar.AddWorkingDays(day, 0) : calendar.AddSchoolDays(day, 0);
}

}  // namespace

absl::CivilDay AddDays(const Calendar& calendar, absl::CivilDay from, int count, DayKind kind) {
  count = std::clamp(count, -kFurthestCount, kFurthestCount);
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

std::vector<AlertInstant> InstantsOf(const std::vector<AlertLevel>& levels, absl::CivilDay last_day,
                                     const Calendar& calendar) {
  std::vector<AlertInstant> instants;
  for (const AlertLevel& level : levels) {
    const absl::Time at =
        level.level == 1
            ? calendar.EndOf(last_day)
            : MorningOf(calendar, AddDays(calendar, last_day, level.offset, KindOf(level)));
    instants.push_back({level.level, at, level.recipients});
  }
  // Levels are told in their order, so one that waits for a school would hold up the next.
  for (std::size_t i = instants.size(); i > 1; --i) {
    AlertInstant& before = instants[i - 2];
    if (IsEscalation(before.level)) before.at = std::min(before.at, instants[i - 1].at);
  }
  return instants;
}

bool MailHours::IsAtOnce(std::string_view rule_or_notice) const {
  return std::ranges::find(at_once, rule_or_notice) != at_once.end();
}

absl::Time ToldFrom(absl::Time now, bool of_council, const MailHours& hours,
                    const Calendar& calendar) {
  const absl::CivilHour hour = absl::ToCivilHour(now, calendar.time_zone());
  const bool is_over = hour.hour() >= hours.until_hour;
  const absl::CivilDay day =
      NextDayFrom(absl::CivilDay(hour) + (is_over ? 1 : 0), of_council, hours, calendar);
  // The clocks change at night, an hour that may begin so early is one that exists, or follows.
  return std::max(now,
                  absl::FromCivil(absl::CivilHour(day) + hours.from_hour, calendar.time_zone()));
}

}  // namespace pepline
