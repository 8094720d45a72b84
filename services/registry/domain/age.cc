#include "services/registry/domain/age.h"

#include <algorithm>
#include <array>

namespace pepline::registry {
namespace {

constexpr int kFirstMonth = 9;
constexpr int kLastPepAge = 18;

// The first day of a month, on or after a day.
absl::CivilDay MonthFrom(absl::CivilDay day) {
  const absl::CivilMonth month(day);
  return absl::CivilDay(day.day() == 1 ? month : month + 1);
}

}  // namespace

absl::CivilDay AcademicYearOf(absl::CivilDay day) {
  return absl::CivilDay(day.month() >= kFirstMonth ? day.year() : day.year() - 1, kFirstMonth, 1);
}

absl::CivilDay Birthday(absl::CivilDay date_of_birth, int age) {
  // A day that the year does not have runs over to 1 March.
  return absl::CivilDay(date_of_birth.year() + age, date_of_birth.month(), date_of_birth.day());
}

absl::CivilDay TermOfEntitlementAfter(absl::CivilDay day) {
  constexpr std::array kMonths = {1, 4, 9};
  for (const int month : kMonths) {
    const absl::CivilDay first(day.year(), month, 1);
    if (first > day) return first;
  }
  return absl::CivilDay(day.year() + 1, kMonths.front(), 1);
}

absl::CivilDay PepAgeFrom(absl::CivilDay date_of_birth, const PepAges& ages,
                          std::optional<absl::CivilDay> in_provision_since) {
  const absl::CivilDay without = TermOfEntitlementAfter(Birthday(date_of_birth, ages.from));
  if (!in_provision_since) return without;
  const absl::CivilDay year = AcademicYearOf(Birthday(date_of_birth, ages.in_provision_from));
  return std::min(without, std::max(year, *in_provision_since));
}

absl::CivilDay PepAgeUntil(absl::CivilDay date_of_birth) {
  const absl::CivilDay year = AcademicYearOf(Birthday(date_of_birth, kLastPepAge));
  return absl::CivilDay(year.year() + 1, kFirstMonth, 1) - 1;
}

SdqDays SdqDaysOf(absl::CivilDay date_of_birth, const SdqAges& ages) {
  return {MonthFrom(Birthday(date_of_birth, ages.from)),
          MonthFrom(Birthday(date_of_birth, ages.until + 1)) - 1, ages.from};
}

}  // namespace pepline::registry
