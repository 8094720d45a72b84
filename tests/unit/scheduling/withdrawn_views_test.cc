// The child's views that are taken back, since they are of another PEP or child, were never there.
#include "tests/unit/scheduling/plan_story.h"

namespace pepline::scheduling {
namespace {

constexpr auto kViews = ReadinessItem::kPupilViews;

// A termly PEP, its meeting set for Monday 20 October: the views are wanted by the 15th.
Story Captured() {
  Story story("2025-09-02 00:00");
  story.InCareSince("2019-03-01");
  story.Until("2025-09-22 10:00").Schedule("2025-10-20 14:00");
  story.Until("2025-09-29 10:00").ViewsCaptured(story.facts.now);
  return story;
}
void TakeBack(Story& story, int pep = 1) {
  story.Done(ReopenReadinessItem{story.Pep(pep), kViews, story.facts.now});
}
bool IsTicked(const Story& story) { return story.cycle().readiness.contains(kViews); }

TEST(WithdrawnViews, OpenTheItemAgainAndTheirDeadlineBeginsAnew) {
  Story story = Captured();
  EXPECT_EQ(story.deadline(Rule::kViewsCaptured).status, DeadlineStatus::kMet);
  story.Until("2025-10-01 10:00");
  TakeBack(story);
  EXPECT_FALSE(IsTicked(story));
  EXPECT_EQ(story.All<PepReadinessItemReopened>().back().item, kViews);
  EXPECT_EQ(story.deadline(Rule::kViewsCaptured).status, DeadlineStatus::kRunning);
  EXPECT_EQ(story.deadline(Rule::kViewsCaptured).instants.due_at, EndOf("2025-10-15"));
  story.Until("2025-10-16 00:00");
  EXPECT_EQ(story.CountOf<DeadlineMissed>(Rule::kViewsCaptured), 1);
  EXPECT_EQ(story.Folded(), story.state);
}

TEST(WithdrawnViews, AreCapturedAgainInTimeOrLate) {
  for (const auto& [at, late] :
       {std::pair{"2025-10-14 16:00", false}, std::pair{"2025-10-16 09:00", true}}) {
    Story story = Captured();
    TakeBack(story);
    story.Until(at).ViewsCaptured(At(at));
    EXPECT_EQ(story.deadline(Rule::kViewsCaptured).status, DeadlineStatus::kMet);
    EXPECT_EQ(story.deadline(Rule::kViewsCaptured).late, late);
  }
}

TEST(WithdrawnViews, AreMissingAtOnceWhereTheirDayIsPast) {
  Story story = Captured();
  story.Until("2025-10-20 16:00").Hold("2025-10-20");
  story.Done(FinaliseEpep{});
  story.Until("2025-10-21 10:00");
  TakeBack(story);
  EXPECT_EQ(story.deadline(Rule::kViewsCaptured).status, DeadlineStatus::kMissed)
      << "as where the ePEP was finalised without them";
  story.ViewsCaptured(story.facts.now);
  EXPECT_TRUE(story.deadline(Rule::kViewsCaptured).late);
}

TEST(WithdrawnViews, ThatWereLateAreSaidMissedAndStayLate) {
  Story story = Captured();
  TakeBack(story);
  story.Until("2025-10-16 09:00").ViewsCaptured(At("2025-10-16 09:00"));
  TakeBack(story);
  EXPECT_EQ(story.deadline(Rule::kViewsCaptured).status, DeadlineStatus::kMissed);
  story.ViewsCaptured(story.facts.now);
  EXPECT_TRUE(story.deadline(Rule::kViewsCaptured).late);
}

// Two PEPs that wait for the child's views: the one of the autumn, held without them and not
// finalised, and the one of the spring, with its meeting set.
Story ServedByTheNextTerm() {
  Story story("2025-09-02 00:00");
  story.InCareSince("2019-03-01");
  story.Until("2025-12-01 09:00").Schedule("2025-12-12 14:00");
  story.Until("2025-12-12 16:00").Hold("2025-12-12");
  story.Until("2026-01-06 09:00").Schedule("2026-01-23 14:00");
  story.Until("2026-01-12 09:00").ViewsCaptured(story.facts.now);
  return story;
}
DeadlineStatus AutumnsViews(const Story& story) {
  return story.earlier(1).deadlines.at(Rule::kViewsCaptured).status;
}

TEST(WithdrawnViews, AreMissingForAnEarlierPepToo) {
  Story story = ServedByTheNextTerm();
  EXPECT_EQ(AutumnsViews(story), DeadlineStatus::kMet) << "late, by the views of the spring";
  TakeBack(story, 2);
  EXPECT_EQ(AutumnsViews(story), DeadlineStatus::kMissed);
  EXPECT_EQ(story.Folded(), story.state);
}

TEST(WithdrawnViews, AreNoneWhereThePepThatTheyWereOfIsOver) {
  Story story = ServedByTheNextTerm();
  story.Until("2026-01-23 16:00").Hold("2026-01-23");
  story.Done(FinaliseEpep{});
  story.SdqScored(story.facts.now);
  story.Until("2026-04-21 16:00").Hold("2026-04-21");
  ASSERT_THAT(story.state.closed, testing::ElementsAre(ClosedPep{2, "2025/26", Term::kSpring}));
  EXPECT_EQ(AutumnsViews(story), DeadlineStatus::kMet) << "the child was asked";
}

TEST(WithdrawnViews, SayNothingASecondTimeOrOfAnUnknownOrClosedPep) {
  Story story = Captured();
  story.Idle(ReopenReadinessItem{story.Pep(7), kViews, story.facts.now});
  TakeBack(story);
  story.Idle(ReopenReadinessItem{story.Pep(1), kViews, story.facts.now});
  Story over = Captured();
  over.facts.child->in_care = false;
  over.facts.child->care_recorded_at = over.facts.now;
  over.Wake();
  over.Idle(ReopenReadinessItem{over.Pep(1), kViews, over.facts.now});
}

}  // namespace
}  // namespace pepline::scheduling
