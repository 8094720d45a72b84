// When a child's PEPs open and close.
#include "tests/unit/scheduling/plan_story.h"

namespace pepline::scheduling {
namespace {

TEST(PlanCycle, OpensTheInitialPepWhenCareStarts) {
  Story story("2025-09-10 09:00");
  story.InCareSince("2025-09-09");
  ASSERT_EQ(story.All<PepCycleOpened>().size(), 1u);
  EXPECT_EQ(story.cycle().kind, CycleKind::kInitial);
  EXPECT_EQ(story.cycle().stage, Stage::kDue);
  EXPECT_EQ(story.cycle().term, Term::kAutumn);
  EXPECT_EQ(story.state.school, SchoolUrn("123456"));
  EXPECT_EQ(story.deadline(Rule::kInitialStarted).instants.due_at, EndOf("2025-09-23"));
  EXPECT_EQ(story.deadline(Rule::kInitialAvailable).instants.due_at, EndOf("2025-10-07"));
}

TEST(PlanCycle, OpensTheTermToComeForAChildLongInCareFirstSeenInAHoliday) {
  Story story("2025-08-20 09:00");
  story.InCareSince("2019-03-01");
  EXPECT_EQ(story.log.size(), 0u);
  EXPECT_EQ(Plan::NextWake(story.state, story.facts), At("2025-08-21 00:00"));
  story.Until("2025-08-21 00:00");
  EXPECT_EQ(story.cycle().kind, CycleKind::kTermly);
  EXPECT_EQ(story.cycle().opened_on, Day("2025-08-21"));
  EXPECT_EQ(story.cycle().term, Term::kAutumn);
  EXPECT_EQ(story.deadline(Rule::kHeldByTermCutOff).instants.due_at, EndOf("2025-11-28"));
  story.Until("2026-01-04 00:00");
  EXPECT_EQ(story.All<PepCycleOpened>().size(), 1u) << "its term opens no other";
}

TEST(PlanCycle, WaitsForTheTermThatBeginsOnTheNextWorkingDay) {
  Story story("2025-09-01 09:00");
  story.InCareSince("2019-03-01");
  EXPECT_EQ(Plan::NextWake(story.state, story.facts), At("2025-09-02 00:00"));
  story.Until("2025-09-02 00:00");
  EXPECT_EQ(story.cycle().opened_on, Day("2025-09-02"));
}

TEST(PlanCycle, OpensAtOnceForAChildLongInCareFirstSeenInTerm) {
  Story story("2025-09-15 09:00");
  story.InCareSince("2019-03-01");
  EXPECT_EQ(story.cycle().kind, CycleKind::kTermly);
  EXPECT_EQ(story.cycle().opened_on, Day("2025-09-15"));
}

TEST(PlanCycle, OpensTheNextTermsPepWhereTheCutOffOfThisOneIsPast) {
  Story story("2025-12-01 09:00");
  story.InCareSince("2019-03-01");
  EXPECT_EQ(story.log.size(), 0u);
  story.Until("2025-12-02 00:00");
  EXPECT_EQ(story.cycle().term, Term::kSpring);
  EXPECT_EQ(story.deadline(Rule::kHeldByTermCutOff).instants.due_at, EndOf("2026-03-20"));
  story.Until("2026-04-12 00:00");
  EXPECT_EQ(story.All<PepCycleOpened>().size(), 1u);
}

TEST(PlanCycle, OpensNothingForAChildWithoutPepOrOutOfCare) {
  Story story("2025-09-10 09:00");
  story.InCareSince("2025-09-09");
  Story young("2025-09-10 09:00");
  young.facts.child = story.facts.child;
  young.facts.child->pep_required = false;
  young.Wake();
  young.Until("2026-07-01 00:00");
  EXPECT_EQ(young.log.size(), 0u);
}

TEST(PlanCycle, WaitsForThePolicyAndGoesOnWhenItArrives) {
  Story story("2025-09-10 09:00");
  auto policy = std::exchange(story.facts.policy, nullptr);
  story.InCareSince("2025-09-09");
  EXPECT_FALSE(story.state.cycle.has_value());
  story.facts.policy = policy;
  story.facts.now = At("2025-09-12 09:00");
  story.Wake();
  EXPECT_EQ(story.deadline(Rule::kInitialStarted).instants.due_at, EndOf("2025-09-23"));
}

TEST(PlanCycle, WaitsForBankHolidaysSinceNothingCanBeCountedWithoutThem) {
  Story story("2025-09-10 09:00");
  story.facts.bank_holidays_known = false;
  story.InCareSince("2025-09-09");
  EXPECT_FALSE(story.state.cycle.has_value());
}

TEST(PlanCycle, WaitsForASchoolOnlyUntilTheNextWorkingDay) {
  Story story("2025-09-12 15:00");
  story.facts.child = ChildFacts{};
  story.InCareSince("2025-09-11");
  ASSERT_TRUE(story.state.cycle.has_value());
  Story without("2025-09-12 15:00");
  without.facts.child = story.facts.child;
  without.facts.child->school = SchoolUrn();
  without.Wake();
  EXPECT_EQ(without.log.size(), 0u);
  EXPECT_EQ(Plan::NextWake(without.state, without.facts), At("2025-09-15 00:00"));
  without.Until("2025-09-15 00:00");
  EXPECT_TRUE(without.state.school.empty());
  // The first school is no move: the PEP follows without a deadline of its own.
  without.facts.now = At("2025-09-16 10:00");
  without.MovesTo("123456", "2025-09-16");
  ASSERT_EQ(without.All<PepTransferredToSchool>().size(), 1u);
  EXPECT_EQ(without.state.school, SchoolUrn("123456"));
  EXPECT_FALSE(without.cycle().deadlines.contains(Rule::kUpdatedAfterMove));
}

// Registers know last year's terms and already one of the next: none of this year's.
TEST(PlanCycle, NamesNoTermOfAnotherYearWhereThisYearsDatesAreMissing) {
  std::vector<TermPart> terms = OxfordshireTerms();
  std::erase_if(terms, [](const TermPart& part) { return part.academic_year == "2025/26"; });
  Story story("2025-10-10 09:00");
  story.facts.calendar = std::make_shared<const Calendar>(London(), BankHolidays(), terms);
  story.InCareSince("2025-10-09");
  EXPECT_EQ(story.cycle().kind, CycleKind::kInitial);
  EXPECT_EQ(story.cycle().academic_year, "");
  EXPECT_EQ(story.cycle().term, std::nullopt);
  EXPECT_FALSE(story.cycle().deadlines.contains(Rule::kHeldByTermCutOff));
  story.Until("2026-09-02 00:00");
  EXPECT_EQ(story.cycle().academic_year, "2026/27") << "the known term opens its own all the same";
}

TEST(PlanCycle, OpensTheNextTermAfterAFinalisedPep) {
  Story story("2025-09-02 00:00");
  story.InCareSince("2019-03-01");
  story.Until("2025-09-10 09:00").Schedule("2025-10-01 14:00");
  story.Until("2025-10-01 16:00").Hold("2025-10-01");
  story.Until("2025-10-03 10:00").Done(FinaliseEpep{});
  story.Until("2026-01-05 00:00");
  EXPECT_EQ(story.cycle().number, 2);
  EXPECT_EQ(story.cycle().term, Term::kSpring);
  EXPECT_EQ(story.earlier(1).stage, Stage::kFinalised) << "it serves until the next is held";
  // Four months from the last meeting run besides the term's cut-off.
  // 1 February is a Sunday.
  EXPECT_EQ(story.deadline(Rule::kHeldWithinFourMonths).instants.due_at, EndOf("2026-01-30"));
  EXPECT_EQ(story.deadline(Rule::kHeldByTermCutOff).instants.due_at, EndOf("2026-03-20"));
}

TEST(PlanCycle, LetsAnInitialPepOfTheLastWeekOfTermRunIntoTheNext) {
  Story story("2025-12-15 12:00");
  story.InCareSince("2025-12-15");
  story.Until("2026-01-06 09:00");
  EXPECT_EQ(story.cycle().number, 1) << "20 working days are not over";
  story.Schedule("2026-01-12 10:00");
  story.Until("2026-01-12 12:00").Hold("2026-01-12");
  story.Until("2026-01-14 12:00").Done(FinaliseEpep{});
  EXPECT_EQ(story.cycle().number, 1) << "an initial PEP held in a term is that term's PEP";
  EXPECT_EQ(Plan::NextWake(story.state, story.facts), At("2026-04-13 00:00"));
}

TEST(PlanCycle, DoesNotCoverUpAnOverdueInitialPepBeforeEverybodyWasTold) {
  Story story("2025-12-15 12:00");
  story.InCareSince("2025-12-15");
  story.Until("2026-01-16 09:00");
  EXPECT_EQ(story.deadline(Rule::kInitialAvailable).status, DeadlineStatus::kMissed);
  EXPECT_EQ(story.cycle().number, 1);
  story.Until("2026-01-20 07:59");  // level 2 is three working days after 15 January
  EXPECT_EQ(story.cycle().number, 1);
  story.Until("2026-01-20 08:01");
  EXPECT_EQ(story.cycle().number, 2);
  EXPECT_EQ(story.cycle().opened_on, Day("2026-01-20"));
}

TEST(PlanCycle, KeepsAnArrangedMeetingOverTheTermsStart) {
  Story story("2025-09-02 00:00");
  story.InCareSince("2019-03-01");
  story.Until("2025-12-10 09:00").Schedule("2026-01-07 10:00");
  story.Until("2026-01-07 12:00");
  EXPECT_EQ(story.cycle().number, 1);
  story.Hold("2026-01-07");
  story.Until("2026-01-09 12:00").Done(FinaliseEpep{});
  EXPECT_EQ(story.cycle().number, 2) << "the spring PEP opens as soon as the autumn one is done";
  EXPECT_EQ(story.cycle().opened_on, Day("2026-01-09"));
}

TEST(PlanCycle, WaitsForAnArrangedMeetingNoLongerThanItsEpepMayTake) {
  Story story("2025-09-02 00:00");
  story.InCareSince("2019-03-01");
  story.Until("2025-12-10 09:00").Schedule("2026-01-07 10:00");
  story.Until("2026-01-14 23:59:59");
  EXPECT_EQ(story.cycle().number, 1);
  EXPECT_EQ(story.CountOf<DeadlineMissed>(Rule::kMeetingRecorded), 1);
  story.Until("2026-01-15 00:00");
  EXPECT_EQ(story.cycle().number, 2);
  EXPECT_EQ(story.CountOf<DeadlineMissed>(Rule::kFinalised), 1) << "said before the next opens";
  EXPECT_EQ(story.earlier(1).deadlines.at(Rule::kFinalised).status, DeadlineStatus::kMissed);
}

TEST(PlanCycle, CarriesAnOpenPepToTheNewSchool) {
  Story story("2025-09-02 00:00");
  story.InCareSince("2019-03-01");
  story.Until("2025-10-06 10:00").MovesTo("654321", "2025-10-06");
  ASSERT_EQ(story.All<PepTransferredToSchool>().size(), 1u);
  EXPECT_EQ(story.cycle().number, 1);
  EXPECT_EQ(story.state.school, SchoolUrn("654321"));
  EXPECT_EQ(story.deadline(Rule::kUpdatedAfterMove).instants.due_at, EndOf("2025-10-20"));
}

TEST(PlanCycle, ASecondMoveBeginsNoNewDaysAndTakesNoMissBack) {
  Story story("2025-09-02 00:00");
  story.InCareSince("2019-03-01");
  story.Until("2025-10-06 10:00").MovesTo("654321", "2025-10-06");
  story.Until("2025-10-22 10:00");
  EXPECT_EQ(story.deadline(Rule::kUpdatedAfterMove).status, DeadlineStatus::kMissed);
  story.MovesTo("123456", "2025-10-22");
  EXPECT_EQ(story.deadline(Rule::kUpdatedAfterMove).status, DeadlineStatus::kMissed);
  EXPECT_EQ(story.deadline(Rule::kUpdatedAfterMove).instants.due_at, EndOf("2025-10-20"));
}

TEST(PlanCycle, OpensAMovePepWhenThePresentOneIsFinalised) {
  Story story("2025-09-02 00:00");
  story.InCareSince("2019-03-01");
  story.Until("2025-09-10 09:00").Schedule("2025-10-01 14:00");
  story.Until("2025-10-01 16:00").Hold("2025-10-01");
  story.Until("2025-10-03 10:00").Done(FinaliseEpep{});
  story.Until("2025-11-10 10:00").MovesTo("654321", "2025-11-10");
  EXPECT_EQ(story.cycle().number, 2);
  EXPECT_EQ(story.cycle().kind, CycleKind::kMove);
  EXPECT_EQ(story.state.school, SchoolUrn("654321"));
  EXPECT_EQ(story.deadline(Rule::kUpdatedAfterMove).instants.due_at, EndOf("2025-11-24"));
  EXPECT_EQ(story.All<PepTransferredToSchool>().size(), 0u);
}

TEST(PlanCycle, ClosesWhenCareCeasesAndOpensAnewWhenItStartsAgain) {
  Story story("2025-09-10 09:00");
  story.InCareSince("2025-09-09");
  story.Until("2025-09-15 09:00");
  story.facts.child->in_care = false;
  story.facts.child->care_recorded_at = story.facts.now;
  story.Wake();
  EXPECT_EQ(story.cycle().stage, Stage::kClosed);
  EXPECT_EQ(story.CountOf<DeadlineWithdrawn>(Rule::kInitialStarted), 1);
  EXPECT_EQ(Plan::NextWake(story.state, story.facts), std::nullopt);
  story.Until("2025-11-03 09:00").InCareSince("2025-11-02");
  EXPECT_EQ(story.cycle().number, 2);
  EXPECT_EQ(story.cycle().kind, CycleKind::kInitial);
  EXPECT_EQ(story.cycle().previous_held_on, std::nullopt);
}

TEST(PlanCycle, SaysMissesThatCameBeforeTheEndOfCareWhenWokenLate) {
  Story story("2025-09-10 09:00");
  story.InCareSince("2025-09-09");
  story.facts.child->in_care = false;
  story.facts.child->care_recorded_at = At("2025-09-30 10:00");
  story.facts.now = At("2025-10-20 10:00");
  story.Wake();
  EXPECT_EQ(story.CountOf<DeadlineMissed>(Rule::kInitialStarted), 1) << "due 23 September";
  EXPECT_EQ(story.CountOf<DeadlineMissed>(Rule::kInitialAvailable), 0) << "due 7 October";
  EXPECT_EQ(story.cycle().stage, Stage::kClosed);
}

}  // namespace
}  // namespace pepline::scheduling
