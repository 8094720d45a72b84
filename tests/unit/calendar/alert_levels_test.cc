// How far a profile's rules may count.
#include "shared/domain/alert_levels.h"

#include <gtest/gtest.h>

#include <limits>

namespace pepline {
namespace {

using Day = absl::CivilDay;

TEST(AddDays, CountsNoFartherThanAProfileMayAsk) {
  absl::TimeZone london;
  ASSERT_TRUE(absl::LoadTimeZone("Europe/London", &london));
  const Calendar calendar(london, {}, {});
  const Day from(2025, 9, 10);
  for (const DayKind kind :
       {DayKind::kSchoolDays, DayKind::kWorkingDays, DayKind::kCalendarMonths}) {
    EXPECT_LT(AddDays(calendar, from, 399, kind), AddDays(calendar, from, kFurthestCount, kind));
    // Two thousand million days would take minutes, in every command of every child.
    EXPECT_EQ(AddDays(calendar, from, std::numeric_limits<int>::max(), kind),
              AddDays(calendar, from, kFurthestCount, kind));
    EXPECT_EQ(AddDays(calendar, from, std::numeric_limits<int>::min(), kind),
              AddDays(calendar, from, -kFurthestCount, kind));
  }
}

}  // namespace
}  // namespace pepline
