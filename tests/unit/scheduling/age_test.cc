// What follows from a child's age: PEPs end at 18, and the change to secondary school is planned.
#include "tests/unit/scheduling/plan_story.h"

namespace pepline::scheduling {
namespace {

// In care for years; 18 from the first of the month on, by what registry says.
Story AdultOn(std::string_view day, std::string_view now = "2025-09-02 00:00") {
  Story story(now);
  story.InCareSince("2019-03-01");
  story.facts.child->adult_on = Day(day);
  story.Wake();
  return story;
}

TEST(Age, NoPepOpensAfterTheEighteenthBirthdayAndTheVirtualSchoolIsAskedOnce) {
  Story story = AdultOn("2025-12-01");
  story.Until("2025-10-01 16:00").Hold("2025-10-01");
  story.Done(FinaliseEpep{});
  EXPECT_EQ(story.All<PepAgeEnded>().size(), 0u);
  story.Until("2027-01-10 00:00");
  const auto ended = story.All<PepAgeEnded>();
  ASSERT_EQ(ended.size(), 1u);
  EXPECT_EQ(ended[0].adult_on, Day("2025-12-01"));
  EXPECT_EQ(story.All<PepCycleOpened>().size(), 1u);
  EXPECT_FALSE(story.state.pep_open.has_value()) << "none is missing either";
  EXPECT_EQ(Plan::NextWake(story.state, story.facts), std::nullopt);
  EXPECT_NE(WhyNoneIsOpen(story.state, story.facts), "");
}

TEST(Age, APepThatIsOpenThenGoesOnUntilTheEndOfCareIsOnRecord) {
  Story story = AdultOn("2025-11-01");
  story.Until("2025-12-01 09:00");
  EXPECT_EQ(story.deadline(Rule::kHeldByTermCutOff).status, DeadlineStatus::kMissed);
  EXPECT_TRUE(IsOpen(story.state));
  story.facts.child->in_care = false;
  story.facts.child->care_recorded_at = story.facts.now;
  story.Wake();
  EXPECT_EQ(story.cycle().stage, Stage::kClosed);
}

TEST(Age, OneWhoWasEighteenBeforeAnyPepIsSaidAtOnce) {
  Story grown("2025-09-02 00:00");
  ChildFacts child;
  child.in_care = child.pep_required = true;
  child.care_started_on = Day("2019-03-01");
  child.care_recorded_at = child.pep_required_at = child.school_recorded_at = grown.facts.now;
  child.authority = AuthorityCode("931");
  child.adult_on = Day("2025-08-01");
  grown.facts.child = child;
  grown.Wake();
  EXPECT_EQ(grown.All<PepAgeEnded>().size(), 1u);
  EXPECT_EQ(grown.state.authority, AuthorityCode("931"));
  grown.Until("2026-02-01 00:00");
  EXPECT_EQ(grown.All<PepCycleOpened>().size(), 0u);
  EXPECT_FALSE(grown.state.pep_open.has_value());
}

TEST(Age, AnEighteenthBirthdayInTheSummerLeavesNoPepMissingBeforeIt) {
  Story story = AdultOn("2026-09-01");
  story.Until("2026-04-15 16:00").Hold("2026-04-15");
  story.Done(FinaliseEpep{});
  story.Until("2026-12-01 00:00");
  EXPECT_FALSE(story.state.pep_open.has_value());
  EXPECT_EQ(story.All<PepAgeEnded>().size(), 1u);
}

// Born in November 2013: Year 7 begins in September 2025.
Story OfYearSix(std::string_view now) { return AdultOn("2031-12-01", now); }

TEST(Age, TheChangeToYearSevenIsNoMoveForAPepThatIsOpen) {
  Story story = OfYearSix("2025-09-02 00:00");
  story.Until("2025-09-03 10:00").MovesTo("654321", "2025-09-01");
  EXPECT_EQ(story.state.school, SchoolUrn("654321"));
  EXPECT_EQ(story.cycle().number, 1);
  EXPECT_FALSE(story.cycle().deadlines.contains(Rule::kUpdatedAfterMove));
  ASSERT_EQ(story.All<PepTransferredToSchool>().size(), 1u);
  EXPECT_TRUE(story.All<PepTransferredToSchool>()[0].planned);
}

TEST(Age, TheChangeToYearSevenOpensNoPepBesideTheAutumns) {
  Story story = OfYearSix("2025-06-02 00:00");
  story.Until("2025-06-10 16:00").Hold("2025-06-10");
  story.Until("2025-06-12 09:00").Done(FinaliseEpep{});
  story.Until("2025-07-25 09:00").MovesTo("654321", "2025-09-01");
  EXPECT_EQ(story.state.school, SchoolUrn("654321"));
  EXPECT_EQ(story.All<PepCycleOpened>().size(), 1u);
  story.Until("2025-09-02 00:00");
  EXPECT_EQ(story.cycle().kind, CycleKind::kTermly);
  EXPECT_FALSE(story.cycle().deadlines.contains(Rule::kUpdatedAfterMove));
}

TEST(Age, AHeldPepStaysWithThePrimarySchool) {
  Story story = OfYearSix("2025-06-02 00:00");
  story.Until("2025-07-15 16:00").Hold("2025-07-15");
  story.Until("2025-07-18 09:00").MovesTo("654321", "2025-09-01");
  EXPECT_EQ(SchoolOf(story.state, story.cycle()), SchoolUrn("123456"));
  story.Done(HandOverPep{PepId(), "the teacher who held it left"});
  EXPECT_EQ(SchoolOf(story.state, story.cycle()), SchoolUrn("654321"));
}

TEST(Age, AnyOtherMoveIsOne) {
  const auto moved = [](std::string_view adult_on, std::string_view day) {
    Story story = AdultOn(adult_on, "2025-09-02 00:00");
    story.Until(absl::FromCivil(Day(day), London()) + absl::Hours(10)).MovesTo("654321", day);
    return story.cycle().deadlines.contains(Rule::kUpdatedAfterMove);
  };
  EXPECT_FALSE(moved("2031-12-01", "2025-09-08")) << "the fifth school day of the autumn";
  EXPECT_TRUE(moved("2031-12-01", "2025-09-09"));
  EXPECT_TRUE(moved("2030-12-01", "2025-09-03")) << "Year 8";
  EXPECT_TRUE(moved("2032-10-01", "2025-09-03")) << "Year 6, born in September 2014";
  EXPECT_FALSE(moved("2032-09-01", "2025-09-03")) << "born in August 2014";
  EXPECT_FALSE(moved("2026-12-01", "2025-09-03")) << "Year 12";
  Story unknown("2025-09-02 00:00");
  unknown.InCareSince("2019-03-01");
  unknown.Until("2025-09-03 10:00").MovesTo("654321", "2025-09-03");
  EXPECT_TRUE(unknown.cycle().deadlines.contains(Rule::kUpdatedAfterMove));
}

}  // namespace
}  // namespace pepline::scheduling
