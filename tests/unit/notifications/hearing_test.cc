// Nobody is told before it is known what happened meanwhile.
#include "services/notifications/hearing.h"

#include <gtest/gtest.h>

#include <atomic>

#include "absl/time/clock.h"

namespace pepline::notifications {
namespace {

constexpr char kTopic[] = "pepline.scheduling.events.v1";
constexpr absl::Duration kMoment = absl::Milliseconds(100);

class HearingTest : public testing::Test {
 protected:
  void SetLag(double records) {
    metrics_.Set("pepline_consumer_lag_records", {{"topic", kTopic}}, records);
  }
  void Listen() {
    hearing_.Listen(
        [this] { return ready_ ? absl::OkStatus() : absl::UnavailableError("no partitions yet"); });
  }
  Metrics metrics_;
  std::atomic<bool> ready_ = false;
  Hearing hearing_{metrics_, {kTopic}};
};

TEST_F(HearingTest, HasHeardNothingBeforePartitionsAreAssigned) {
  EXPECT_FALSE(hearing_.Await(kMoment)) << "nobody listens yet";
  Listen();
  EXPECT_FALSE(hearing_.Await(Hearing::kShortestListening + kMoment));
}

TEST_F(HearingTest, HasHeardAllOnceTheTopicsAreAtRestAndStaysSo) {
  ready_ = true;
  Listen();
  const absl::Time start = absl::Now();
  EXPECT_TRUE(hearing_.Await(Hearing::kShortestListening * 10));
  EXPECT_GE(absl::Now() - start, Hearing::kShortestListening - kMoment);
  SetLag(5);
  ready_ = false;
  EXPECT_TRUE(hearing_.Await(absl::ZeroDuration()));
}

TEST_F(HearingTest, ListensOnWhileRecordsWait) {
  ready_ = true;
  SetLag(5);
  Listen();
  EXPECT_FALSE(hearing_.Await(Hearing::kShortestListening + kMoment));
  SetLag(0);
  EXPECT_TRUE(hearing_.Await(kMoment));
}

TEST_F(HearingTest, DoesNotListenForEverToAStreamThatNeverRests) {
  ready_ = true;
  SetLag(1);
  Listen();
  EXPECT_TRUE(hearing_.Await(Hearing::kLongestListening + absl::Seconds(1)));
}

}  // namespace
}  // namespace pepline::notifications
