// School days and working days against known dates, and against an independent count: for every day
// of 2019-2035 and every offset from -30 to 30 the calculator must agree with positions in plain
// lists of all school days and working days, made here by another method from the same real data.
#include "shared/domain/calendar.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "absl/strings/str_split.h"

namespace pepline {
namespace {

using Day = absl::CivilDay;

absl::TimeZone London() {
  absl::TimeZone zone;
  EXPECT_TRUE(absl::LoadTimeZone("Europe/London", &zone));
  return zone;
}

std::set<Day> BankHolidays() {
  std::ifstream file(PEPLINE_DATA "/bank-holidays.json");
  std::set<Day> days;
  const auto document = nlohmann::json::parse(file);
  for (const auto& event : document["england-and-wales"]["events"]) {
    days.insert(*ParseDate(event["date"].get<std::string>()));
  }
  EXPECT_GT(days.size(), 70U);
  return days;
}

std::vector<TermPart> OxfordshireTerms() {
  std::ifstream file(PEPLINE_DATA "/oxfordshire-term-dates.csv");
  std::vector<TermPart> parts;
  std::string line;
  while (std::getline(file, line)) {
    const std::vector<std::string> fields = absl::StrSplit(line, ',');
    if (fields.size() < 6 || !ParseTerm(fields[1])) continue;  // the heading and remarks
    parts.push_back({fields[0], *ParseTerm(fields[1]), std::stoi(fields[2]), *ParseDate(fields[3]),
                     *ParseDate(fields[4]), fields[5] == "provisional"});
  }
  EXPECT_EQ(parts.size(), 18U);
  return parts;
}

// Two INSET days of an invented school.
Calendar Oxfordshire(std::set<Day> inset = {Day(2025, 9, 2), Day(2026, 1, 5)}) {
  return Calendar(London(), BankHolidays(), OxfordshireTerms(), {}, std::move(inset));
}

std::string Utc(absl::Time instant) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%S", instant, absl::UTCTimeZone());
}

// --- the independent count ---

// The count-th day of the list after (before) `from`; nullopt where the list ends.
std::optional<Day> Nth(const std::vector<Day>& days, Day from, int count) {
  const auto later = std::upper_bound(days.begin(), days.end(), from) - days.begin();
  const auto same = std::lower_bound(days.begin(), days.end(), from) - days.begin();
  const auto at = count > 0 ? later + count - 1 : same + count;
  if (at < 0 || at >= static_cast<std::ptrdiff_t>(days.size())) return std::nullopt;
  return days[static_cast<std::size_t>(at)];
}

TEST(CalendarTest, AgreesWithAnIndependentCountOnEveryDayAndOffsetOf2019To2035) {
  const std::set<Day> holidays = BankHolidays();
  const std::vector<TermPart> terms = OxfordshireTerms();
  const std::set<Day> inset = {Day(2025, 9, 2), Day(2026, 1, 5), Day(2026, 6, 1)};
  Day first = terms.front().first_day, last = terms.front().last_day;
  for (const TermPart& part : terms) {
    first = std::min(first, part.first_day);
    last = std::max(last, part.last_day);
  }
  // A margin on both sides, since offsets reach beyond the years that are asked about.
  std::vector<Day> school_days, working_days;
  int weekday = 6;  // 1 January 2018 was a Monday; 31 December 2017 a Sunday
  for (Day day(2017, 12, 31); day < Day(2037, 1, 1); ++day, weekday = (weekday + 1) % 7) {
    if (weekday >= 5 || holidays.contains(day)) continue;
    working_days.push_back(day);
    bool in_session = day < first || day > last;
    for (const TermPart& part : terms) {
      in_session = in_session || (day >= part.first_day && day <= part.last_day);
    }
    if (in_session && !inset.contains(day)) school_days.push_back(day);
  }

  const Calendar calendar = Oxfordshire(inset);
  int compared = 0;
  for (Day day(2019, 1, 1); day < Day(2036, 1, 1); ++day) {
    const bool is_school_day = std::binary_search(school_days.begin(), school_days.end(), day);
    ASSERT_EQ(calendar.IsSchoolDay(day), is_school_day) << FormatDate(day);
    for (int offset = -30; offset <= 30; ++offset) {
      const Day got_school = calendar.AddSchoolDays(day, offset);
      const Day got_working = calendar.AddWorkingDays(day, offset);
      std::optional<Day> school = Nth(school_days, day, offset);
      std::optional<Day> working = Nth(working_days, day, offset);
      if (offset == 0) {
        school = *std::lower_bound(school_days.begin(), school_days.end(), day);
        working = *std::lower_bound(working_days.begin(), working_days.end(), day);
      }
      ASSERT_EQ(got_school, school) << FormatDate(day) << " school days " << offset;
      ASSERT_EQ(got_working, working) << FormatDate(day) << " working days " << offset;
      ++compared;
    }
  }
  EXPECT_EQ(compared, 6209 * 61);
}

struct Row {
  const char* name;
  Day from;
  int count;
  Day expected;
};

TEST(CalendarTest, CountsSchoolDaysOverEveryKindOfBreak) {
  const Calendar calendar = Oxfordshire();
  const Row rows[] = {
      {"inside a week", Day(2025, 9, 8), 4, Day(2025, 9, 12)},
      {"over a weekend", Day(2025, 9, 11), 5, Day(2025, 9, 18)},
      {"over the autumn half-term and the end of summer time", Day(2025, 10, 22), 5,
       Day(2025, 11, 5)},
      {"over Christmas and an INSET day", Day(2025, 12, 17), 5, Day(2026, 1, 8)},
      {"over Easter and the start of summer time", Day(2026, 3, 26), 5, Day(2026, 4, 16)},
      {"over the early May bank holiday", Day(2026, 5, 1), 5, Day(2026, 5, 11)},
      {"over the summer half-term", Day(2026, 5, 20), 5, Day(2026, 6, 3)},
      {"over the summer", Day(2026, 7, 17), 5, Day(2026, 9, 7)},
      {"from a Saturday", Day(2025, 9, 13), 1, Day(2025, 9, 15)},
      {"from inside a holiday", Day(2025, 12, 27), 1, Day(2026, 1, 6)},
      {"back over a half-term", Day(2025, 11, 4), -3, Day(2025, 10, 23)},
      {"back from a holiday", Day(2026, 8, 20), -1, Day(2026, 7, 20)},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(calendar.AddSchoolDays(row.from, row.count), row.expected) << row.name;
  }
}

TEST(CalendarTest, CountsWorkingDaysThroughSchoolHolidaysButNotBankHolidays) {
  const Calendar calendar = Oxfordshire();
  const Row rows[] = {
      {"through a half-term", Day(2025, 10, 24), 5, Day(2025, 10, 31)},
      {"over Christmas", Day(2025, 12, 19), 10, Day(2026, 1, 7)},
      {"over Easter", Day(2026, 3, 31), 5, Day(2026, 4, 9)},
      {"over the summer bank holiday", Day(2026, 8, 27), 2, Day(2026, 9, 1)},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(calendar.AddWorkingDays(row.from, row.count), row.expected) << row.name;
  }
}

TEST(CalendarTest, ADayEndsOneSecondBeforeTheNextOneInLondonOverBothClockChanges) {
  const Calendar calendar = Oxfordshire();
  EXPECT_EQ(Utc(calendar.EndOf(Day(2025, 10, 25))), "2025-10-25 22:59:59");
  EXPECT_EQ(Utc(calendar.EndOf(Day(2025, 10, 26))), "2025-10-26 23:59:59");
  EXPECT_EQ(Utc(calendar.EndOf(Day(2026, 3, 28))), "2026-03-28 23:59:59");
  EXPECT_EQ(Utc(calendar.EndOf(Day(2026, 3, 29))), "2026-03-29 22:59:59");
  for (Day day(2024, 1, 1); day < Day(2027, 1, 1); ++day) {
    EXPECT_EQ(calendar.DayOf(calendar.EndOf(day)), day);
    EXPECT_EQ(calendar.DayOf(calendar.EndOf(day) + absl::Seconds(1)), day + 1);
    EXPECT_EQ(calendar.DayOf(calendar.StartOf(day)), day);
  }
}

TEST(CalendarTest, BeyondTheKnownTermDatesWeekdaysCountAndAreMarkedEstimated) {
  const Calendar calendar = Oxfordshire();
  EXPECT_FALSE(calendar.estimated(Day(2025, 12, 25)));
  EXPECT_TRUE(calendar.estimated(Day(2027, 8, 2)));
  EXPECT_TRUE(calendar.IsSchoolDay(Day(2027, 8, 2)));
  const Calendar unknown(London(), BankHolidays(), {});
  EXPECT_TRUE(unknown.estimated(Day(2025, 10, 28)));
  EXPECT_TRUE(unknown.IsSchoolDay(Day(2025, 10, 28)));
  EXPECT_FALSE(unknown.IsSchoolDay(Day(2025, 12, 25)));
}

// One row of a correction over a whole year leaves the year with that one part.
TEST(CalendarTest, AStretchWithoutTermsInsideAYearIsEstimatedAndNotAHoliday) {
  std::vector<TermPart> terms = OxfordshireTerms();
  std::erase_if(terms, [](const TermPart& part) {
    return part.academic_year == "2025/26" && !(part.term == Term::kAutumn && part.part == 2);
  });
  const Calendar calendar(London(), BankHolidays(), terms);
  EXPECT_TRUE(calendar.estimated(Day(2025, 9, 10))) << "autumn 1 is missing";
  EXPECT_FALSE(calendar.estimated(Day(2025, 11, 10)));
  EXPECT_TRUE(calendar.estimated(Day(2026, 1, 12))) << "spring is missing";
  EXPECT_TRUE(calendar.IsSchoolDay(Day(2026, 1, 12)));
  EXPECT_EQ(calendar.AddSchoolDays(Day(2025, 12, 17), 5), Day(2025, 12, 24));
  EXPECT_TRUE(calendar.EstimatedBetween(Day(2025, 11, 10), Day(2026, 9, 10)));
  EXPECT_TRUE(calendar.EstimatedBetween(Day(2026, 9, 10), Day(2025, 11, 10)));
  EXPECT_FALSE(calendar.EstimatedBetween(Day(2025, 11, 10), Day(2025, 12, 18)));
}

TEST(CalendarTest, AYearBetweenTwoKnownOnesIsEstimatedAndNotAHoliday) {
  std::vector<TermPart> terms = OxfordshireTerms();
  std::erase_if(terms, [](const TermPart& part) { return part.academic_year == "2025/26"; });
  const Calendar calendar(London(), BankHolidays(), terms);
  EXPECT_FALSE(calendar.estimated(Day(2025, 7, 22)));
  for (Day day(2025, 7, 23); day < Day(2026, 9, 2); ++day) {
    ASSERT_TRUE(calendar.estimated(day)) << FormatDate(day);
    ASSERT_EQ(calendar.IsSchoolDay(day), calendar.IsWorkingDay(day)) << FormatDate(day);
  }
  EXPECT_FALSE(calendar.estimated(Day(2026, 9, 2)));
  EXPECT_FALSE(calendar.TermToCome(Day(2026, 1, 12)).has_value()) << "the next one is not known";
  EXPECT_EQ(calendar.TermToCome(Day(2026, 8, 20))->academic_year, "2026/27");
  EXPECT_EQ(calendar.TermAfter(Day(2026, 1, 12))->academic_year, "2026/27");
}

TEST(CalendarTest, HolidaysBetweenKnownPartsAreKnownHoweverTheYearIsDivided) {
  const Calendar divided = Oxfordshire();
  for (Day day(2024, 9, 3); day < Day(2027, 7, 22); ++day) {
    ASSERT_FALSE(divided.estimated(day)) << FormatDate(day);
  }
  // Whole terms without half-terms, a summer between them, and the four weeks of an independent
  // school.
  const Calendar whole(London(), BankHolidays(),
                       {{"2025/26", Term::kAutumn, 1, Day(2025, 9, 2), Day(2025, 12, 12), false},
                        {"2025/26", Term::kSpring, 1, Day(2026, 1, 9), Day(2026, 3, 20), false},
                        {"2025/26", Term::kSummer, 1, Day(2026, 4, 17), Day(2026, 7, 3), false},
                        {"2026/27", Term::kAutumn, 1, Day(2026, 9, 8), Day(2026, 12, 11), false}});
  for (Day day(2025, 9, 2); day < Day(2026, 12, 12); ++day) {
    ASSERT_FALSE(whole.estimated(day)) << FormatDate(day);
  }
}

TEST(CalendarTest, ASchoolsOwnTermsReplaceTheAuthoritysForTheYearsTheyName) {
  std::vector<TermPart> own = {
      {"2025/26", Term::kAutumn, 1, Day(2025, 9, 8), Day(2025, 10, 17), false},
      {"2025/26", Term::kAutumn, 2, Day(2025, 11, 3), Day(2025, 12, 12), false}};
  const Calendar calendar(London(), BankHolidays(), OxfordshireTerms(), own);
  EXPECT_FALSE(calendar.IsSchoolDay(Day(2025, 9, 4)));    // the authority's first week
  EXPECT_FALSE(calendar.IsSchoolDay(Day(2025, 10, 20)));  // a longer half-term
  EXPECT_TRUE(calendar.IsSchoolDay(Day(2024, 9, 4)));     // another year: the authority's
}

TEST(CalendarTest, TermsThatNobodyNamedForASchoolStandInFromAnotherCalendar) {
  const Calendar nowhere(London(), BankHolidays(), {}, {}, {}, OxfordshireTerms());
  ASSERT_TRUE(nowhere.TermOn(Day(2025, 9, 15)).has_value());
  EXPECT_TRUE(nowhere.TermOn(Day(2025, 9, 15))->stands_in);
  EXPECT_EQ(nowhere.TermAfter(Day(2025, 9, 15))->first_day, Day(2026, 1, 5));
  EXPECT_EQ(nowhere.TermNamed("2025/26", Term::kSummer)->last_day, Day(2026, 7, 20));
  EXPECT_EQ(nowhere.TermNamed("2025/26", Term::kSummer)->first_day, Day(2026, 4, 13));
  EXPECT_EQ(nowhere.TermNamed("2019/20", Term::kSummer), std::nullopt);
  // They name no school day: another county may teach in this one's holidays.
  EXPECT_TRUE(nowhere.IsSchoolDay(Day(2025, 10, 28)));
  EXPECT_TRUE(nowhere.estimated(Day(2025, 9, 15)));
}

TEST(CalendarTest, ASchoolThatNamesItsAutumnAloneKeepsSpringAndSummer) {
  const TermPart own{"2025/26", Term::kAutumn, 1, Day(2025, 9, 8), Day(2025, 12, 12), false};
  const Calendar calendar(London(), BankHolidays(), OxfordshireTerms(), {own});
  const auto autumn = calendar.TermNamed("2025/26", Term::kAutumn);
  ASSERT_TRUE(autumn.has_value());
  EXPECT_EQ(autumn->first_day, Day(2025, 9, 8));
  EXPECT_FALSE(autumn->stands_in);
  const auto spring = calendar.TermAfter(Day(2025, 9, 8));
  ASSERT_TRUE(spring.has_value());
  EXPECT_EQ(spring->term, Term::kSpring);
  EXPECT_TRUE(spring->stands_in);
  EXPECT_TRUE(calendar.estimated(Day(2026, 2, 2))) << "its own spring is not known";
}

TEST(CalendarTest, TermsSpanTheirHalfTermAndFollowEachOther) {
  const Calendar calendar = Oxfordshire();
  const auto autumn = calendar.TermOn(Day(2025, 10, 28));  // half-term
  ASSERT_TRUE(autumn.has_value());
  EXPECT_EQ(autumn->term, Term::kAutumn);
  EXPECT_EQ(autumn->first_day, Day(2025, 9, 2));
  EXPECT_EQ(autumn->last_day, Day(2025, 12, 19));
  EXPECT_FALSE(calendar.TermOn(Day(2025, 12, 25)).has_value());
  EXPECT_EQ(calendar.TermAfter(Day(2025, 10, 28))->term, Term::kSpring);
  EXPECT_EQ(calendar.TermAfter(Day(2025, 12, 25))->first_day, Day(2026, 1, 5));
  EXPECT_FALSE(calendar.TermAfter(Day(2030, 1, 1)).has_value());
}

TEST(CalendarTest, SchoolDaysBetweenIsTheInverseOfAdding) {
  const Calendar calendar = Oxfordshire();
  for (Day day(2025, 9, 1); day < Day(2026, 8, 1); ++day) {
    for (const int count : {1, 5, 20}) {
      EXPECT_EQ(calendar.SchoolDaysBetween(day, calendar.AddSchoolDays(day, count)), count);
    }
  }
  EXPECT_EQ(calendar.SchoolDaysBetween(Day(2025, 9, 12), Day(2025, 9, 8)), -4);
}

TEST(CalendarTest, OnlyRealDatesInTheRightShapeAreRead) {
  EXPECT_EQ(ParseDate("2028-02-29"), Day(2028, 2, 29));
  for (const char* bad : {"2027-02-29", "2027-13-01", "2027-1-1", "2027-01-1", "20270101",
                          "2027-01-01 ", "", "2027-00-10", "202a-01-01", "2027/01/01"}) {
    EXPECT_EQ(ParseDate(bad), std::nullopt) << bad;
  }
  EXPECT_EQ(FormatDate(Day(2028, 2, 29)), "2028-02-29");
}

}  // namespace
}  // namespace pepline
