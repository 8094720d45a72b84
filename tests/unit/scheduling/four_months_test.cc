// When the next meeting is due after the last one: never in a holiday, never at the first bell of a
// term.
#include "services/scheduling/domain/settle.h"
#include "tests/unit/scheduling/plan_story.h"

namespace pepline::scheduling {
namespace {

const RuleTerms& FourMonths() {
  static const Policy policy = UsualPolicy();
  return policy.rules.at(Rule::kHeldWithinFourMonths);
}

// Term dates that only the authority that looks after the child has.
Calendar StandIn() { return Calendar(London(), BankHolidays(), {}, {}, {}, OxfordshireTerms()); }

// A PEP of the summer term of 2026, its meeting held on that day and finalised in time, on the
// first day of the autumn term.
Story AfterTheSummerOf(std::string_view held_on) {
  Story story("2026-04-13 00:00");
  story.InCareSince("2019-03-01");
  story.Until(std::string(held_on) + " 16:00").Hold(held_on);
  story.SdqScored(story.facts.now);
  story.Done(FinaliseEpep{});
  story.Until("2026-09-02 08:00");
  return story;
}

struct Row {
  const char* name;
  const char* held_on;
  const char* due;
};

class FourMonthsTable : public testing::TestWithParam<Row> {};

TEST_P(FourMonthsTable, IsDueOnASchoolDayInsideATerm) {
  const Row& row = GetParam();
  const auto calendar = Oxfordshire();
  const DeadlineInstants counted = CountIntoNextTerm(Day(row.held_on), FourMonths(), *calendar);
  EXPECT_EQ(absl::FormatTime(counted.due_at, London()), absl::FormatTime(EndOf(row.due), London()));
  EXPECT_TRUE(counted.calendar_known);
}

INSTANTIATE_TEST_SUITE_P(
    SchoolYear, FourMonthsTable,
    testing::Values(Row{"OnASchoolDay", "2025-11-18", "2026-03-18"},
                    Row{"BeforeASunday", "2025-10-01", "2026-01-30"},
                    Row{"BeforeHalfTerm", "2025-10-20", "2026-02-13"},
                    Row{"BeforeTheEasterHolidays", "2025-12-10", "2026-03-27"},
                    Row{"BeforeABankHoliday", "2026-01-04", "2026-05-01"},
                    Row{"AfterAMeetingInSeptember", "2025-09-08", "2026-01-26"},
                    Row{"AfterAMeetingInApril", "2026-04-14", "2026-09-23"},
                    Row{"AfterAMeetingInMay", "2026-05-14", "2026-09-23"},
                    Row{"AfterAMeetingInJuly", "2026-07-13", "2026-11-13"},
                    Row{"AfterAMeetingInTheSummerHolidays", "2025-08-12", "2025-12-12"}),
    [](const auto& row) { return row.param.name; });

TEST(FourMonths, LieOnASchoolDayInsideATermWheneverTheMeetingWas) {
  const auto own = Oxfordshire();
  const Calendar other = StandIn();
  for (absl::CivilDay held_on = Day("2025-04-22"); held_on <= Day("2026-07-20"); ++held_on) {
    for (const Calendar* calendar : {own.get(), &other}) {
      const DeadlineInstants counted = CountIntoNextTerm(held_on, FourMonths(), *calendar);
      const absl::CivilDay due = calendar->DayOf(counted.due_at);
      const auto term = calendar->TermOn(due);
      ASSERT_TRUE(term.has_value()) << FormatDate(held_on) << " " << FormatDate(due);
      EXPECT_TRUE(calendar->IsSchoolDay(due)) << FormatDate(held_on) << " " << FormatDate(due);
      // Later than the four months only where the term that follows had not gone on for long.
      const auto held_in = calendar->TermOn(held_on);
      const auto next = calendar->TermToCome(held_in ? held_in->last_day : held_on);
      ASSERT_TRUE(next.has_value());
      EXPECT_GE(calendar->SchoolDaysBetween(next->first_day, due), 15) << FormatDate(held_on);
      if (due > AddDays(*calendar, held_on, 4, DayKind::kCalendarMonths)) {
        EXPECT_EQ(calendar->SchoolDaysBetween(next->first_day, due), 15) << FormatDate(held_on);
      }
    }
  }
}

TEST(FourMonths, MakeNobodyLateOnTheFirstDayOfTheAutumnTerm) {
  for (const char* held_on : {"2026-04-14", "2026-05-06", "2026-05-21", "2026-06-10"}) {
    Story story = AfterTheSummerOf(held_on);
    EXPECT_EQ(story.CountOf<DeadlineMissed>(Rule::kHeldWithinFourMonths), 0) << held_on;
    EXPECT_EQ(story.cycle().term, Term::kAutumn);
    for (const auto& [rule, deadline] : story.cycle().deadlines) {
      EXPECT_NE(deadline.status, DeadlineStatus::kMissed) << held_on << " " << RuleId(rule);
    }
  }
}

TEST(FourMonths, AreSaidMissedOnceTheTermHasGoneOnForFifteenSchoolDays) {
  Story story = AfterTheSummerOf("2026-05-14");
  story.Until(EndOf("2026-09-23"));
  EXPECT_EQ(story.CountOf<DeadlineMissed>(Rule::kHeldWithinFourMonths), 0);
  story.Until("2026-09-24 00:00");
  EXPECT_EQ(story.CountOf<DeadlineMissed>(Rule::kHeldWithinFourMonths), 1)
      << "nobody is forgotten for want of a term";
}

TEST(FourMonths, WaitAsManySchoolDaysAsTheProfileSays) {
  RuleTerms terms = FourMonths();
  terms.school_days_into_term = 0;
  const auto with_inset = Oxfordshire({Day("2026-09-02")});
  EXPECT_EQ(CountIntoNextTerm(Day("2026-05-02"), terms, *with_inset).due_at, EndOf("2026-09-03"))
      << "the first day with a session";
  terms.school_days_into_term = 20;
  EXPECT_EQ(CountIntoNextTerm(Day("2026-05-14"), terms, *Oxfordshire()).due_at,
            EndOf("2026-09-30"));
}

TEST(FourMonths, AreMarkedEstimatedWhereTheTermsOfTheCaringAuthorityStandIn) {
  const DeadlineInstants counted = CountIntoNextTerm(Day("2026-05-14"), FourMonths(), StandIn());
  EXPECT_EQ(counted.due_at, EndOf("2026-09-23"));
  EXPECT_FALSE(counted.calendar_known);
}

TEST(FourMonths, AreCountedInWeekdaysWhereNobodyHasSaidWhatTheTermsAre) {
  const Calendar unknown(London(), BankHolidays(), {});
  const DeadlineInstants counted = CountIntoNextTerm(Day("2025-10-01"), FourMonths(), unknown);
  EXPECT_EQ(counted.due_at, EndOf("2026-01-30"));
  EXPECT_FALSE(counted.calendar_known);
  // Next year's terms are not on record yet.
  std::vector<TermPart> terms = OxfordshireTerms();
  std::erase_if(terms, [](const TermPart& part) { return part.academic_year == "2026/27"; });
  const Calendar this_year(London(), BankHolidays(), terms);
  EXPECT_FALSE(CountIntoNextTerm(Day("2026-05-14"), FourMonths(), this_year).calendar_known);
}

TEST(FourMonths, MoveWhenTheTermDatesAreCorrected) {
  Story story = AfterTheSummerOf("2026-05-14");
  ASSERT_EQ(story.deadline(Rule::kHeldWithinFourMonths).instants.due_at, EndOf("2026-09-23"));
  story.facts.calendar = Oxfordshire({Day("2026-09-03"), Day("2026-09-04")});
  story.Wake();
  EXPECT_EQ(story.deadline(Rule::kHeldWithinFourMonths).instants.due_at, EndOf("2026-09-25"));
}

}  // namespace
}  // namespace pepline::scheduling
