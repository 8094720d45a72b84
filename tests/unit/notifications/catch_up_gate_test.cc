// Nobody is told, and nothing escalates, before it is known what happened meanwhile.
#include "services/notifications/catch_up_gate.h"

#include <gtest/gtest.h>

#include <map>

#include "services/notifications/metrics.h"
#include "services/notifications/topics_read.h"
#include "tests/unit/notifications/alert_story.h"

namespace pepline::notifications {
namespace {

using State = CatchUpGate::State;

class CatchUpGateTest : public testing::Test {
 protected:
  void Watch() {
    gate_.Watch([this](const std::string& topic, const std::string& key) {
      const auto found = since_.find({topic, key});
      return found == since_.end() ? absl::InfinitePast() : found->second;
    });
  }
  void SetCaughtUp(std::string_view topic, const std::string& key, absl::Time since) {
    since_[{std::string(topic), key}] = since;
  }
  double HeldBack() {
    gate_.Publish();
    return metrics_.Value("pepline_notifications_oldest_held_back_age_seconds", {});
  }

  const AlertId deadline_ = UsualReference().alert;
  const AlertId vacancy_ = UsualVacancy().reference.alert;
  Metrics metrics_{NotificationsMetrics()};
  absl::Time now_ = absl::FromUnixSeconds(1'760'000'000);
  std::map<std::pair<std::string, std::string>, absl::Time> since_;
  CatchUpGate gate_{metrics_, [this] { return now_; }};
};

TEST_F(CatchUpGateTest, IsClosedBeforeItWatchesAndWherePartitionsAreNotAssigned) {
  EXPECT_EQ(gate_.Of(deadline_), State::kElsewhere);
  Watch();
  EXPECT_EQ(gate_.Of(deadline_), State::kElsewhere);
}

TEST_F(CatchUpGateTest, AsksForThePartitionOfWhoseWordTheAlertEndsWith) {
  Watch();
  SetCaughtUp(kSchedulingTopic, kChild, now_);
  EXPECT_TRUE(gate_.IsOpen(deadline_));
  EXPECT_FALSE(gate_.IsOpen(vacancy_));
  EXPECT_FALSE(gate_.IsOpen(AlertId("chd-other.1.rule"))) << "each partition is its own";
  SetCaughtUp(kRegistryTopic, kSchool, now_);
  EXPECT_TRUE(gate_.IsOpen(vacancy_));
}

TEST_F(CatchUpGateTest, AsksForThePartitionOfWhoeverSaidTheNewsOfANotice) {
  Watch();
  const AlertId opened(std::string(kChild) + ".pep-opened.4");
  const AlertId gone(std::string(kChild) + ".child-gone.4");
  SetCaughtUp(kSchedulingTopic, kChild, now_);
  EXPECT_TRUE(gate_.IsOpen(opened));
  EXPECT_FALSE(gate_.IsOpen(gone));
  SetCaughtUp(kRegistryTopic, kChild, now_);
  EXPECT_TRUE(gate_.IsOpen(gone));
}

TEST_F(CatchUpGateTest, ClosesAgainWhenAPartitionFallsBehindAndOpensWhenItCaughtUp) {
  Watch();
  SetCaughtUp(kSchedulingTopic, kChild, now_);
  now_ += CatchUpGate::kFresh;
  EXPECT_EQ(gate_.Of(deadline_), State::kCaughtUp);
  now_ += absl::Milliseconds(1);
  EXPECT_EQ(gate_.Of(deadline_), State::kBehind);
  SetCaughtUp(kSchedulingTopic, kChild, now_);
  EXPECT_EQ(gate_.Of(deadline_), State::kCaughtUp);
}

TEST_F(CatchUpGateTest, ShowsForHowLongItHasHeldSomethingBack) {
  Watch();
  EXPECT_EQ(HeldBack(), 0);
  for (int second = 0; second <= 60; ++second, now_ += absl::Seconds(1)) {
    EXPECT_NE(gate_.HoldBack(deadline_), State::kCaughtUp);
    EXPECT_EQ(HeldBack(), second);
  }
  SetCaughtUp(kSchedulingTopic, kChild, now_);
  EXPECT_EQ(gate_.HoldBack(deadline_), State::kCaughtUp);
  EXPECT_EQ(HeldBack(), 0);
}

TEST_F(CatchUpGateTest, ForgetsWhatDoesNotComeBackSinceAnotherReplicaDidIt) {
  Watch();
  gate_.HoldBack(deadline_);
  now_ += CatchUpGate::kForgotten;
  EXPECT_GT(HeldBack(), 0);
  now_ += absl::Seconds(1);
  EXPECT_EQ(HeldBack(), 0);
}

}  // namespace
}  // namespace pepline::notifications
