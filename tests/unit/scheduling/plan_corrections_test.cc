// What registry puts right after it was said: start of care, end of care, school and move.
#include <algorithm>

#include "tests/unit/scheduling/plan_lives.h"

namespace pepline::scheduling {
namespace {

// In care since 9 September 2025, put on record on the 10th: to be started by the 23rd, available
// by 7 October.
Story Initial() {
  Story story("2025-09-10 09:00");
  story.InCareSince("2025-09-09");
  return story;
}

// The same with its PEP finalised on 16 September.
Story Finalised() {
  Story story = Initial();
  story.Until("2025-09-15 12:00").Hold("2025-09-15");
  story.Until("2025-09-16 12:00").Done(FinaliseEpep{});
  return story;
}

void CareCeases(Story& story, std::string_view day) {
  story.facts.child->in_care = false;
  story.facts.child->ceased_on = Day(day);
  story.facts.child->care_recorded_at = story.facts.now;
  story.Wake();
}
void EndIsTakenBack(Story& story) {
  story.facts.child->in_care = true;
  story.facts.child->ceased_on.reset();
  story.facts.child->care_recorded_at = story.facts.now;
  story.Wake();
}

TEST(CorrectedStart, TheSamePepGoesOnAndIsCountedFromTheRightDay) {
  Story story = Initial();
  story.CareStartCorrected("2025-09-05");
  const auto corrected = story.All<PepCareStartCorrected>();
  ASSERT_EQ(corrected.size(), 1u);
  EXPECT_EQ(corrected[0].old_started_on, Day("2025-09-09"));
  EXPECT_EQ(corrected[0].started_on, Day("2025-09-05"));
  EXPECT_EQ(corrected[0].term, Term::kAutumn);
  EXPECT_TRUE(story.All<PepCycleClosed>().empty());
  EXPECT_EQ(story.All<PepCycleOpened>().size(), 1u);
  EXPECT_EQ(story.cycle().opened_on, Day("2025-09-05"));
  EXPECT_EQ(story.deadline(Rule::kInitialStarted).instants.due_at, At("2025-09-19 23:59:59"));
  EXPECT_EQ(story.deadline(Rule::kInitialAvailable).instants.due_at, At("2025-10-03 23:59:59"));
  story.Wake();
  EXPECT_TRUE(story.latest.empty());
}

TEST(CorrectedStart, ToLongAgoSaysBothMissesAtOnce) {
  Story story = Initial();
  story.CareStartCorrected("2025-08-01");
  EXPECT_EQ(story.CountOf<DeadlineMissed>(Rule::kInitialStarted), 1);
  EXPECT_EQ(story.CountOf<DeadlineMissed>(Rule::kInitialAvailable), 1);
  EXPECT_EQ(story.cycle().number, 1);
}

TEST(CorrectedStart, AMissOnceSaidStaysSaidAndEndsLate) {
  Story story = Initial();
  story.Until("2025-09-24 09:00");
  ASSERT_EQ(story.deadline(Rule::kInitialStarted).status, DeadlineStatus::kMissed);
  story.CareStartCorrected("2025-09-16");
  EXPECT_EQ(story.deadline(Rule::kInitialStarted).instants.due_at, At("2025-09-30 23:59:59"));
  EXPECT_EQ(story.deadline(Rule::kInitialStarted).status, DeadlineStatus::kMissed);
  for (const DeadlineRecalculated& moved : story.All<DeadlineRecalculated>()) {
    EXPECT_FALSE(moved.miss_withdrawn);
  }
  // Nor does anything else that moves it make it one that was never missed.
  auto longer = UsualPolicy();
  longer.rules[Rule::kInitialStarted].length = 15;
  story.facts.policy = std::make_shared<const Policy>(longer);
  story.Wake();
  EXPECT_EQ(story.deadline(Rule::kInitialStarted).status, DeadlineStatus::kMissed);
  story.Until("2025-09-25 12:00").Hold("2025-09-25");
  const auto met = story.All<DeadlineMet>();
  const auto started = std::ranges::find(met, Rule::kInitialStarted, &DeadlineMet::rule);
  ASSERT_NE(started, met.end());
  EXPECT_TRUE(started->late);
  EXPECT_EQ(story.CountOf<DeadlineMissed>(Rule::kInitialStarted), 1);
}

TEST(CorrectedStart, OfATermlyPepChangesNoDeadline) {
  Story story("2025-09-02 00:00");
  story.InCareSince("2019-03-01");
  story.CareStartCorrected("2019-04-01");
  EXPECT_EQ(story.latest.size(), 1u);
  EXPECT_EQ(story.cycle().care_started_on, Day("2019-04-01"));
  EXPECT_EQ(story.cycle().opened_on, Day("2025-09-02"));
}

TEST(CorrectedStart, ReachesAnInitialPepThatIsOpenBesideTheNextOne) {
  Story story = Initial();
  story.Until("2026-01-12 09:00");
  ASSERT_EQ(story.cycle().number, 2);
  story.CareStartCorrected("2025-09-05");
  EXPECT_EQ(story.AllOf<PepCareStartCorrected>(1).size(), 1u);
  EXPECT_EQ(story.earlier(1).care_started_on, Day("2025-09-05"));
  EXPECT_EQ(story.earlier(1).deadlines.at(Rule::kInitialAvailable).instants.due_at,
            At("2025-10-03 23:59:59"));
  EXPECT_EQ(story.cycle().care_started_on, Day("2025-09-05"));
  story.Wake();
  EXPECT_TRUE(story.latest.empty());
}

TEST(CorrectedStart, TwiceBeforeThePlanLooksIsTheSameCareStill) {
  Story story = Initial();
  story.facts.child->earlier_care_starts = {Day("2025-09-09"), Day("2025-09-08")};
  story.facts.child->care_started_on = Day("2025-09-05");
  story.Wake();
  EXPECT_EQ(story.All<PepCareStartCorrected>().size(), 1u);
  EXPECT_TRUE(story.All<PepCycleClosed>().empty());
}

TEST(CorrectedStart, AnotherCareIsNoCorrection) {
  Story story = Initial();
  story.facts.child->care_started_on = Day("2025-09-10");
  story.Wake();
  EXPECT_TRUE(story.All<PepCareStartCorrected>().empty());
  EXPECT_EQ(story.All<PepCycleClosed>().size(), 1u);
  EXPECT_EQ(story.cycle().number, 2);
}

TEST(EndTakenBack, OpensAPepAtOnceByTheRunningTerm) {
  Story story = Finalised();
  story.Until("2025-10-09 09:00");
  CareCeases(story, "2025-10-08");
  ASSERT_FALSE(IsOpen(story.state));
  story.Until("2025-10-10 09:00");
  EndIsTakenBack(story);
  ASSERT_TRUE(IsOpen(story.state));
  EXPECT_EQ(story.cycle().kind, CycleKind::kTermly);
  EXPECT_EQ(story.cycle().number, 2);
  EXPECT_EQ(story.cycle().previous_held_on, Day("2025-09-15"));
}

TEST(EndTakenBack, OpensTheInitialPepAgainWhereItWasNotFinalised) {
  Story story = Initial();
  story.Until("2025-10-20 09:00");
  CareCeases(story, "2025-10-17");
  story.Until("2025-10-22 09:00");
  EndIsTakenBack(story);
  ASSERT_TRUE(IsOpen(story.state));
  EXPECT_EQ(story.cycle().kind, CycleKind::kInitial);
  EXPECT_EQ(story.cycle().opened_on, Day("2025-09-09"));
  EXPECT_EQ(story.deadline(Rule::kInitialAvailable).status, DeadlineStatus::kMissed);
  EXPECT_EQ(story.CountOf<DeadlineMissed>(Rule::kInitialAvailable), 2) << "of either PEP";
}

TEST(EndTakenBack, AfterACorrectedStartIsTheSameCareStill) {
  Story story = Finalised();
  story.Until("2025-10-09 09:00");
  CareCeases(story, "2025-10-08");
  story.CareStartCorrected("2025-09-01");
  EXPECT_TRUE(story.latest.empty()) << "no PEP is open that could be counted anew";
  EndIsTakenBack(story);
  EXPECT_EQ(story.cycle().kind, CycleKind::kTermly) << "the initial one was finalised";
  EXPECT_EQ(story.cycle().care_started_on, Day("2025-09-01"));
}

TEST(CorrectedSchool, IsNoMove) {
  Story story = Finalised();
  story.SchoolCorrected("654321", std::nullopt);
  const auto transferred = story.All<PepTransferredToSchool>();
  ASSERT_EQ(transferred.size(), 1u);
  EXPECT_TRUE(transferred[0].corrected);
  EXPECT_EQ(story.state.school, SchoolUrn("654321"));
  EXPECT_EQ(story.All<PepCycleOpened>().size(), 1u) << "nothing is to be updated";
  EXPECT_FALSE(story.cycle().deadlines.contains(Rule::kUpdatedAfterMove));
}

TEST(SucceededSchool, TakesThePepAlongWithoutADeadlineForAMove) {
  for (const bool finalised : {false, true}) {
    Story story = finalised ? Finalised() : Initial();
    story.facts.child->school = SchoolUrn("654321");
    story.facts.child->school_corrected = true;  // as scheduling keeps SchoolOfChildSucceeded
    story.Wake();
    EXPECT_EQ(story.state.school, SchoolUrn("654321"));
    ASSERT_EQ(story.All<PepTransferredToSchool>().size(), 1u);
    EXPECT_TRUE(story.All<PepTransferredToSchool>()[0].corrected);
    EXPECT_EQ(story.All<PepCycleOpened>().size(), 1u);
    EXPECT_EQ(story.CountOf<DeadlineSet>(Rule::kUpdatedAfterMove), 0);
  }
}

TEST(CorrectedSchool, AnotherDayOfAMoveIsCountedAnewAndAMissStays) {
  Story story = Initial();
  story.MovesTo("654321", "2025-09-10");
  ASSERT_EQ(story.deadline(Rule::kUpdatedAfterMove).instants.due_at, At("2025-09-24 23:59:59"));
  story.SchoolCorrected("654321", Day("2025-09-09"));
  EXPECT_EQ(story.deadline(Rule::kUpdatedAfterMove).instants.due_at, At("2025-09-23 23:59:59"));
  story.Until("2025-09-24 09:00").SchoolCorrected("654321", Day("2025-09-15"));
  EXPECT_EQ(story.deadline(Rule::kUpdatedAfterMove).instants.due_at, At("2025-09-29 23:59:59"));
  EXPECT_EQ(story.deadline(Rule::kUpdatedAfterMove).status, DeadlineStatus::kMissed);
  story.Hold("2025-09-24");
  story.Done(FinaliseEpep{});
  const auto met = story.All<DeadlineMet>();
  const auto updated = std::ranges::find(met, Rule::kUpdatedAfterMove, &DeadlineMet::rule);
  ASSERT_NE(updated, met.end());
  EXPECT_TRUE(updated->late);
}

TEST(CorrectedSchool, AnotherSchoolOfAMoveKeepsItsDay) {
  Story story = Initial();
  story.MovesTo("654321", "2025-09-10");
  story.SchoolCorrected("777777", Day("2025-09-10"));
  EXPECT_EQ(story.state.school, SchoolUrn("777777"));
  EXPECT_EQ(story.cycle().moved_on, Day("2025-09-10"));
  EXPECT_EQ(story.CountOf<DeadlineSet>(Rule::kUpdatedAfterMove), 1);
}

TEST(CorrectedSchool, AMoveTakenBackAsksForNoUpdate) {
  Story story = Initial();
  story.MovesTo("654321", "2025-09-10");
  story.SchoolCorrected("123456", std::nullopt);
  EXPECT_EQ(story.state.school, SchoolUrn("123456"));
  EXPECT_EQ(story.CountOf<DeadlineWithdrawn>(Rule::kUpdatedAfterMove), 1);
  story.MovesTo("654321", "2025-09-12");
  EXPECT_EQ(story.deadline(Rule::kUpdatedAfterMove).instants.due_at, At("2025-09-26 23:59:59"));
}

TEST(CorrectedSchool, OfASecondMoveLeavesTheDaysOfTheFirst) {
  Story story = Initial();
  story.MovesTo("654321", "2025-09-10").MovesTo("777777", "2025-09-11");
  story.SchoolCorrected("777777", Day("2025-09-15"));
  EXPECT_EQ(story.deadline(Rule::kUpdatedAfterMove).instants.due_at, At("2025-09-24 23:59:59"));
  story.SchoolCorrected("654321", std::nullopt);
  EXPECT_EQ(story.state.school, SchoolUrn("654321"));
  EXPECT_EQ(story.cycle().moved_on, Day("2025-09-10"));
}

TEST(CorrectedSchool, ThePepOfAMoveThatIsTakenBackGoesOn) {
  Story story = Finalised();
  story.MovesTo("654321", "2025-09-16");
  ASSERT_EQ(story.cycle().kind, CycleKind::kMove);
  story.SchoolCorrected("123456", std::nullopt);
  EXPECT_TRUE(IsOpen(story.state));
  EXPECT_EQ(story.state.school, SchoolUrn("123456"));
  EXPECT_TRUE(IsLive(story.deadline(Rule::kUpdatedAfterMove)));
}

// Any life with corrections in it.
Story CorrectedLife(unsigned seed) {
  std::mt19937 dice(seed);
  Story story("2025-08-25 09:00");
  story.InCareSince("2025-08-22");
  while (story.facts.now < At("2026-06-01 00:00") && !testing::Test::HasFailure()) {
    const absl::Time next = story.facts.now + absl::Minutes(static_cast<int>(dice() % 20000));
    if (dice() % 5 == 0) {
      story.facts.now = next;
    } else {
      story.Until(next);
    }
    AnythingHappens(story, dice);
    const absl::CivilDay today = story.facts.calendar->DayOf(story.facts.now);
    const int days = static_cast<int>(dice() % 60);
    switch (dice() % 6) {
      case 0:
        story.CareStartCorrected(FormatDate(today - days));
        break;
      case 1:
        story.SchoolCorrected(std::to_string(100000 + dice() % 3),
                              dice() % 2 == 0 ? std::nullopt : std::optional(today - days));
        break;
      case 2:
        if (!story.facts.child->in_care) EndIsTakenBack(story);
        break;
      default:
        break;
    }
  }
  story.Wake();
  return story;
}

class CorrectedLives : public testing::TestWithParam<unsigned> {};

TEST_P(CorrectedLives, KeepThePlanAsRegistryKnowsTheChildAndForgetNoMiss) {
  int corrected = 0;
  int kept = 0;
  for (unsigned seed = GetParam(); seed < GetParam() + 100; ++seed) {
    SCOPED_TRACE(seed);
    const Story story = CorrectedLife(seed);
    ASSERT_EQ(story.Folded(), story.state);
    Story again = story;
    again.Wake();
    EXPECT_TRUE(again.latest.empty());
    corrected += static_cast<int>(story.All<PepCareStartCorrected>().size());
    if (IsOpen(story.state) && story.facts.child->in_care) {
      EXPECT_EQ(story.cycle().care_started_on, story.facts.child->care_started_on);
      for (const Cycle& pep : story.state.earlier) {
        EXPECT_EQ(pep.care_started_on, story.facts.child->care_started_on);
      }
      // The PEP of a move opens by the profile.
      if (story.facts.policy) {
        EXPECT_EQ(story.state.school, story.facts.child->school);
      }
    }
    // A miss that stands when a correction comes is met late, or waived, or gone with its move.
    PlanState state;
    for (const auto& [at, event] : story.log) {
      const PlanState before = state;
      state = Plan::Evolve(std::move(state), event);
      const auto stood = [&](Rule rule) {
        const Deadline* deadline = FindDeadline(before, rule);
        return deadline && deadline->miss_stands;
      };
      if (const auto* moved = std::get_if<DeadlineRecalculated>(&event)) {
        EXPECT_FALSE(moved->miss_withdrawn && stood(moved->rule)) << RuleId(moved->rule);
      } else if (const auto* met = std::get_if<DeadlineMet>(&event); met && stood(met->rule)) {
        EXPECT_TRUE(met->late) << RuleId(met->rule);
        ++kept;
      }
    }
  }
  EXPECT_GT(corrected, 50) << "the dice no longer make lives worth looking at";
  EXPECT_GT(kept, 0);
}

INSTANTIATE_TEST_SUITE_P(Seeds, CorrectedLives, testing::Values(0u, 100u, 200u));

}  // namespace
}  // namespace pepline::scheduling
