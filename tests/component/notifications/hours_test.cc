// People are told within the hours in which registry says that they are.
#include "absl/strings/str_cat.h"
#include "tests/component/notifications/notifications_fixture.h"

namespace pepline::notifications {
namespace {

using testing::IsEmpty;

class NotificationsHoursTest : public NotificationsTest {
 protected:
  // Late at midnight, when nobody is told.
  void BeginLate(const std::string& school_told_from, const std::string& council_told_from) {
    AppointTheUsual();
    registry_.SetToldFrom(At(school_told_from), At(council_told_from));
    ASSERT_NO_FATAL_FAILURE(Begin("2025-10-21 00:00"));
    EmitInCare(kChild, kSchool);
    Instants instants = UsualInstants();
    instants.levels.resize(2);
    instants.levels[1].recipients = {RecipientRole::kDesignatedTeacher,
                                     RecipientRole::kVirtualSchoolCaseworker};
    EmitMissed(kChild, instants);
    ASSERT_TRUE(Eventually([this] { return !StoryOf(alert_).empty(); }));
  }
  int Held() {
    const v1::Alert alert = GetAlert(alert_);
    int held = 0;
    for (const v1::Delivery& delivery : alert.deliveries()) {
      held += delivery.has_waits_until() ? 1 : 0;
    }
    return held;
  }
  double Undelivered() { return service_->Metric("pepline_notifications_alerts_untold"); }
  const std::string alert_ = AlertIdOf(kChild);
};

TEST_F(NotificationsHoursTest, WhatIsRaisedAtNightIsToldInTheMorningOfTheRole) {
  ASSERT_NO_FATAL_FAILURE(BeginLate("2025-10-21 08:00", "2025-10-21 08:00"));
  ASSERT_TRUE(Eventually([this] { return Held() == 2; }));
  EXPECT_EQ(registry_.Requests().back().about(), kRule);
  EXPECT_TRUE(Eventually([this] { return Undelivered() == 0; })) << "they wait for no one";
  EXPECT_THAT(Mails(), IsEmpty());
  MoveClockTo("2025-10-21 08:00");
  ASSERT_TRUE(AwaitStory(alert_, {"raised 1", "delivered 1 designated-teacher",
                                  "delivered 1 virtual-school-caseworker"}));
  ASSERT_TRUE(AwaitMails(2));
  EXPECT_EQ(Held(), 0);
}

TEST_F(NotificationsHoursTest, TheCouncilIsToldWhileTheSchoolIsClosed) {
  ASSERT_NO_FATAL_FAILURE(BeginLate("2025-10-24 08:00", "2025-10-21 00:00"));
  ASSERT_TRUE(AwaitStory(alert_, {"raised 1", "delivered 1 virtual-school-caseworker"}));
  ASSERT_TRUE(Eventually([this] { return Held() == 1; }));
  MoveClockTo("2025-10-24 08:00");
  ASSERT_TRUE(AwaitMails(2));
}

TEST_F(NotificationsHoursTest, WhatIsDoneBeforeTheMorningIsToldToNobody) {
  ASSERT_NO_FATAL_FAILURE(BeginLate("2025-10-21 08:00", "2025-10-21 08:00"));
  ASSERT_TRUE(Eventually([this] { return Held() == 2; }));
  EmitMet(kChild, UsualInstants(), /*late=*/true);
  ASSERT_TRUE(AwaitStory(alert_, {"raised 1", "resolved met-late"}));
  MoveClockTo("2025-10-21 09:00");
  ASSERT_TRUE(AwaitHandled());
  EXPECT_THAT(Mails(), IsEmpty());
}

TEST_F(NotificationsHoursTest, WhatWaitsForTheMorningOutlivesTheService) {
  ASSERT_NO_FATAL_FAILURE(BeginLate("2025-10-21 08:00", "2025-10-21 08:00"));
  ASSERT_TRUE(Eventually([this] { return Held() == 2; }));
  service_->process().Kill();
  ASSERT_TRUE(service_->process().Restart().ok());
  MoveClockTo("2025-10-21 08:00");
  ASSERT_TRUE(AwaitMails(2));
}

TEST_F(NotificationsHoursTest, ThatNobodyHoldsARoleIsFoundOutAtNight) {
  AppointTheUsual();
  registry_.Dismiss(kTeacher);
  registry_.Dismiss(kDeputy);
  registry_.SetToldFrom(At("2025-11-03 08:00"), At("2025-10-21 08:00"));
  ASSERT_NO_FATAL_FAILURE(Begin("2025-10-21 00:00"));
  EmitInCare(kChild, kSchool);
  Instants instants = UsualInstants();
  instants.levels.resize(2);
  EmitMissed(kChild, instants);
  // The headteacher, who comes next, is told when the school opens.
  ASSERT_TRUE(AwaitStory(alert_, {"raised 1", "failed 1 designated-teacher nobody-in-role",
                                  "failed 1 deputy-designated-teacher nobody-in-role"}));
  ASSERT_TRUE(Eventually([this] { return Held() == 1; }));
}

}  // namespace
}  // namespace pepline::notifications
