// From a deadline that passes to a mail in somebody's inbox, and on until the work is done.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "pepline/scheduling/v1/scheduling_events.pb.h"
#include "shared/runtime/auth.h"
#include "tests/component/notifications/notifications_fixture.h"

namespace pepline::notifications {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::UnorderedElementsAre;

class NotificationsStoryTest : public NotificationsTest {};

TEST_F(NotificationsStoryTest, AMissedDeadlineReachesThoseWhoAreToBeTold) {
  AppointTheUsual();
  Begin("2025-10-21 00:00");
  SayInCare(kChild, kSchool);
  SayMissed(kChild, UsualInstants());
  ASSERT_TRUE(AwaitStory(AlertIdOf(kChild), {"raised 1", "delivered 1 designated-teacher",
                                             "delivered 1 deputy-designated-teacher"}));
  ASSERT_TRUE(AwaitMails(2));
  const std::vector<ReceivedMail> mails = Mails();
  std::vector<std::string> to;
  for (const ReceivedMail& mail : mails) to.push_back(mail.headers.at("to"));
  EXPECT_THAT(to, UnorderedElementsAre("<dt@school.example>", "<deputy@school.example>"));
  for (const Event& event : Said()) {
    if (!event.has_alert_delivered()) continue;
    EXPECT_EQ(event.alert_delivered().channel(), "smtp");
    EXPECT_EQ(event.alert().child_id(), kChild);
    EXPECT_EQ(event.alert().school_urn(), kSchool);
  }

  const v1::Alert alert = GetAlert(AlertIdOf(kChild));
  EXPECT_EQ(alert.state(), v1::ALERT_STATE_OPEN);
  EXPECT_EQ(alert.level(), 1);
  EXPECT_EQ(alert.deliveries_size(), 2);
  EXPECT_EQ(alert.deliveries(0).delivery_id(),
            absl::StrCat(AlertIdOf(kChild), "/1/designated-teacher/", kTeacher));
}

}  // namespace
}  // namespace pepline::notifications
