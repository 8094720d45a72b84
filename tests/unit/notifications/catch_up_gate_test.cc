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
    gate_.Watch(
        [this](const std::string& topic, const std::string& key) {
          const auto found = since_.find({topic, key});
          return found == since_.end() ? absl::InfinitePast() : found->second;
        },
        [this](const AlertId&) {
          ++asked_;
          return child_of_request_;
        });
  }
  void SetCaughtUp(std::string_view topic, const std::string& key, absl::Time since) {
    since_[{std::string(topic), key}] = since;
  }
  double HeldBack() {
    gate_.Publish();
    return metrics_.Value("pepline_notifications_oldest_held_back_age_seconds", {});
  }

  ChildId child_of_request_;
  int asked_ = 0;
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

// The id of a request does not say whose it is, and the key of its events is the child's id.
TEST_F(CatchUpGateTest, OfARequestAsksForThePartitionOfItsChildInFundingsTopic) {
  Watch();
  const AlertId alert("req-93125k3v09xq2m41hdz7.funding-decided");
  SetCaughtUp(kFundingTopic, kChild, now_);
  EXPECT_EQ(gate_.Of(alert), State::kElsewhere) << "whose it is is not known yet";
  child_of_request_ = ChildId(kChild);
  EXPECT_EQ(gate_.Of(alert), State::kCaughtUp);
  EXPECT_EQ(gate_.HoldBack(alert), State::kCaughtUp);
  EXPECT_EQ(asked_, 2) << "once it is known, it stays";
  SetCaughtUp(kFundingTopic, kChild, now_ - absl::Hours(1));
  SetCaughtUp(kSchedulingTopic, kChild, now_);
  EXPECT_EQ(gate_.Of(alert), State::kBehind) << "what scheduling said ends no request's deadline";
  EXPECT_TRUE(gate_.IsOpen(deadline_));
  EXPECT_EQ(asked_, 2) << "of a PEP nobody is asked";
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
