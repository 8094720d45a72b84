// Who is told in place of a role that could not be told.
#include "services/notifications/domain/substitutes.h"

#include "tests/unit/notifications/alert_story.h"

namespace pepline::notifications {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using enum RecipientRole;

std::vector<RecipientRole> WaitingRoles(const Story& story) {
  std::vector<RecipientRole> roles;
  for (const PendingDelivery& pending : story.state.Waiting()) roles.push_back(pending.role);
  return roles;
}

Story LateFor(std::vector<RecipientRole> recipients) {
  Instants instants = UsualInstants();
  instants.levels[1].recipients = std::move(recipients);
  Story story("2025-10-21 00:00");
  return story.Done(RaiseMissedDeadline{UsualReference(), instants});
}

// Nobody holds it.
Story& Nobody(Story& story, RecipientRole role) {
  return story.Done(RecordDeliveries{1, 1, role, {}, true});
}

TEST(Substitutes, OfADesignatedTeacherAreTheDeputyThenTheHeadteacherThenTheVirtualSchool) {
  Story story = LateFor({kDesignatedTeacher});
  EXPECT_THAT(WaitingRoles(Nobody(story, kDesignatedTeacher)),
              ElementsAre(kDeputyDesignatedTeacher));
  EXPECT_EQ(story.state.Waiting().at(0).instead_of, kDesignatedTeacher);
  EXPECT_THAT(WaitingRoles(Nobody(story, kDeputyDesignatedTeacher)), ElementsAre(kHeadteacher));
  EXPECT_THAT(WaitingRoles(Nobody(story, kHeadteacher)), ElementsAre(kVirtualSchoolCaseworker));
  EXPECT_THAT(WaitingRoles(Nobody(story, kVirtualSchoolCaseworker)),
              ElementsAre(kVirtualSchoolHead));
  EXPECT_THAT(WaitingRoles(Nobody(story, kVirtualSchoolHead)), IsEmpty());
  EXPECT_THAT(story.All<AlertDeliveryFailed>(), SizeIs(5));
  EXPECT_TRUE(story.state.IsOpen());
}

TEST(Substitutes, ADeputyStandsInForAVacantDesignatedTeacherThoughTheCaseworkerIsTold) {
  Story story = LateFor({kDesignatedTeacher, kVirtualSchoolCaseworker});
  Nobody(story, kDesignatedTeacher);
  EXPECT_THAT(WaitingRoles(story), ElementsAre(kVirtualSchoolCaseworker, kDeputyDesignatedTeacher));
}

TEST(Substitutes, OfASchoolWhereNobodyIsReachedEndWithTheVirtualSchoolThatIsToldAnyway) {
  Story story = LateFor({kDesignatedTeacher, kVirtualSchoolCaseworker});
  story.Delivered(1, kVirtualSchoolCaseworker, kCaseworker);
  Nobody(story, kDesignatedTeacher);
  Nobody(story, kDeputyDesignatedTeacher);
  Nobody(story, kHeadteacher);
  EXPECT_THAT(WaitingRoles(story), IsEmpty());
}

TEST(Substitutes, NobodyStandsInForADeputyWhereTheTeacherIsTold) {
  Story story = LateFor({kDesignatedTeacher, kDeputyDesignatedTeacher});
  Nobody(story, kDeputyDesignatedTeacher);
  EXPECT_THAT(WaitingRoles(story), ElementsAre(kDesignatedTeacher));
  story.Delivered(1, kDesignatedTeacher, kTeacher);
  EXPECT_THAT(WaitingRoles(story), IsEmpty());
  EXPECT_EQ(story.state.Find(1, kVirtualSchoolCaseworker), nullptr);
}

TEST(Substitutes, TheLastOfTheSchoolWhoFailsHasThemForAll) {
  Story story = LateFor({kDesignatedTeacher, kDeputyDesignatedTeacher});
  Nobody(story, kDeputyDesignatedTeacher);
  Nobody(story, kDesignatedTeacher);
  EXPECT_THAT(WaitingRoles(story), ElementsAre(kHeadteacher));
}

TEST(Substitutes, TheDeputyWhoIsToldStandsInForTheTeacher) {
  Story story = LateFor({kDesignatedTeacher, kDeputyDesignatedTeacher});
  story.Delivered(1, kDeputyDesignatedTeacher, kDeputy);
  EXPECT_THAT(WaitingRoles(Nobody(story, kDesignatedTeacher)), IsEmpty());
}

TEST(Substitutes, NobodyOfTheSchoolStandsInForTheHeadteacher) {
  Story story = LateFor({kHeadteacher});
  EXPECT_THAT(WaitingRoles(Nobody(story, kHeadteacher)), ElementsAre(kVirtualSchoolCaseworker));
}

TEST(Substitutes, TheHeadteacherStandsInForTheSchoolOffice) {
  Story story = LateFor({kSchoolOffice});
  EXPECT_THAT(WaitingRoles(Nobody(story, kSchoolOffice)), ElementsAre(kHeadteacher));
}

TEST(Substitutes, OfTheCouncilAreTheVirtualSchoolUnlessOneOfTheCouncilIsTold) {
  Story told = LateFor({kSocialWorker, kVirtualSchoolCaseworker, kDesignatedTeacher});
  Nobody(told, kSocialWorker);
  EXPECT_THAT(WaitingRoles(told), ElementsAre(kVirtualSchoolCaseworker, kDesignatedTeacher));
  Story officer = LateFor({kVirtualSchoolHead, kIndependentReviewingOfficer});
  EXPECT_THAT(WaitingRoles(Nobody(officer, kIndependentReviewingOfficer)),
              ElementsAre(kVirtualSchoolHead));
  Story alone = LateFor({kSocialWorker, kDesignatedTeacher});
  EXPECT_THAT(WaitingRoles(Nobody(alone, kSocialWorker)),
              ElementsAre(kDesignatedTeacher, kVirtualSchoolCaseworker));
  Story caseworker = LateFor({kDesignatedTeacher, kVirtualSchoolCaseworker});
  EXPECT_THAT(WaitingRoles(Nobody(caseworker, kVirtualSchoolCaseworker)),
              ElementsAre(kDesignatedTeacher, kVirtualSchoolHead));
}

TEST(Substitutes, OfAChildWhoLeftEverySchoolMeanwhileAreTheVirtualSchool) {
  Story story = LateFor({kDesignatedTeacher});
  story.Done(FollowToSchool{SchoolUrn()});
  EXPECT_THAT(WaitingRoles(Nobody(story, kDesignatedTeacher)),
              ElementsAre(kVirtualSchoolCaseworker));
}

TEST(Substitutes, AreToldOnceHoweverOftenTheRoleFailsAgain) {
  Story story = LateFor({kDesignatedTeacher});
  Nobody(story, kDesignatedTeacher);
  story.Delivered(1, kDeputyDesignatedTeacher, kDeputy);
  story.Done(RedeliverFailed{});
  EXPECT_THAT(WaitingRoles(Nobody(story, kDesignatedTeacher)), IsEmpty())
      << "the deputy knows, and nobody else is told";
}

}  // namespace
}  // namespace pepline::notifications
