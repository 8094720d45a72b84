// Who sends the message to one person at a moment, and how often it was put off.
#include "tests/unit/notifications/alert_story.h"

namespace pepline::notifications {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using enum RecipientRole;

constexpr char kOne[] = "replica-one";
constexpr char kOther[] = "replica-other";

Story Late() {
  Story story("2025-10-21 00:00");
  return story.Missed();
}

ClaimMessage Claim(const char* replica, const char* staff = kTeacher, int run = 1) {
  return {run, 1, kDesignatedTeacher, StaffId(staff), replica};
}
ReleaseMessage Release(const char* replica, bool refused = false) {
  return {1, 1, kDesignatedTeacher, StaffId(kTeacher), replica, refused};
}
RecordDeliveries Record(Settled settled, bool finished) {
  return {1, 1, kDesignatedTeacher, {std::move(settled)}, finished};
}
Settled Reached(const char* staff) { return {StaffId(staff), Channel::kSmtp, std::nullopt, {}}; }
Settled Refused(const char* staff) {
  return {StaffId(staff), std::nullopt, FailureCause::kAddressRefused, {}};
}

std::vector<Attempt> Attempts(const Story& story) {
  return story.state.Find(1, kDesignatedTeacher)->attempts;
}
Attempt By(const char* replica, int refusals = 0) { return {StaffId(kTeacher), replica, refusals}; }

TEST(AlertClaims, GiveAMessageToOneReplicaHoweverLongItsMailTakes) {
  Story story = Late();
  story.Done(Claim(kOne));
  EXPECT_THAT(Attempts(story), ElementsAre(By(kOne)));
  story.facts.now += absl::Hours(1);
  story.Done(Claim(kOther));
  EXPECT_THAT(Attempts(story), ElementsAre(By(kOne)));
  story.Idle(Claim(kOne));
  EXPECT_THAT(Attempts(story), ElementsAre(By(kOne))) << "it is its own";
}

TEST(AlertClaims, OfOnePersonHoldNoOther) {
  Story story = Late();
  story.Done(Claim(kOne));
  story.Done(Claim(kOther, kDeputy));
  EXPECT_THAT(Attempts(story), ElementsAre(By(kOne), Attempt{StaffId(kDeputy), kOther, 0}));
}

TEST(AlertClaims, GiveItToTheNextWhenItIsReleased) {
  Story story = Late();
  story.Done(Claim(kOne));
  story.Done(Release(kOne));
  story.Done(Claim(kOther));
  EXPECT_THAT(Attempts(story), ElementsAre(By(kOther)));
  story.Idle(Release(kOne));
  EXPECT_THAT(Attempts(story), ElementsAre(By(kOther))) << "nobody gives back what is another's";
}

TEST(AlertClaims, OfAReplicaThatIsGoneAreFree) {
  Story story = Late();
  story.Done(Claim(kOne));
  story.facts.gone_replicas = {kOne};
  story.Done(Claim(kOther));
  EXPECT_THAT(Attempts(story), ElementsAre(By(kOther)));
}

TEST(AlertClaims, CountHowOftenTheAddressWasPutOffWhicheverReplicaTried) {
  Story story = Late();
  for (const char* replica : {kOne, kOther}) {
    story.Done(Claim(replica));
    story.Done(Release(replica, /*refused=*/true));
  }
  story.Done(Claim(kOne));
  story.Done(Release(kOne));
  EXPECT_THAT(Attempts(story), ElementsAre(By("", 2))) << "what was not its matter does not count";
}

TEST(AlertClaims, EndWithTheMessage) {
  Story reached = Late();
  reached.Done(Claim(kOne)).Done(Claim(kOne, kDeputy));
  reached.Done(Record(Reached(kTeacher), false));
  EXPECT_THAT(Attempts(reached), ElementsAre(Attempt{StaffId(kDeputy), kOne, 0}));
  reached.Idle(Claim(kOther));
  EXPECT_THAT(Attempts(reached), ElementsAre(Attempt{StaffId(kDeputy), kOne, 0}))
      << "who was reached is not told again";
  reached.Done(Record(Refused(kDeputy), true));
  EXPECT_THAT(Attempts(reached), IsEmpty());
}

TEST(AlertClaims, OfWhoIsToldAgainBeginAnew) {
  Story story = Late();
  story.Done(Claim(kOne));
  story.Done(Release(kOne, /*refused=*/true));
  story.Done(Record(Refused(kTeacher), true));
  story.Done(RedeliverFailed{});
  EXPECT_THAT(Attempts(story), IsEmpty());
  story.Done(Claim(kOther));
  EXPECT_THAT(Attempts(story), ElementsAre(By(kOther)));
}

TEST(AlertClaims, AreOfNothingThatIsNotWaitedFor) {
  Story met = Late();
  met.Done(Claim(kOne)).Met(true);
  EXPECT_THAT(Attempts(met), IsEmpty());
  met.Idle(Claim(kOther));
  met.Idle(Release(kOne, /*refused=*/true));
  EXPECT_THAT(Attempts(met), IsEmpty());

  Story seen = Late();
  seen.Done(Claim(kOne)).Done(AcknowledgeAlert{kDesignatedTeacher});
  EXPECT_THAT(Attempts(seen), IsEmpty());
  seen.Idle(Claim(kOther));

  Story again = Late();
  again.Done(Claim(kOne)).Done(ResolveWithdrawnDeadline{});
  again.Done(RaiseMissedDeadline{UsualReference(), UsualInstants()});
  again.Idle(Claim(kOne));
  EXPECT_THAT(Attempts(again), IsEmpty()) << "a claim of the run before";
  again.Done(Claim(kOne, kTeacher, 2));
  EXPECT_THAT(Attempts(again), ElementsAre(By(kOne)));
  Story nowhere = Late();
  nowhere.Idle(ClaimMessage{1, 3, kHeadteacher, StaffId(kHead), kOne});
}

}  // namespace
}  // namespace pepline::notifications
