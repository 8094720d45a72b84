// Open alerts by level, and how long the longest waiting message waits.
#include <gtest/gtest.h>

#include "services/notifications/gauges.h"
#include "services/notifications/metrics.h"
#include "services/notifications/storage/codec.h"
#include "tests/unit/gauges/stored_state.h"

namespace pepline::notifications {
namespace {

constexpr absl::Time kNow = absl::FromUnixSeconds(1'760'000'000);

class NotificationsGaugesTest : public testing::Test {
 protected:
  AlertState Open(const std::string& child, int level) {
    AlertState state;
    state.reference.alert = AlertId(child + ".1.finalise-within-5-school-days");
    state.reference.rule_id = "finalise-within-5-school-days";
    state.reference.child = ChildId(child);
    state.reference.authority = AuthorityCode("931");
    state.run = 1;
    state.reached[level] = kNow;
    return state;
  }
  void Store(const AlertState& state) {
    const Target target = AlertOf(state.reference.alert);
    stored_.Put(target.routing_id, target.keys.front(), AlertCodec::Encode(state).front(),
                Alert::Index(state));
  }
  double OpenAt(const std::string& level) {
    return metrics_.Value("pepline_notifications_alerts_open",
                          {{"authority", "931"}, {"level", level}});
  }
  double Undelivered() { return metrics_.Value("pepline_notifications_alerts_untold"); }
  double OldestAge() { return metrics_.Value("pepline_notifications_oldest_untold_age_seconds"); }
  StoredStates stored_;
  FakeClock clock_{kNow};
  Metrics metrics_{NotificationsMetrics()};
  Gauges gauges_{stored_.store(), clock_, metrics_};
};

TEST_F(NotificationsGaugesTest, CountsOpenAlertsByTheHighestLevel) {
  Store(Open("chd-1", 1));
  Store(Open("chd-2", 3));
  ASSERT_TRUE(gauges_.Count().ok());
  EXPECT_EQ(OpenAt("1"), 1);
  EXPECT_EQ(OpenAt("3"), 1);
  AlertState resolved = Open("chd-2", 3);
  resolved.resolved = Resolution{ResolvedCause::kMet, kNow};
  Store(resolved);
  ASSERT_TRUE(gauges_.Count().ok());
  EXPECT_EQ(OpenAt("3"), 0);
}

TEST_F(NotificationsGaugesTest, SaysHowLongTheOldestMessageWaits) {
  ASSERT_TRUE(gauges_.Count().ok());
  EXPECT_EQ(OldestAge(), 0);
  AlertState waiting = Open("chd-1", 1);
  waiting.deliveries = {
      {.level = 1, .since = kNow - absl::Minutes(9)},
      {.level = 1, .since = kNow - absl::Minutes(99), .state = DeliveryState::kDelivered}};
  Store(waiting);
  waiting = Open("chd-2", 1);
  waiting.deliveries = {{.level = 1, .since = kNow - absl::Minutes(4)}};
  Store(waiting);
  ASSERT_TRUE(gauges_.Count().ok());
  EXPECT_EQ(Undelivered(), 2);
  EXPECT_EQ(OldestAge(), 9 * 60);
  clock_.Advance(absl::Minutes(1));
  ASSERT_TRUE(gauges_.Count().ok());
  EXPECT_EQ(OldestAge(), 10 * 60);
}

TEST_F(NotificationsGaugesTest, CountsWhatIsHeldAndWhatIsHeldPastItsHoursAsUntold) {
  AlertState waiting = Open("chd-1", 1);
  waiting.reached[1] = kNow - absl::Hours(30);
  const absl::Time morning = kNow + absl::Hours(8);
  waiting.deliveries = {{.level = 1, .since = morning, .not_before = morning, .held = true}};
  Store(waiting);
  ASSERT_TRUE(gauges_.Count().ok());
  EXPECT_EQ(Undelivered(), 0);
  EXPECT_EQ(metrics_.Value("pepline_notifications_messages_held"), 1);
  EXPECT_EQ(metrics_.Value("pepline_notifications_oldest_held_message_age_seconds"), 30 * 3600);
  clock_.Advance(absl::Hours(9));
  ASSERT_TRUE(gauges_.Count().ok());
  EXPECT_EQ(Undelivered(), 1);
  EXPECT_EQ(OldestAge(), 3600) << "its hours began an hour ago, and it did not leave";
  EXPECT_EQ(metrics_.Value("pepline_notifications_messages_held"), 0);
  EXPECT_EQ(metrics_.Value("pepline_notifications_oldest_held_message_age_seconds"), 0);
}

// Neither is open, and of neither anybody waits to be told now.
TEST_F(NotificationsGaugesTest, CountsWhatIsHeldOfANoticeAndOfAResolvedAlert) {
  const absl::Time morning = kNow + absl::Hours(8);
  AlertState notice = Open("chd-1", 1);
  notice.reference.rule_id = std::string(kNoticeCatalogue.front().id);
  notice.deliveries = {{.level = 1, .since = morning, .not_before = morning, .held = true}};
  Store(notice);
  AlertState resolved = Open("chd-2", 1);
  resolved.resolved = Resolution{ResolvedCause::kMet, kNow};
  resolved.deliveries = notice.deliveries;
  Store(resolved);
  ASSERT_TRUE(gauges_.Count().ok());
  EXPECT_EQ(metrics_.Value("pepline_notifications_messages_held"), 2);
  clock_.Advance(absl::Hours(9));
  ASSERT_TRUE(gauges_.Count().ok());
  EXPECT_EQ(Undelivered(), 2);
  EXPECT_EQ(OldestAge(), 3600);
}

}  // namespace
}  // namespace pepline::notifications
