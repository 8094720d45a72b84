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

// Terms that end on 20 July 2026 and begin again on 2 September.
Calendar AroundTheSummer() {
  absl::TimeZone london;
  EXPECT_TRUE(absl::LoadTimeZone("Europe/London", &london));
  return Calendar(london, {Day(2026, 8, 31)},
                  {{"2025/26", Term::kSummer, 2, Day(2026, 6, 1), Day(2026, 7, 20), false},
                   {"2026/27", Term::kAutumn, 1, Day(2026, 9, 2), Day(2026, 10, 23), false}});
}

absl::CivilDay DayOf(const AlertInstant& instant, const Calendar& calendar) {
  return calendar.DayOf(instant.at);
}

TEST(AlertLevels, OfTheCouncilAloneCountInWorkingDaysWhateverTheProfileSays) {
  using enum RecipientRole;
  const Calendar calendar = AroundTheSummer();
  for (const RecipientRole role : kAllRecipientRoles) {
    const auto instants =
        InstantsOf({{2, 5, DayKind::kSchoolDays, {role}}}, Day(2026, 7, 20), calendar);
    EXPECT_EQ(DayOf(instants[0], calendar), IsOfCouncil(role) ? Day(2026, 7, 27) : Day(2026, 9, 8))
        << static_cast<int>(role);
  }
  // A reminder prepares work that the school does, and a school that is told too is not there.
  const auto others = InstantsOf({{0, -5, DayKind::kSchoolDays, {kVirtualSchoolCaseworker}},
                                  {2, 5, DayKind::kSchoolDays, {kHeadteacher, kVirtualSchoolHead}}},
                                 Day(2026, 9, 4), calendar);
  EXPECT_EQ(DayOf(others[0], calendar), Day(2026, 7, 16));
  EXPECT_EQ(DayOf(others[1], calendar), Day(2026, 9, 11));
}

TEST(AlertLevels, WaitForNoLowerLevelWhoseDayIsLater) {
  using enum RecipientRole;
  const Calendar calendar = AroundTheSummer();
  const auto instants = InstantsOf({{0, -2, DayKind::kSchoolDays, {kDesignatedTeacher}},
                                    {1, 0, DayKind::kSchoolDays, {kDesignatedTeacher}},
                                    {2, 1, DayKind::kSchoolDays, {kHeadteacher}},
                                    {3, 5, DayKind::kSchoolDays, {kVirtualSchoolHead}}},
                                   Day(2026, 7, 20), calendar);
  EXPECT_EQ(DayOf(instants[0], calendar), Day(2026, 7, 16));
  EXPECT_EQ(instants[1].at, calendar.EndOf(Day(2026, 7, 20)));
  EXPECT_EQ(DayOf(instants[2], calendar), Day(2026, 7, 27)) << "not in September";
  EXPECT_EQ(DayOf(instants[3], calendar), Day(2026, 7, 27));
}

}  // namespace
}  // namespace pepline
