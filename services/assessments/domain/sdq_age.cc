#include "services/assessments/domain/sdq_age.h"

namespace pepline::assessments {
namespace {

// As far ahead as a meeting can be set (services/scheduling/domain/plan_decide.cc).
constexpr int kFurthestDays = 400;

// The first day of a month by which the child has reached an age; the birthday lies in the month
// before it, or is this day.
absl::CivilDay ReachedBy(int age, const SdqDays& days) {
  return absl::CivilDay(days.from.year() + age - days.from_age, days.from.month(), days.from.day());
}

absl::CivilDay EarliestBirthday(int age, const SdqDays& days) {
  return absl::CivilDay(absl::CivilMonth(ReachedBy(age, days)) - 1) + 1;
}

}  // namespace

AgeFit AgeFitFor(const std::optional<absl::Time>& required_by, absl::Time now,
                 const std::optional<ChildsAges>& ages) {
  if (!ages) return AgeFit::kRight;
  const SdqDays& days = ages->days;
  const absl::CivilDay day = absl::ToCivilDay(required_by.value_or(now), ages->london);
  if (day > days.until) return AgeFit::kWrong;
  if (day >= days.from) return AgeFit::kRight;
  return !required_by && days.from <= day + kFurthestDays ? AgeFit::kMayBeRight : AgeFit::kWrong;
}

bool MayFit(Form form, absl::Time asked_at, absl::Time now, const std::optional<ChildsAges>& ages) {
  if (!ages) return true;
  const AgeRange range = AgeRangeOf(form);
  const bool too_young =
      absl::ToCivilDay(now, ages->london) < EarliestBirthday(range.least, ages->days);
  const bool too_old =
      absl::ToCivilDay(asked_at, ages->london) >= ReachedBy(range.most + 1, ages->days);
  return !too_young && !too_old;
}

}  // namespace pepline::assessments
