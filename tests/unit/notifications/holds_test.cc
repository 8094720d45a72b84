// Messages that wait for the hours in which their role is told.
#include "tests/unit/notifications/alert_story.h"

namespace pepline::notifications {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using enum RecipientRole;

const IndexEntry kUndelivered{"untold", "alerts"};

std::vector<RecipientRole> Roles(const std::vector<PendingDelivery>& deliveries) {
  std::vector<RecipientRole> roles;
  for (const PendingDelivery& pending : deliveries) roles.push_back(pending.role);
  return roles;
}

// Late at midnight, and everybody is held until the morning.
Story Held(std::string_view until = "2025-10-21 08:00") {
  Story story("2025-10-21 00:00");
  story.Missed();
  for (const RecipientRole role : {kDesignatedTeacher, kDeputyDesignatedTeacher}) {
    story.Done(HoldDelivery{1, 1, role, At(until)});
  }
  return story;
}

TEST(AlertHolds, WaitForTheirHourAndAreThenTriedAtOnce) {
  Story story = Held();
  EXPECT_THAT(Roles(story.state.Waiting()),
              ElementsAre(kDesignatedTeacher, kDeputyDesignatedTeacher));
  EXPECT_THAT(story.state.WaitingNow(), IsEmpty());
  EXPECT_EQ(*Alert::NextWake(story.state, story.facts), At("2025-10-21 08:00"));
  story.facts.now = At("2025-10-21 08:00");
  story.Done(Wake{});
  EXPECT_THAT(LevelsToTell(story.latest), ElementsAre(1));
  EXPECT_THAT(story.state.WaitingNow(), SizeIs(2));
  EXPECT_EQ(story.state.Find(1, kDesignatedTeacher)->not_before,
            At("2025-10-21 08:00") + kShortestRetry)
      << "as if they were to be told from then on";
}

TEST(AlertHolds, AreNotAmongTheUndeliveredWhileTheyWait) {
  Story story = Held();
  EXPECT_THAT(Alert::Index(story.state), testing::Not(testing::Contains(kUndelivered)));
  story.facts.now = At("2025-10-21 08:00");
  story.Done(Wake{});
  EXPECT_THAT(Alert::Index(story.state), testing::Contains(kUndelivered));
}

TEST(AlertHolds, AreSaidOnce) {
  Story story = Held();
  story.Idle(HoldDelivery{1, 1, kDesignatedTeacher, At("2025-10-22 08:00")});
  EXPECT_THAT(story.All<DeliveryHeld>(), SizeIs(2));
}

TEST(AlertHolds, LastAWeekAtMostAndAreThenAskedForAnew) {
  Story story = Held("2025-12-01 08:00");
  EXPECT_EQ(story.state.Find(1, kDesignatedTeacher)->not_before,
            At("2025-10-21 00:00") + kLongestHold);
}

TEST(AlertHolds, ForOthersToTheSamePeopleAreSaidOnceAndKeepTheTurn) {
  Story story("2025-10-16 08:00");
  story.Reminded();
  const HoldDelivery gathers{1, 0, kDesignatedTeacher, At("2025-10-16 08:01"), true};
  story.Done(gathers);
  EXPECT_THAT(story.state.WaitingNow(), IsEmpty());
  EXPECT_EQ(story.state.Find(0, kDesignatedTeacher)->since, At("2025-10-16 08:00"));
  story.Until("2025-10-16 08:01");
  EXPECT_THAT(LevelsToTell(story.latest), ElementsAre(0));
  EXPECT_THAT(Alert::Index(story.state), testing::Contains(kUndelivered))
      << "what did not leave with the others is seen to wait";
  story.Idle(HoldDelivery{1, 0, kDesignatedTeacher, At("2025-10-16 08:02"), true});
}

TEST(AlertHolds, ForOthersFollowThoseForTheHours) {
  Story story("2025-10-16 07:00");
  Instants early = UsualInstants();
  early.levels[0].at = At("2025-10-16 07:00");
  story.Done(RemindOfDeadline{UsualReference(), early});
  story.Done(HoldDelivery{1, 0, kDesignatedTeacher, At("2025-10-16 08:00")});
  story.Until("2025-10-16 08:00");
  story.Done(HoldDelivery{1, 0, kDesignatedTeacher, At("2025-10-16 08:01"), true});
  EXPECT_EQ(story.state.Find(0, kDesignatedTeacher)->not_before, At("2025-10-16 08:01"));
  EXPECT_EQ(story.state.Find(0, kDesignatedTeacher)->since, At("2025-10-16 08:00"));
}

TEST(AlertHolds, OfWhatIsUnderWayOrPastOrNobodysHaveNoEffect) {
  Story story("2025-10-21 09:00");
  story.Missed();
  story.Done(ClaimMessage{1, 1, kDesignatedTeacher, StaffId(kTeacher), "a"});
  story.Idle(HoldDelivery{1, 1, kDesignatedTeacher, At("2025-10-22 08:00")});
  story.Idle(HoldDelivery{1, 1, kDeputyDesignatedTeacher, At("2025-10-21 09:00")});
  story.Idle(HoldDelivery{2, 1, kDeputyDesignatedTeacher, At("2025-10-22 08:00")});
  story.Idle(HoldDelivery{1, 1, kHeadteacher, At("2025-10-22 08:00")});
}

TEST(AlertHolds, EndWithTheWorkOrWithAnAcknowledgementAndNobodyIsToldThen) {
  Story done = Held();
  done.Met(true);
  EXPECT_THAT(done.state.Waiting(), IsEmpty());
  EXPECT_EQ(Alert::NextWake(done.state, done.facts), std::nullopt);
  Story seen = Held();
  seen.Done(AcknowledgeAlert{kDesignatedTeacher});
  EXPECT_THAT(Roles(seen.state.Waiting()), ElementsAre(kDeputyDesignatedTeacher));
}

TEST(AlertHolds, OfTheLevelBeforeAreOverAQuarterOfAnHourBeforeTheNextIsRaised) {
  Story story = Held();
  story.Until("2025-10-21 08:14");
  EXPECT_EQ(story.state.level(), 1) << "nobody is told over somebody's head in the same breath";
  story.Until("2025-10-21 08:15");
  EXPECT_EQ(story.state.level(), 2);
}

TEST(AlertHolds, OfASchoolThatIsClosedHoldUpNoEscalationToTheCouncil) {
  Story story = Held("2025-10-27 08:00");
  story.Until("2025-10-21 08:00");
  EXPECT_EQ(story.state.level(), 2);
  EXPECT_THAT(Roles(story.state.WaitingNow()), ElementsAre(kVirtualSchoolCaseworker));
}

TEST(AlertHolds, OfARedeliveryAreOver) {
  Story story = Held();
  story.facts.now = At("2025-10-21 08:00");
  story.Done(Wake{});
  story.Done(
      RecordDeliveries{1,
                       1,
                       kDesignatedTeacher,
                       {{StaffId(kTeacher), std::nullopt, FailureCause::kAddressRefused, {}}},
                       true});
  story.Done(RedeliverFailed{});
  EXPECT_THAT(Roles(story.state.WaitingNow()),
              ElementsAre(kDesignatedTeacher, kDeputyDesignatedTeacher));
}

TEST(NoticeHolds, WaitForTheirHourToo) {
  Story story("2025-09-03 19:00");
  story.Done(UsualNotice(NoticeKind::kPepOpened, {kDesignatedTeacher}));
  story.Done(HoldDelivery{1, 0, kDesignatedTeacher, At("2025-09-04 08:00")});
  EXPECT_THAT(Alert::Index(story.state), ElementsAre(AllNotices(), AlertsWithHeldMessages()));
  EXPECT_EQ(*Alert::NextWake(story.state, story.facts), At("2025-09-04 08:00"));
}

}  // namespace
}  // namespace pepline::notifications
