// How the instants of a deadline are counted, over every kind of gap in the school year.
#include "shared/domain/deadline.h"

#include <gtest/gtest.h>

#include "services/scheduling/domain/rules.h"
#include "tests/unit/scheduling/plan_story.h"

namespace pepline::scheduling {
namespace {

struct Row {
  const char* name;
  Rule rule;
  const char* anchor;
  const char* due;
};

class DeadlineTable : public testing::TestWithParam<Row> {};

TEST_P(DeadlineTable, IsDueAtTheEndOfTheCountedDay) {
  const Row& row = GetParam();
  const Policy policy = UsualPolicy();
  const auto calendar = Oxfordshire({Day("2026-06-08")});
  const DeadlineInstants counted = CountFrom(Day(row.anchor), policy.rules.at(row.rule), *calendar);
  EXPECT_EQ(absl::FormatTime(counted.due_at, London()), absl::FormatTime(EndOf(row.due), London()));
  EXPECT_TRUE(counted.calendar_known);
}

INSTANTIATE_TEST_SUITE_P(
    SchoolYear, DeadlineTable,
    testing::Values(
        Row{"PlainWeek", Rule::kFinalised, "2025-09-02", "2025-09-09"},
        Row{"AutumnHalfTerm", Rule::kFinalised, "2025-10-20", "2025-11-03"},
        Row{"AutumnClockChange", Rule::kFinalised, "2025-10-24", "2025-11-07"},
        Row{"Christmas", Rule::kFinalised, "2025-12-17", "2026-01-07"},
        Row{"SpringHalfTerm", Rule::kFinalised, "2026-02-11", "2026-02-25"},
        Row{"EasterAndSpringClockChange", Rule::kFinalised, "2026-03-25", "2026-04-15"},
        Row{"MayBankHoliday", Rule::kFinalised, "2026-04-29", "2026-05-07"},
        Row{"SummerHalfTerm", Rule::kFinalised, "2026-05-20", "2026-06-03"},
        Row{"InsetDay", Rule::kFinalised, "2026-06-04", "2026-06-12"},
        Row{"SummerHolidays", Rule::kFinalised, "2026-07-17", "2026-09-07"},
        Row{"HeldOnASaturday", Rule::kFinalised, "2025-09-06", "2025-09-12"},
        Row{"SdqBeforeAPlainMeeting", Rule::kSdqScored, "2025-09-19", "2025-09-16"},
        Row{"SdqBeforeAMeetingAfterHalfTerm", Rule::kSdqScored, "2025-11-04", "2025-10-23"},
        Row{"SdqBeforeAMeetingAfterChristmas", Rule::kSdqScored, "2026-01-06", "2025-12-18"},
        Row{"DraftBeforeAMeetingAfterAnInsetDay", Rule::kDraftReady, "2026-06-10", "2026-06-04"},
        Row{"TenWorkingDaysOverChristmas", Rule::kInitialStarted, "2025-12-15", "2025-12-31"},
        Row{"TwentyWorkingDaysOverChristmas", Rule::kInitialAvailable, "2025-12-15", "2026-01-15"},
        Row{"WorkingDaysIgnoreSchoolHolidays", Rule::kInitialStarted, "2026-07-27", "2026-08-10"},
        Row{"WorkingDaysOverTheAugustBankHoliday", Rule::kUpdatedAfterMove, "2025-08-18",
            "2025-09-02"},
        Row{"WorkingDaysOverEaster", Rule::kUpdatedAfterMove, "2026-03-30", "2026-04-15"},
        Row{"FourMonths", Rule::kHeldWithinFourMonths, "2025-10-20", "2026-02-20"},
        Row{"FourMonthsIntoAShorterMonth", Rule::kHeldWithinFourMonths, "2025-10-31", "2026-02-28"},
        Row{"FourMonthsOverTheSpringClockChange", Rule::kHeldWithinFourMonths, "2026-01-12",
            "2026-05-12"}),
    [](const auto& row) { return row.param.name; });

TEST(DeadlineCalendar, IsNotKnownWhereAPartOfTheYearIsMissing) {
  std::vector<TermPart> terms = OxfordshireTerms();
  std::erase_if(terms, [](const TermPart& part) {
    return part.academic_year == "2025/26" && part.term == Term::kSpring;
  });
  const Calendar calendar(London(), BankHolidays(), terms);
  const Policy policy = UsualPolicy();
  const RuleTerms& finalised = policy.rules.at(Rule::kFinalised);
  const DeadlineInstants over_the_gap = CountFrom(Day("2025-12-17"), finalised, calendar);
  EXPECT_EQ(over_the_gap.due_at, EndOf("2025-12-24")) << "not in April";
  EXPECT_FALSE(over_the_gap.calendar_known);
  EXPECT_TRUE(CountFrom(Day("2025-12-08"), finalised, calendar).calendar_known);
  RuleTerms long_one = finalised;
  long_one.length = 90;
  EXPECT_FALSE(CountFrom(Day("2025-12-08"), long_one, calendar).calendar_known)
      << "both ends are known, what lies between is not";
}

TEST(DeadlineLevels, AreReachedInTheMorningsAroundTheDeadlineAndAtTheDeadlineItself) {
  const Policy policy = UsualPolicy();
  const DeadlineInstants counted =
      CountFrom(Day("2025-10-20"), policy.rules.at(Rule::kFinalised), *Oxfordshire());
  ASSERT_EQ(counted.levels.size(), 4u);
  EXPECT_EQ(counted.due_at, EndOf("2025-11-03"));
  EXPECT_EQ(counted.levels[0].at, At("2025-10-23 08:00"));
  EXPECT_EQ(counted.levels[1].at, EndOf("2025-11-03"));
  EXPECT_EQ(counted.levels[2].at, At("2025-11-04 08:00"));
  EXPECT_EQ(counted.levels[3].at, At("2025-11-10 08:00"));
}

TEST(DeadlineLevels, AreAtEightOnTheClockOnBothSidesOfAClockChange) {
  const Policy policy = UsualPolicy();
  const auto counted =
      CountFrom(Day("2026-03-24"), policy.rules.at(Rule::kFinalised), *Oxfordshire());
  // 27 March is GMT, 14 April is British Summer Time.
  EXPECT_EQ(counted.due_at, EndOf("2026-04-14"));
  EXPECT_EQ(absl::FormatTime("%H:%M", counted.levels[0].at, absl::UTCTimeZone()), "08:00");
  EXPECT_EQ(absl::FormatTime("%H:%M", counted.levels[2].at, absl::UTCTimeZone()), "07:00");
}

TEST(DeadlineLevels, SayWhenSchoolDaysWereEstimated) {
  const Calendar unknown(London(), BankHolidays(), {});
  const Policy policy = UsualPolicy();
  EXPECT_FALSE(
      CountFrom(Day("2025-10-20"), policy.rules.at(Rule::kFinalised), unknown).calendar_known);
  EXPECT_TRUE(
      CountFrom(Day("2025-10-20"), policy.rules.at(Rule::kInitialStarted), unknown).calendar_known);
}

TEST(DeadlineRules, HaveIdsThatReadBack) {
  for (const RuleRow& row : RuleRows()) EXPECT_EQ(ParseRule(RuleId(row.rule)), row.rule);
  EXPECT_EQ(ParseRule("no-such-rule"), std::nullopt);
  EXPECT_EQ(ParseRule(kVacancyRule), std::nullopt) << "registry runs it";
}

}  // namespace
}  // namespace pepline::scheduling
