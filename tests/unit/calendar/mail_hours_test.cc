// At which hours of which days people are told.
#include <gtest/gtest.h>

#include "shared/domain/alert_levels.h"

namespace pepline {
namespace {

using Day = absl::CivilDay;
constexpr bool kOfSchool = false;
constexpr bool kOfCouncil = true;

class MailHoursTest : public testing::Test {
 protected:
  // A term until Friday 17 July 2026, and on from Wednesday 2 September; a school's own INSET day
  // on Monday 29 June; a bank holiday on Monday 31 August.
  MailHoursTest()
      : london_([] {
          absl::TimeZone zone;
          EXPECT_TRUE(absl::LoadTimeZone("Europe/London", &zone));
          return zone;
        }()),
        calendar_(london_, {Day(2026, 8, 31)},
                  {{"2025/26", Term::kSummer, 2, Day(2026, 6, 1), Day(2026, 7, 17), false},
                   {"2026/27", Term::kAutumn, 1, Day(2026, 9, 2), Day(2026, 10, 23), false}},
                  {}, {Day(2026, 6, 29)}) {}

  absl::Time At(int month, int day, int hour, int minute = 0, int second = 0) const {
    return absl::FromCivil(absl::CivilSecond(2026, month, day, hour, minute, second), london_);
  }
  absl::Time Told(absl::Time now, bool of_council, const MailHours& hours = {}) const {
    return ToldFrom(now, of_council, hours, calendar_);
  }

  const absl::TimeZone london_;
  const Calendar calendar_;
};

TEST_F(MailHoursTest, WhoIsInTheirHoursIsToldAtOnce) {
  for (const bool of_council : {kOfSchool, kOfCouncil}) {
    for (const absl::Time now : {At(6, 16, 8), At(6, 16, 12, 30), At(6, 16, 17, 59, 59)}) {
      EXPECT_EQ(Told(now, of_council), now);
    }
  }
}

TEST_F(MailHoursTest, BeforeAndAfterThemTheNextHoursAreWaitedFor) {
  EXPECT_EQ(Told(At(6, 16, 0), kOfSchool), At(6, 16, 8));
  EXPECT_EQ(Told(At(6, 16, 7, 59, 59), kOfCouncil), At(6, 16, 8));
  EXPECT_EQ(Told(At(6, 16, 18), kOfCouncil), At(6, 17, 8));
  EXPECT_EQ(Told(At(6, 16, 23, 59, 59), kOfSchool), At(6, 17, 8));
}

TEST_F(MailHoursTest, NobodyIsToldAtAWeekend) {
  for (const bool of_council : {kOfSchool, kOfCouncil}) {
    EXPECT_EQ(Told(At(6, 19, 18), of_council), At(6, 22, 8)) << "a Friday evening";
    EXPECT_EQ(Told(At(6, 20, 0), of_council), At(6, 22, 8));
    EXPECT_EQ(Told(At(6, 21, 12), of_council), At(6, 22, 8));
  }
}

TEST_F(MailHoursTest, ASchoolIsToldWhenItOpensAndTheCouncilOnItsNextWorkingDay) {
  EXPECT_EQ(Told(At(8, 12, 0), kOfSchool), At(9, 2, 8)) << "the summer holidays";
  EXPECT_EQ(Told(At(8, 12, 0), kOfCouncil), At(8, 12, 8));
  EXPECT_EQ(Told(At(6, 29, 9), kOfSchool), At(6, 30, 8)) << "an INSET day";
  EXPECT_EQ(Told(At(6, 29, 9), kOfCouncil), At(6, 29, 9));
  EXPECT_EQ(Told(At(8, 28, 18), kOfCouncil), At(9, 1, 8)) << "over a bank holiday";
}

TEST_F(MailHoursTest, AreTheProfiles) {
  const MailHours early{.from_hour = 0, .until_hour = 24, .any_day = false, .at_once = {}};
  EXPECT_EQ(Told(At(6, 16, 23, 59), kOfSchool, early), At(6, 16, 23, 59));
  EXPECT_EQ(Told(At(6, 20, 0), kOfSchool, early), At(6, 22, 0));
  const MailHours daily{.from_hour = 7, .until_hour = 8, .any_day = true, .at_once = {}};
  EXPECT_EQ(Told(At(8, 31, 8), kOfSchool, daily), At(9, 1, 7));
}

TEST_F(MailHoursTest, AreOnTheClockOfLondonOnBothSidesOfItsChanges) {
  // The clocks go back on Sunday 25 October 2026.
  EXPECT_EQ(Told(At(10, 23, 18), kOfCouncil) - At(10, 23, 18), absl::Hours(63));
}

TEST(MailHours, LetWhatAMeetingOfTomorrowDependsOnPassAtOnce) {
  const MailHours usual;
  EXPECT_TRUE(usual.IsAtOnce("meeting-to-confirm"));
  EXPECT_TRUE(usual.IsAtOnce("meeting-passed-on"));
  EXPECT_FALSE(usual.IsAtOnce("pep-opened"));
  EXPECT_FALSE(usual.IsAtOnce("finalise-within-5-school-days"));
}

}  // namespace
}  // namespace pepline
