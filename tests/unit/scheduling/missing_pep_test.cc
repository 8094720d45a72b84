// A child who needs a PEP and has none open is heard of, whatever the cause; and a late record of
// care hides no miss.
#include <gmock/gmock.h>

#include "tests/unit/scheduling/plan_story.h"

namespace pepline::scheduling {
namespace {

using ::testing::HasSubstr;

std::shared_ptr<const Calendar> WithoutTerms() {
  return std::make_shared<const Calendar>(London(), BankHolidays(), std::vector<TermPart>());
}

// What a child on no roll, or at a school whose authority's dates nobody imported, is counted by.
std::shared_ptr<const Calendar> OfTheCaringAuthority() {
  return std::make_shared<const Calendar>(London(), BankHolidays(), std::vector<TermPart>(),
                                          std::vector<TermPart>(), std::set<absl::CivilDay>(),
                                          OxfordshireTerms());
}

class MissingPep : public testing::Test {
 protected:
  const Deadline& PepOpen() const {
    static const Deadline none;
    EXPECT_TRUE(story.state.pep_open.has_value());
    return story.state.pep_open ? *story.state.pep_open : none;
  }

  Story story{"2025-09-15 09:00"};
};

TEST_F(MissingPep, AChildOnNoRollGetsATermlyPepByTheCaringAuthoritysTermsMarkedEstimated) {
  story.facts.calendar = OfTheCaringAuthority();
  story.InCareSince("2019-03-01", "");
  story.Until("2025-09-16 00:00");
  EXPECT_EQ(story.cycle().kind, CycleKind::kTermly);
  EXPECT_EQ(story.cycle().term, Term::kAutumn);
  const Deadline& cut_off = story.deadline(Rule::kHeldByTermCutOff);
  EXPECT_EQ(cut_off.instants.due_at, EndOf("2025-11-28"));
  EXPECT_FALSE(cut_off.instants.calendar_known);
  story.Until("2026-01-05 00:00");
  EXPECT_EQ(story.cycle().term, Term::kSpring);
  EXPECT_EQ(story.CountOf<DeadlineMissed>(Rule::kHeldByTermCutOff), 1);
  EXPECT_EQ(story.CountOf<DeadlineSet>(Rule::kPepOpen), 0);
}

TEST_F(MissingPep, ACutOffThatTheProfileLeavesOutIsTheLastDayOfTheTermThatStandsIn) {
  Policy policy = UsualPolicy();
  policy.cut_offs.clear();
  story.facts.policy = std::make_shared<const Policy>(policy);
  story.facts.calendar = OfTheCaringAuthority();
  story.InCareSince("2019-03-01");
  const Deadline& cut_off = story.deadline(Rule::kHeldByTermCutOff);
  EXPECT_EQ(cut_off.instants.due_at, EndOf("2025-12-19"));
  EXPECT_FALSE(cut_off.instants.calendar_known);
}

TEST_F(MissingPep, ACutOffGoesOnAsItWasWhereItsTermIsNotKnownAnyMore) {
  Policy policy = UsualPolicy();
  policy.cut_offs.clear();
  story.facts.policy = std::make_shared<const Policy>(policy);
  story.InCareSince("2019-03-01").Until("2025-12-20 09:00");
  EXPECT_EQ(story.deadline(Rule::kHeldByTermCutOff).status, DeadlineStatus::kMissed);
  story.facts.calendar = WithoutTerms();  // next year's dates replaced this year's
  story.Until("2026-06-01 09:00").Wake();
  EXPECT_EQ(story.deadline(Rule::kHeldByTermCutOff).status, DeadlineStatus::kMissed);
  policy.rules.erase(Rule::kHeldByTermCutOff);
  story.facts.policy = std::make_shared<const Policy>(policy);
  story.Wake();
  EXPECT_EQ(story.deadline(Rule::kHeldByTermCutOff).status, DeadlineStatus::kWithdrawn);
}

TEST_F(MissingPep, WithoutAnyTermDatesTheVirtualSchoolIsAlertedAfterOneWorkingDay) {
  story.Until("2025-09-19 09:00");  // a Friday
  story.facts.calendar = WithoutTerms();
  story.InCareSince("2019-03-01");
  EXPECT_THAT(WhyNoneIsOpen(story.state, story.facts), HasSubstr("no term dates are on record"));
  EXPECT_TRUE(story.log.empty()) << "whatever is missing may be put on record within the hour";
  story.Until("2025-09-22 23:59");
  EXPECT_EQ(PepOpen().instants.due_at, EndOf("2025-09-22"));
  EXPECT_EQ(story.CountOf<DeadlineMissed>(Rule::kPepOpen), 0);
  story.Until("2025-09-23 00:00");
  EXPECT_EQ(story.CountOf<DeadlineMissed>(Rule::kPepOpen), 1);
  const auto& levels = PepOpen().instants.levels;
  ASSERT_FALSE(levels.empty());
  EXPECT_THAT(levels[0].recipients, testing::ElementsAre(RecipientRole::kVirtualSchoolCaseworker));
  // For a year it goes on, and is said once.
  story.Until("2026-09-01 00:00");
  EXPECT_EQ(PepOpen().status, DeadlineStatus::kMissed);
  EXPECT_EQ(story.CountOf<DeadlineMissed>(Rule::kPepOpen), 1);
  EXPECT_EQ(story.state.child, ChildId("chd-1"));
  EXPECT_EQ(story.state.authority, AuthorityCode("931"));
}

TEST_F(MissingPep, TheAlertEndsLateWhenThePepOpens) {
  story.facts.calendar = WithoutTerms();
  story.InCareSince("2019-03-01");
  story.Until("2025-10-06 10:00");
  story.facts.calendar = Oxfordshire();
  story.Wake();
  EXPECT_EQ(story.cycle().term, Term::kAutumn);
  const auto met = story.All<DeadlineMet>();
  ASSERT_EQ(met.size(), 1u);
  EXPECT_EQ(met[0].rule, Rule::kPepOpen);
  EXPECT_TRUE(met[0].late);
  EXPECT_EQ(met[0].met_at, At("2025-10-06 10:00"));
  EXPECT_EQ(WhyNoneIsOpen(story.state, story.facts), "");
}

TEST_F(MissingPep, NoProfileIsNoReasonForSilence) {
  auto policy = std::exchange(story.facts.policy, nullptr);
  story.InCareSince("2025-09-14").Until("2025-09-16 09:00");
  EXPECT_EQ(PepOpen().instants.due_at, EndOf("2025-09-16"));
  EXPECT_THAT(WhyNoneIsOpen(story.state, story.facts), HasSubstr("policy profile"));
  story.Until("2025-09-17 00:00");
  EXPECT_EQ(PepOpen().status, DeadlineStatus::kMissed);
  story.facts.policy = policy;
  story.Wake();
  EXPECT_EQ(story.cycle().kind, CycleKind::kInitial);
  EXPECT_EQ(PepOpen().status, DeadlineStatus::kMet);
}

TEST_F(MissingPep, NoBankHolidaysAreNoReasonForSilence) {
  story.facts.bank_holidays_known = false;
  story.facts.calendar =
      std::make_shared<const Calendar>(London(), std::set<absl::CivilDay>(), OxfordshireTerms());
  story.InCareSince("2025-09-14").Until("2025-09-16 09:00");
  EXPECT_FALSE(PepOpen().instants.calendar_known);
  EXPECT_THAT(WhyNoneIsOpen(story.state, story.facts), HasSubstr("bank holidays"));
  story.Until("2025-09-17 00:00");
  EXPECT_EQ(PepOpen().status, DeadlineStatus::kMissed);
  EXPECT_THAT(story.Refused(SchedulePepMeeting{PepId(), At("2025-10-01 10:00")}),
              plan_refusals::kNoCurrentPep);
}

TEST_F(MissingPep, AProfileMayGiveItsOwnTermsAndCannotSwitchItOff) {
  Policy policy = UsualPolicy();
  EXPECT_FALSE(policy.rules.contains(Rule::kPepOpen)) << "the usual profile does not name it";
  policy.rules[Rule::kPepOpen] = {
      3, DayKind::kWorkingDays, {{1, 0, DayKind::kWorkingDays, {RecipientRole::kSocialWorker}}}};
  story.facts.policy = std::make_shared<const Policy>(policy);
  story.facts.calendar = WithoutTerms();
  story.InCareSince("2019-03-01").Until("2025-09-18 09:00");
  EXPECT_EQ(PepOpen().instants.due_at, EndOf("2025-09-18"));
  story.facts.policy = std::make_shared<const Policy>(UsualPolicy());
  story.Wake();
  EXPECT_EQ(PepOpen().instants.due_at, EndOf("2025-09-16"));
}

TEST_F(MissingPep, NothingIsSaidWhereAPepOpensInTime) {
  story.InCareSince("2025-09-14", "");  // the school follows, or the next working day comes
  story.Until("2025-09-16 00:00");
  EXPECT_EQ(story.cycle().kind, CycleKind::kInitial);
  EXPECT_FALSE(story.state.pep_open.has_value());
}

TEST_F(MissingPep, EndsWithCareAndBeginsAnewWithIt) {
  story.facts.calendar = WithoutTerms();
  story.InCareSince("2019-03-01").Until("2025-09-20 09:00");
  story.facts.child->in_care = false;
  story.facts.child->care_recorded_at = story.facts.now;
  story.Wake();
  EXPECT_EQ(PepOpen().status, DeadlineStatus::kWithdrawn);
  EXPECT_EQ(Plan::NextWake(story.state, story.facts), std::nullopt);
  story.facts.policy = nullptr;
  story.Until("2025-10-01 09:00").InCareSince("2025-09-30").Until("2025-10-02 00:00");
  EXPECT_EQ(story.CountOf<DeadlineSet>(Rule::kPepOpen), 2);
  EXPECT_EQ(PepOpen().status, DeadlineStatus::kRunning);
}

TEST_F(MissingPep, AFinalisedPepServesFourMonthsWhereNoNextTermIsKnown) {
  auto terms = OxfordshireTerms();
  std::erase_if(terms, [](const TermPart& part) { return part.first_day > Day("2026-01-01"); });
  story.facts.calendar = std::make_shared<const Calendar>(London(), BankHolidays(), terms);
  story.InCareSince("2019-03-01");
  story.Schedule("2025-10-01 14:00");
  story.Until("2025-10-01 16:00").Hold("2025-10-01");
  story.Until("2025-10-03 10:00").Done(FinaliseEpep{});
  story.Until("2026-01-31 23:00");
  EXPECT_FALSE(story.state.pep_open.has_value());
  story.Until("2026-02-03 00:00");
  EXPECT_EQ(PepOpen().status, DeadlineStatus::kMissed);
  EXPECT_THAT(WhyNoneIsOpen(story.state, story.facts), HasSubstr("no term dates"));
  // The dates of the new year arrive at last.
  story.facts.calendar = Oxfordshire();
  story.Wake();
  EXPECT_EQ(story.cycle().term, Term::kSpring);
  EXPECT_EQ(PepOpen().status, DeadlineStatus::kMet);
  EXPECT_TRUE(PepOpen().late);
}

TEST_F(MissingPep, AFinalisedPepServesTheHolidayBeforeAKnownTerm) {
  story.facts.now = At("2026-04-13 09:00");
  story.InCareSince("2019-03-01");
  story.Schedule("2026-04-20 14:00");
  story.Until("2026-04-20 16:00").Hold("2026-04-20");
  story.Until("2026-04-22 10:00").Done(FinaliseEpep{});
  story.Until("2026-09-02 00:00");  // four months were over on 20 August
  EXPECT_EQ(story.cycle().number, 2);
  EXPECT_FALSE(story.state.pep_open.has_value());
}

TEST(LateRecord, OfCareOpensTheInitialPepAndSaysBothMissesAtOnce) {
  Story story("2025-11-03 09:00");
  story.InCareSince("2025-09-09");  // its limits ended on 23 September and 7 October
  EXPECT_EQ(story.cycle().kind, CycleKind::kInitial);
  EXPECT_EQ(story.cycle().opened_on, Day("2025-09-09"));
  EXPECT_EQ(story.WhenEmitted<DeadlineMissed>(Rule::kInitialStarted), At("2025-11-03 09:00"));
  EXPECT_EQ(story.WhenEmitted<DeadlineMissed>(Rule::kInitialAvailable), At("2025-11-03 09:00"));
}

TEST(LateRecord, IsNotCoveredUpByATermsPep) {
  Story story("2025-11-03 09:00");
  story.InCareSince("2025-09-09");
  story.Until("2026-07-01 09:00");
  EXPECT_EQ(story.cycle().number, 1);
  EXPECT_EQ(story.deadline(Rule::kInitialAvailable).status, DeadlineStatus::kMissed);
  EXPECT_EQ(story.CountOf<DeadlineWithdrawn>(Rule::kInitialAvailable), 0);
  story.Schedule("2026-07-02 10:00");
  story.Until("2026-07-02 12:00").Hold("2026-07-02");
  story.Until("2026-07-03 12:00").Done(FinaliseEpep{});
  EXPECT_EQ(story.deadline(Rule::kInitialAvailable).status, DeadlineStatus::kMet);
  EXPECT_TRUE(story.deadline(Rule::kInitialAvailable).late);
  story.Until("2026-09-02 00:00");
  EXPECT_EQ(story.cycle().kind, CycleKind::kTermly);
}

TEST(LateRecord, OfCareBeforeTheAuthorityKeptItsPepsHereOpensTheTermsPep) {
  Story story("2025-09-15 09:00");
  story.InCareSince("2025-07-31");  // 20 working days end on 29 August; the first profile's day is
  EXPECT_EQ(story.cycle().kind, CycleKind::kTermly);  // 1 September
  Story next_day("2025-09-15 09:00");
  next_day.InCareSince("2025-08-01");
  EXPECT_EQ(next_day.cycle().kind, CycleKind::kInitial);
  EXPECT_EQ(next_day.CountOf<DeadlineMissed>(Rule::kInitialAvailable), 1);
}

TEST(LateRecord, WithoutAKnownBeginningOfTheProfilesTellsSomebody) {
  Story story("2025-09-15 09:00");
  Policy policy = UsualPolicy();
  policy.kept_since.reset();
  story.facts.policy = std::make_shared<const Policy>(policy);
  story.InCareSince("2019-03-01");
  EXPECT_EQ(story.cycle().kind, CycleKind::kInitial);
  EXPECT_EQ(story.CountOf<DeadlineMissed>(Rule::kInitialAvailable), 1);
}

TEST(LateRecord, IsNoneWhereAPepBecomesDueByAge) {
  Story story("2025-10-01 09:00");
  story.facts.child = ChildFacts();
  story.InCareSince("2025-10-01");
  Story young("2025-10-01 09:00");
  young.facts.child = story.facts.child;
  young.facts.child->pep_required = false;
  young.Wake();
  young.Until("2026-09-01 00:00");
  young.facts.child->pep_required = true;
  young.facts.child->pep_required_at = young.facts.now;
  young.Wake();
  young.Until("2026-09-02 00:00");
  EXPECT_EQ(young.cycle().kind, CycleKind::kTermly);
  EXPECT_EQ(young.CountOf<DeadlineMissed>(Rule::kInitialAvailable), 0);
}

}  // namespace
}  // namespace pepline::scheduling
