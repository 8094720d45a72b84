// When each level is raised, and when it is not.
#include "tests/unit/notifications/alert_story.h"

namespace pepline::notifications {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

Story Late() {
  Story story("2025-10-21 00:00");
  return story.Missed();
}

TEST(AlertLevels, FollowTheirInstantsWhileNothingHappens) {
  Story story("2025-10-16 08:00");
  story.Reminded().DeliverAll().Until("2025-10-21 00:00").Missed().DeliverAll();
  story.Until("2025-12-24 12:00");
  EXPECT_THAT(story.Levels(),
              ElementsAre(Pair(0, At("2025-10-16 08:00")), Pair(1, At("2025-10-21 00:00")),
                          Pair(2, At("2025-10-21 08:00")), Pair(3, At("2025-11-03 08:00"))));
}

TEST(AlertLevels, TellTheVirtualSchoolAndTheSocialWorkerOfAChildOnNoRoll) {
  using enum RecipientRole;
  AlertReference reference = UsualReference();
  reference.school = SchoolUrn();
  Story story("2025-10-21 00:00");
  story.Done(RaiseMissedDeadline{reference, UsualInstants()});
  const auto told = [&](int level) {
    std::vector<RecipientRole> roles;
    for (const PendingDelivery& pending : story.state.deliveries) {
      if (pending.level == level) roles.push_back(pending.role);
    }
    return roles;
  };
  EXPECT_THAT(told(1), ElementsAre(kVirtualSchoolCaseworker, kSocialWorker));
  story.DeliverAll().Until("2025-10-21 08:00");
  EXPECT_THAT(told(2), ElementsAre(kVirtualSchoolCaseworker));
  // A school was found: its people are told from then on.
  story.Done(FollowToSchool{SchoolUrn(kSchool)}).DeliverAll().Until("2025-11-03 08:00");
  EXPECT_THAT(told(3), ElementsAre(kHeadteacher, kVirtualSchoolHead));
}

TEST(AlertLevels, StopWhenTheWorkIsDone) {
  Story story = Late();
  story.Until("2025-10-22 12:00").Met(true).Until("2025-12-24 12:00");
  EXPECT_EQ(story.Levels().size(), 2u);
  EXPECT_THAT(story.Causes(), ElementsAre(ResolvedCause::kMetLate));
  EXPECT_EQ(Alert::NextWake(story.state, story.facts), std::nullopt);
}

Instants WithThreeReminders() {
  Instants instants = UsualInstants();
  const auto& teacher = instants.levels[0].recipients;
  instants.levels.insert(instants.levels.begin(), {{-2, At("2025-10-14 08:00"), teacher},
                                                   {-1, At("2025-10-15 08:00"), teacher}});
  return instants;
}

TEST(AlertLevels, SeveralRemindersComeByTimeUntilTheWorkIsDoneOrLate) {
  Story story("2025-10-14 08:00");
  story.Done(RemindOfDeadline{UsualReference(), WithThreeReminders()}).DeliverAll();
  story.Until("2025-10-15 12:00").DeliverAll();
  EXPECT_THAT(story.Levels(),
              ElementsAre(Pair(-2, At("2025-10-14 08:00")), Pair(-1, At("2025-10-15 08:00"))));
  Story done = story;
  done.Met(false).Until("2025-12-24 12:00");
  EXPECT_THAT(done.Levels(), testing::SizeIs(2));
  story.Until("2025-10-21 00:00");
  EXPECT_THAT(story.Levels(), testing::SizeIs(3)) << "that it is late is the sender's to say";
  EXPECT_FALSE(story.state.late);
  story.Done(RaiseMissedDeadline{UsualReference(), WithThreeReminders()}).DeliverAll();
  EXPECT_EQ(story.Levels().back(), std::pair(1, At("2025-10-21 00:00")));
  EXPECT_EQ(story.state.run, 1);
  story.Until("2025-10-21 08:00");
  EXPECT_EQ(story.Levels().back(), std::pair(2, At("2025-10-21 08:00")));
}

TEST(AlertLevels, AReminderThatComesLateIsTheLastThatWasReached) {
  Story story("2025-10-15 12:00");
  story.Done(RemindOfDeadline{UsualReference(), WithThreeReminders()});
  EXPECT_THAT(story.Levels(), ElementsAre(Pair(-1, At("2025-10-15 12:00"))));
  Story early("2025-10-13 12:00");
  EXPECT_EQ(early.Refused(RemindOfDeadline{UsualReference(), WithThreeReminders()}),
            alert_refusals::kLevelNotReached);
}

TEST(AlertLevels, AReminderAloneNeverEscalates) {
  Story story("2025-10-16 08:00");
  story.Reminded().DeliverAll().Until("2025-12-24 12:00");
  EXPECT_THAT(story.Levels(), ElementsAre(Pair(0, At("2025-10-16 08:00"))));
}

TEST(AlertLevels, AreQuietWhenTheWorkWasDoneInTimeAndNobodyWasReminded) {
  Story story("2025-10-15 08:00");
  story.Met(false);
  EXPECT_THAT(story.log, IsEmpty());
  EXPECT_EQ(story.state, AlertState());
}

TEST(AlertLevels, LeaveTimeBetweenThemAfterAnOutage) {
  Story story("2025-11-20 10:00");  // everything is long past
  story.Missed();
  EXPECT_THAT(story.Levels(), ElementsAre(Pair(1, At("2025-11-20 10:00"))));
  story.DeliverAll().Until("2025-11-20 10:14");
  EXPECT_EQ(story.Levels().size(), 1u);
  story.Until("2025-11-20 12:00");
  EXPECT_THAT(story.Levels(),
              ElementsAre(Pair(1, At("2025-11-20 10:00")), Pair(2, At("2025-11-20 10:15")),
                          Pair(3, At("2025-11-20 10:30"))));
}

TEST(AlertLevels, MoveWithTheDeadline) {
  Story story = Late();
  story.DeliverAll().Done(MoveDeadline{UsualReference(), MovedInstants(), false});
  story.Until("2025-12-24 12:00");
  EXPECT_THAT(story.Levels(),
              ElementsAre(Pair(1, At("2025-10-21 00:00")), Pair(2, At("2025-10-23 08:00")),
                          Pair(3, At("2025-11-05 08:00"))));
  EXPECT_EQ(story.All<AlertMoved>().size(), 1u);
}

TEST(AlertLevels, RemindOfTheNewDayAnew) {
  Story story("2025-10-16 08:00");
  story.Reminded().DeliverAll();
  story.Done(MoveDeadline{UsualReference(), MovedInstants(), false});
  EXPECT_THAT(story.Causes(), ElementsAre(ResolvedCause::kWithdrawn));
  story.Until("2025-10-18 08:00").Done(RemindOfDeadline{UsualReference(), MovedInstants()});
  EXPECT_EQ(story.state.run, 2);
  EXPECT_FALSE(story.state.Waiting().empty()) << "people are told of the new day";
}

TEST(AlertLevels, ThatAMoveMakesDueAreRaisedAtOnce) {
  Story story = Late();
  Instants sooner = UsualInstants();
  sooner.levels[2].at = At("2025-10-21 00:30");
  story.DeliverAll().Until("2025-10-21 01:00");
  story.Done(MoveDeadline{UsualReference(), sooner, false});
  EXPECT_THAT(story.Levels(),
              ElementsAre(Pair(1, At("2025-10-21 00:00")), Pair(2, At("2025-10-21 01:00"))));
}

TEST(AlertLevels, BeginAnewWithTheNextRun) {
  Story story("2025-10-16 08:00");
  story.Reminded().Until("2025-10-21 00:00").Missed().DeliverAll();
  story.Done(MoveDeadline{UsualReference(), MovedInstants(), true});
  EXPECT_THAT(story.Causes(), ElementsAre(ResolvedCause::kMissWithdrawn));
  story.Until("2025-10-23 00:00");
  story.Done(RaiseMissedDeadline{UsualReference(), MovedInstants()});
  EXPECT_EQ(story.state.run, 2);
  EXPECT_EQ(story.state.reached.count(0), 0u) << "the reminder belongs to the first run";
  story.Until("2025-10-23 09:00").Met(true);
  EXPECT_THAT(story.Causes(), ElementsAre(ResolvedCause::kMissWithdrawn, ResolvedCause::kMetLate));
}

TEST(AlertLevels, MissedWithoutAnyRecipientIsAnAlertAllTheSame) {
  Instants nobody = UsualInstants();
  nobody.levels.clear();
  Story story("2025-10-21 00:00");
  story.Done(RaiseMissedDeadline{UsualReference(), nobody});
  EXPECT_TRUE(story.state.IsOpen());
  EXPECT_THAT(story.state.deliveries, IsEmpty());
  EXPECT_EQ(Alert::NextWake(story.state, story.facts), std::nullopt);
}

TEST(AlertLevels, FollowTheChildToAnotherSchool) {
  Story story = Late();
  story.Done(FollowToSchool{SchoolUrn(kOtherSchool)});
  EXPECT_EQ(story.state.reference.school, SchoolUrn(kOtherSchool));
  EXPECT_EQ(story.state.instants, UsualInstants());
}

// A child moved while an ePEP was late: its deadline says that the PEP stays with the school.
TEST(AlertLevels, StayWithTheSchoolThatThePepStaysWith) {
  Story story = Late();
  AlertReference stays = UsualReference();
  stays.stays_with_school = true;
  story.Done(MoveDeadline{stays, UsualInstants(), /*miss_withdrawn=*/false});
  EXPECT_TRUE(story.state.reference.stays_with_school);
  story.Done(FollowToSchool{SchoolUrn(kOtherSchool)});
  EXPECT_EQ(story.state.reference.school, SchoolUrn(kSchool));
  // Handed over, it follows the child again.
  AlertReference over = UsualReference();
  over.school = SchoolUrn(kOtherSchool);
  story.Done(MoveDeadline{over, UsualInstants(), /*miss_withdrawn=*/false});
  EXPECT_EQ(story.state.reference, over);
  EXPECT_EQ(story.All<AlertMoved>().size(), 2u);
}

// --- a school without Designated Teacher

TEST(VacancyAlert, WaitsForItsFirstLevelThenFollowsTime) {
  Story story("2025-10-03 10:00");
  story.facts.vacancy = UsualVacancy();
  story.Done(Wake{});
  EXPECT_THAT(story.log, IsEmpty());
  EXPECT_EQ(Alert::NextWake(story.state, story.facts), At("2025-10-06 08:00"));
  story.Until("2025-12-24 12:00");
  EXPECT_THAT(story.Levels(),
              ElementsAre(Pair(0, At("2025-10-06 08:00")), Pair(1, At("2025-10-10 23:59:59")),
                          Pair(2, At("2025-10-17 08:00"))));
  EXPECT_EQ(story.All<AlertRaised>().size(), 2u);
  EXPECT_EQ(story.state.reference.routing_id(), kSchool);
}

TEST(VacancyAlert, IsResolvedWhenSomebodyIsAppointed) {
  Story story("2025-10-06 08:00");
  story.facts.vacancy = UsualVacancy();
  story.Done(Wake{}).Until("2025-10-08 12:00");
  story.facts.vacancy->vacant = false;
  story.Done(Wake{}).Done(Wake{});
  EXPECT_THAT(story.Causes(), ElementsAre(ResolvedCause::kAppointed));
  story.Until("2025-12-24 12:00");
  EXPECT_EQ(story.Levels().size(), 1u);
}

TEST(VacancyAlert, IsWithdrawnWhenNobodyIsNeededAnyMore) {
  Story story("2025-10-06 08:00");
  story.facts.vacancy = UsualVacancy();
  story.Done(Wake{});
  story.facts.vacancy->vacant = false;
  story.facts.vacancy->nobody_needed = true;
  story.Done(Wake{});
  EXPECT_THAT(story.Causes(), ElementsAre(ResolvedCause::kWithdrawn));
}

TEST(VacancyAlert, ComesAgainWithTheNextVacancy) {
  Story story("2025-10-06 08:00");
  story.facts.vacancy = UsualVacancy();
  story.Done(Wake{});
  story.facts.vacancy->vacant = false;
  story.Done(Wake{});
  story.facts.vacancy->vacant = true;
  for (LevelInstant& level : story.facts.vacancy->instants.levels) level.at += absl::Hours(240);
  story.Done(Wake{}).Until("2025-10-16 09:00");
  EXPECT_EQ(story.state.run, 2);
  EXPECT_THAT(story.Levels(),
              ElementsAre(Pair(0, At("2025-10-06 08:00")), Pair(0, At("2025-10-16 08:00"))));
}

TEST(VacancyAlert, IsWithdrawnAtTheFormerAuthorityAndRaisedAtTheOneThatTheSchoolMovedTo) {
  Story story("2025-10-06 08:00");
  story.facts.vacancy = UsualVacancy();
  story.Done(Wake{});
  story.facts.vacancy->vacant = false;  // the old vacancy ended
  story.facts.vacancy->nobody_needed = true;
  story.Done(Wake{});
  EXPECT_EQ(story.state.reference.authority.text(), kAuthority) << "it was that one's";
  story.facts.vacancy = UsualVacancy();
  story.facts.vacancy->reference.authority = AuthorityCode("940");
  story.Done(Wake{});
  EXPECT_THAT(story.Causes(), ElementsAre(ResolvedCause::kWithdrawn));
  const auto raised = story.All<AlertRaised>();
  ASSERT_EQ(raised.size(), 2u);
  EXPECT_EQ(raised[0].reference.authority.text(), kAuthority);
  EXPECT_EQ(raised[1].reference.authority.text(), "940");
  EXPECT_EQ(raised[1].run, 2);
}

// With the same instants in both profiles nothing told the alert that it was another authority's.
TEST(VacancyAlert, GoesToTheNewAuthorityAlsoWhereTheEndOfTheOldVacancyWasNotHeard) {
  Story story("2025-10-06 08:00");
  story.facts.vacancy = UsualVacancy();
  story.Done(Wake{});
  story.facts.vacancy->reference.authority = AuthorityCode("940");
  story.Done(Wake{}).Done(Wake{});
  EXPECT_THAT(story.Causes(), ElementsAre(ResolvedCause::kWithdrawn));
  ASSERT_EQ(story.All<AlertRaised>().size(), 2u);
  EXPECT_TRUE(story.All<AlertMoved>().empty());
  EXPECT_TRUE(story.state.IsOpen());
  EXPECT_EQ(story.state.reference.authority.text(), "940");
  EXPECT_EQ(story.state.Waiting().size(), 1u) << "the new authority's people are told";
}

TEST(VacancyAlert, MovesWhenRegistryCountsItsDaysAnew) {
  Story story("2025-10-06 08:00");
  story.facts.vacancy = UsualVacancy();
  story.Done(Wake{});
  story.facts.vacancy->instants.levels[1].at = At("2025-10-13 23:59:59");
  story.Done(Wake{});
  EXPECT_EQ(story.All<AlertMoved>().size(), 1u);
  story.DeliverAll().Until("2025-10-13 12:00");
  EXPECT_EQ(story.state.level(), 0);
}

TEST(AlertLevels, ThatTimeBringsWaitUntilEverythingWasHeard) {
  Story story("2025-10-21 00:00");
  story.Missed().DeliverAll();
  story.facts.caught_up = false;
  story.facts.now = At("2025-10-22 12:00");  // level 2 is long due
  story.Idle(Wake{});
  story.Done(AcknowledgeAlert{RecipientRole::kDesignatedTeacher});
  story.Done(FollowToSchool{SchoolUrn(kOtherSchool)});
  EXPECT_EQ(story.state.level(), 1);
  EXPECT_EQ(*Alert::NextWake(story.state, story.facts), story.facts.now + kShortestRetry)
      << "it is come back to";
  story.facts.caught_up = true;
  story.Done(Wake{});
  EXPECT_EQ(story.state.level(), 2);
}

TEST(AlertLevels, NeverFollowOverWorkThatWasDoneWhileItWasNotHeard) {
  Story story("2025-10-21 00:00");
  story.Missed().DeliverAll();
  story.facts.caught_up = false;
  story.facts.now = At("2025-10-22 12:00");
  story.Idle(Wake{});
  story.Met(true);
  story.facts.caught_up = true;
  story.Idle(Wake{});
  EXPECT_EQ(story.state.level(), 1);
}

}  // namespace
}  // namespace pepline::notifications
