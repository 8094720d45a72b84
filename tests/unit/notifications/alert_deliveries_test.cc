// Who is to be told, what becomes of it, and who is told instead.
#include "tests/unit/notifications/alert_story.h"

namespace pepline::notifications {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;
using enum RecipientRole;

Story Late() {
  Story story("2025-10-21 00:00");
  return story.Missed();
}

std::vector<RecipientRole> WaitingRoles(const Story& story) {
  std::vector<RecipientRole> roles;
  for (const PendingDelivery& pending : story.state.Waiting()) roles.push_back(pending.role);
  return roles;
}

Settled Reached(const char* staff) { return {StaffId(staff), Channel::kSmtp, std::nullopt, {}}; }
Settled GivenUp(const char* staff, FailureCause cause) {
  return {StaffId(staff), std::nullopt, cause, {}};
}
RecordDeliveries Record(RecipientRole role, std::vector<Settled> settled, bool finished) {
  return {1, 1, role, std::move(settled), finished};
}

TEST(AlertDeliveries, WaitForEveryRecipientOfTheLevel) {
  EXPECT_THAT(WaitingRoles(Late()), ElementsAre(kDesignatedTeacher, kDeputyDesignatedTeacher));
}

TEST(AlertDeliveries, ARoleNamedTwiceIsToldOnce) {
  Instants twice = UsualInstants();
  twice.levels[1].recipients = {kHeadteacher, kHeadteacher};
  Story story("2025-10-21 00:00");
  story.Done(RaiseMissedDeadline{UsualReference(), twice});
  EXPECT_THAT(WaitingRoles(story), ElementsAre(kHeadteacher));
}

TEST(AlertDeliveries, AreTriedAgainByTheirAlarmAfterAsLongAsTheyHaveWaited) {
  Story story = Late();
  const AlertFacts when_raised = story.facts;
  std::vector<absl::Duration> tries;
  while (tries.size() < 9) {
    const absl::Time next = *Alert::NextWake(story.state, story.facts);
    EXPECT_EQ(next, *Alert::NextWake(story.state, when_raised)) << "stored, and exact";
    tries.push_back(next - when_raised.now);
    story.facts.now = next;
    story.Done(Wake{});
    EXPECT_THAT(LevelsToTell(story.latest), ElementsAre(1));
  }
  using absl::Seconds;
  EXPECT_THAT(tries, ElementsAre(Seconds(5), Seconds(10), Seconds(20), Seconds(40), Seconds(80),
                                 Seconds(160), Seconds(320), Seconds(590), Seconds(860)));
}

// As PEPLINE_MAIL_MAX_ATTEMPTS says of its default.
TEST(AlertDeliveries, AreTriedAThousandTimesInMoreThanThreeDays) {
  Instants one_level = UsualInstants();
  one_level.levels.resize(2);
  Story story("2025-10-21 00:00");
  story.Done(RaiseMissedDeadline{UsualReference(), one_level});
  const absl::Time raised = story.facts.now;
  for (int tries = 1; tries < 1000; ++tries) {
    story.facts.now = *Alert::NextWake(story.state, story.facts);
    story.Done(Wake{});
  }
  EXPECT_GT(story.facts.now - raised, absl::Hours(72));
}

// Whichever command finds that the alarm is due sets it anew, so that it is never in the past.
TEST(AlertDeliveries, ThatAreDueArePutOffByWhateverChangesTheAlert) {
  Story story = Late();
  story.facts.now += absl::Minutes(1);
  story.Done(AcknowledgeAlert{kDeputyDesignatedTeacher});
  const auto put_off = story.All<DeliveryPutOff>();
  ASSERT_THAT(put_off, SizeIs(1)) << "nobody else waits";
  EXPECT_EQ(put_off[0].role, kDesignatedTeacher);
  EXPECT_EQ(put_off[0].not_before, story.facts.now + absl::Minutes(1));
  story.Idle(Wake{});
}

TEST(AlertDeliveries, OfTheVersionBeforeAreDueAtOnce) {
  Story story = Late();
  for (PendingDelivery& pending : story.state.deliveries) pending.not_before = absl::Time();
  story.Done(Wake{});
  EXPECT_THAT(story.All<DeliveryPutOff>(), SizeIs(2));
  EXPECT_EQ(Alert::NextWake(story.state, story.facts), story.facts.now + kShortestRetry);
}

TEST(AlertDeliveries, AreBegunByWhoeverCommitsThatSomebodyIsToBeTold) {
  Story story("2025-10-16 08:00");
  story.Reminded();
  EXPECT_THAT(LevelsToTell(story.latest), ElementsAre(0));
  story.DeliverAll();
  EXPECT_THAT(LevelsToTell(story.latest), IsEmpty());
  story.facts.now = At("2025-10-21 00:00");
  story.Missed();
  EXPECT_THAT(LevelsToTell(story.latest), ElementsAre(1));
  story.Done(Record(kDeputyDesignatedTeacher, {}, true));
  EXPECT_THAT(LevelsToTell(story.latest), IsEmpty()) << "the teacher is told";
  story.Done(Record(kDesignatedTeacher, {}, true));
  EXPECT_THAT(LevelsToTell(story.latest), ElementsAre(1)) << "the headteacher instead";
  story.DeliverAll();
  story.Done(RedeliverFailed{});
  EXPECT_THAT(LevelsToTell(story.latest), ElementsAre(1));
  story.DeliverAll().facts.now = At("2025-10-21 08:00");
  story.Done(Wake{});
  EXPECT_THAT(LevelsToTell(story.latest), ElementsAre(2));
}

TEST(AlertDeliveries, EndWithEverybodyOfTheRoleTold) {
  Story story = Late();
  story.Done(Record(kDesignatedTeacher, {Reached(kTeacher)}, false));
  EXPECT_EQ(story.state.Find(1, kDesignatedTeacher)->state, DeliveryState::kWaiting);
  story.Done(Record(kDesignatedTeacher, {Reached(kDeputy)}, true));
  EXPECT_EQ(story.state.Find(1, kDesignatedTeacher)->state, DeliveryState::kDelivered);
  EXPECT_THAT(story.All<AlertDelivered>(), SizeIs(2));
  EXPECT_THAT(WaitingRoles(story), ElementsAre(kDeputyDesignatedTeacher));
}

TEST(AlertDeliveries, ReportedTwiceAreOnRecordOnce) {
  Story story = Late();
  story.Done(Record(kDesignatedTeacher, {Reached(kTeacher)}, true));
  story.Done(Record(kDesignatedTeacher, {Reached(kTeacher)}, true));
  EXPECT_THAT(story.latest, IsEmpty());
  EXPECT_THAT(story.All<AlertDelivered>(), SizeIs(1));
}

TEST(AlertDeliveries, OfOnePersonNamedTwiceInOneReportAreOnRecordOnce) {
  Story story = Late();
  story.Done(Record(kDesignatedTeacher, {Reached(kTeacher), Reached(kTeacher)}, true));
  EXPECT_THAT(story.All<AlertDelivered>(), SizeIs(1));
}

TEST(AlertDeliveries, OneReachedIsEnoughForARole) {
  Story story = Late();
  story.Done(Record(kDesignatedTeacher,
                    {GivenUp(kTeacher, FailureCause::kAddressRefused), Reached(kDeputy)}, true));
  EXPECT_EQ(story.state.Find(1, kDesignatedTeacher)->state, DeliveryState::kDelivered);
  EXPECT_THAT(story.All<AlertDeliveryFailed>(), SizeIs(1));
  EXPECT_EQ(story.state.Find(1, kHeadteacher), nullptr);
}

TEST(AlertDeliveries, GivenUpForAllOfARoleTellAnotherInstead) {
  Story story = Late();
  story.Done(Record(kDeputyDesignatedTeacher, {}, true));
  story.Done(Record(kDesignatedTeacher, {GivenUp(kTeacher, FailureCause::kTooManyAttempts)}, true));
  EXPECT_EQ(story.state.Find(1, kDesignatedTeacher)->state, DeliveryState::kFailed);
  EXPECT_NE(story.state.Find(1, kHeadteacher), nullptr);
}

TEST(AlertDeliveries, AreDroppedWhenTheWorkIsDone) {
  Story story = Late();
  story.Met(true);
  EXPECT_THAT(WaitingRoles(story), IsEmpty());
  EXPECT_EQ(story.state.Find(1, kDesignatedTeacher)->state, DeliveryState::kDropped);
  // One was on its way; it is on record, and what failed meanwhile is of no interest.
  story.Done(Record(kDesignatedTeacher,
                    {Reached(kTeacher), GivenUp(kDeputy, FailureCause::kAddressRefused)}, true));
  EXPECT_THAT(story.All<AlertDelivered>(), SizeIs(1));
  EXPECT_THAT(story.All<AlertDeliveryFailed>(), IsEmpty());
  EXPECT_EQ(story.state.Find(1, kDesignatedTeacher)->state, DeliveryState::kDropped);
}

TEST(AlertDeliveries, AreDroppedForARoleThatAcknowledged) {
  Story story = Late();
  story.Done(AcknowledgeAlert{kDesignatedTeacher});
  EXPECT_THAT(WaitingRoles(story), ElementsAre(kDeputyDesignatedTeacher));
}

TEST(AlertDeliveries, OfALaterLevelComeAlsoToARoleThatAcknowledged) {
  Instants again = UsualInstants();
  again.levels[2].recipients = {kDesignatedTeacher};
  Story story("2025-10-21 00:00");
  story.Done(RaiseMissedDeadline{UsualReference(), again});
  story.Done(AcknowledgeAlert{kDesignatedTeacher}).Until("2025-10-21 08:00");
  EXPECT_EQ(story.state.Find(2, kDesignatedTeacher)->state, DeliveryState::kWaiting);
}

// One report a person, as each mail is settled by itself.
RecordDeliveries OfOne(RecipientRole role, Settled settled, std::vector<StaffId> holders) {
  return {1, 1, role, {std::move(settled)}, false, std::move(holders)};
}

TEST(AlertDeliveries, OfARoleAreFinishedByTheReportOfTheLastPersonWhoHoldsIt) {
  const std::vector<StaffId> holders = {StaffId(kTeacher), StaffId(kDeputy)};
  Story story = Late();
  story.Done(OfOne(kDesignatedTeacher, Reached(kTeacher), holders));
  EXPECT_EQ(story.state.Find(1, kDesignatedTeacher)->state, DeliveryState::kWaiting);
  story.Done(OfOne(kDesignatedTeacher, GivenUp(kDeputy, FailureCause::kAddressRefused), holders));
  EXPECT_EQ(story.state.Find(1, kDesignatedTeacher)->state, DeliveryState::kDelivered);

  Story nobody = Late();
  nobody.Done(OfOne(kDesignatedTeacher, GivenUp(kTeacher, FailureCause::kAddressRefused), holders));
  EXPECT_EQ(nobody.state.Find(1, kDesignatedTeacher)->state, DeliveryState::kWaiting)
      << "one is left";
  nobody.Done(OfOne(kDesignatedTeacher, GivenUp(kDeputy, FailureCause::kTooManyAttempts), holders));
  EXPECT_EQ(nobody.state.Find(1, kDesignatedTeacher)->state, DeliveryState::kFailed);
}

TEST(AlertDeliveries, ThatLeftAreOnRecordForTheirRunThoughTheAlertWasWithdrawnAndRaisedAnew) {
  Story story = Late();
  story.Done(ResolveWithdrawnDeadline{});
  story.Done(RaiseMissedDeadline{UsualReference(), UsualInstants()});
  ASSERT_EQ(story.state.run, 2);
  story.Done(Record(kDesignatedTeacher, {Reached(kTeacher)}, true));
  auto delivered = story.All<AlertDelivered>();
  ASSERT_THAT(delivered, SizeIs(1));
  EXPECT_EQ(delivered[0].earlier_run, 1);
  EXPECT_EQ(story.state.Find(1, kDesignatedTeacher)->state, DeliveryState::kWaiting)
      << "the present run tells them anew";
  story.Idle(Record(kDesignatedTeacher, {Reached(kTeacher)}, true));
  // What could not be delivered then is of no interest any more.
  story.Idle(
      Record(kDeputyDesignatedTeacher, {GivenUp(kDeputy, FailureCause::kAddressRefused)}, true));
}

TEST(AlertDeliveries, OnRecordAlreadyAreRecognisedAfterTheAlertWasRaisedAnew) {
  Story story = Late();
  story.Done(Record(kDesignatedTeacher, {Reached(kTeacher)}, true));
  story.Done(ResolveWithdrawnDeadline{});
  story.Done(RaiseMissedDeadline{UsualReference(), UsualInstants()});
  story.Idle(Record(kDesignatedTeacher, {Reached(kTeacher)}, true));
}

TEST(AlertRedelivery, TellsAgainThoseWhoCouldNotBeTold) {
  Story story = Late();
  story.Done(Record(kDesignatedTeacher,
                    {GivenUp(kTeacher, FailureCause::kAddressRefused), Reached(kDeputy)}, true));
  story.Done(Record(kDeputyDesignatedTeacher, {}, true));
  ASSERT_THAT(WaitingRoles(story), IsEmpty());
  EXPECT_THAT(story.state.GivenUp(), SizeIs(2));
  story.Done(RedeliverFailed{});
  EXPECT_THAT(story.All<AlertRedeliveryRequested>(), SizeIs(2));
  EXPECT_THAT(WaitingRoles(story), ElementsAre(kDesignatedTeacher, kDeputyDesignatedTeacher));
  const PendingDelivery& teacher = *story.state.Find(1, kDesignatedTeacher);
  EXPECT_FALSE(teacher.IsSettled(StaffId(kTeacher)));
  EXPECT_TRUE(teacher.IsSettled(StaffId(kDeputy))) << "who was reached is not told again";
  story.Idle(RedeliverFailed{});
}

TEST(AlertRedelivery, TellsNobodyWhoSawTheAlertMeanwhile) {
  Story story = Late();
  story.Done(Record(kDesignatedTeacher, {GivenUp(kTeacher, FailureCause::kAddressRefused)}, true));
  story.Done(AcknowledgeAlert{kDesignatedTeacher});
  story.Idle(RedeliverFailed{});
}

TEST(DeliveryIds, AreTheSameOnEveryRepeatAndDifferForEveryMessage) {
  const AlertId alert = UsualReference().alert;
  EXPECT_EQ(DeliveryId(alert, 1, 1, kDesignatedTeacher, StaffId(kTeacher)),
            "chd-abcdefghij0123456789.1.finalise-within-5-school-days/1/designated-teacher/"
            "stf-teacher0000000000001");
  EXPECT_EQ(DeliveryId(alert, 2, 0, kSocialWorker, StaffId()),
            "chd-abcdefghij0123456789.1.finalise-within-5-school-days/0/social-worker/nobody/2");
}

TEST(AlertIndex, ListsAnAlertOnceRaisedForItsSchoolWhileOpenAndWhileSomebodyWaits) {
  const IndexEntry all{"all", "alerts"}, open{"open", "alerts"}, undelivered{"untold", "alerts"};
  const IndexEntry school{"school", kSchool}, other_school{"school", kOtherSchool};
  Story story = Late();
  EXPECT_THAT(Alert::Index(story.state), UnorderedElementsAre(all, open, school, undelivered));
  story.DeliverAll();
  EXPECT_THAT(Alert::Index(story.state), UnorderedElementsAre(all, open, school));
  story.Done(FollowToSchool{SchoolUrn(kOtherSchool)});
  EXPECT_THAT(Alert::Index(story.state), UnorderedElementsAre(all, open, other_school));
  story.Met(true);
  EXPECT_THAT(Alert::Index(story.state), UnorderedElementsAre(all, other_school));
  Story waited_for = Late();
  waited_for.Met(true);
  EXPECT_THAT(Alert::Index(waited_for.state), UnorderedElementsAre(all, school))
      << "nobody is told any more";
  EXPECT_THAT(Alert::Index(AlertState()), IsEmpty());
}

TEST(AlertIndex, ListsAnAlertOfNoSchoolAndOneOfNoChildAsWell) {
  const IndexEntry all{"all", "alerts"}, open{"open", "alerts"}, undelivered{"untold", "alerts"};
  AlertReference of_no_school = UsualReference();
  of_no_school.school = SchoolUrn();
  Story story("2025-10-21 00:00");
  story.Done(RaiseMissedDeadline{of_no_school, UsualInstants()});
  EXPECT_THAT(Alert::Index(story.state), UnorderedElementsAre(all, open, undelivered));
  Story vacancy("2025-10-06 08:00");
  vacancy.facts.vacancy = UsualVacancy();
  vacancy.Done(Wake{});
  EXPECT_THAT(Alert::Index(vacancy.state),
              UnorderedElementsAre(all, open, IndexEntry{"school", kSchool}, undelivered));
}

}  // namespace
}  // namespace pepline::notifications
