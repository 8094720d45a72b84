// Records in lanes by key: order, what waits, and what is told as done.
#include "shared/kafka/record_lanes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"

namespace pepline {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

const KafkaPlace kPlace{"t", 0};

InboundRecord Record(const std::string& key, std::int64_t offset) {
  return {.topic = "t", .partition = 0, .offset = offset, .key = key, .value = "", .headers = {}};
}

class RecordLanesTest : public testing::Test {
 protected:
  bool Until(const std::function<bool()>& condition) {
    const absl::Time until = absl::Now() + absl::Seconds(20);
    while (absl::Now() < until) {
      lanes_.StartDue();
      if (condition()) return true;
    }
    return false;
  }
  std::vector<std::int64_t> Handled() {
    absl::MutexLock lock(&mutex_);
    return handled_;
  }

  WorkerPool pool_{4, 64};
  absl::Mutex mutex_;
  std::vector<std::int64_t> handled_ ABSL_GUARDED_BY(mutex_);
  std::atomic<bool> away_ = true;
  RecordLanes lanes_{pool_, std::chrono::steady_clock::now, [this](const InboundRecord& record) {
                       if (away_ && record.key == "away") return absl::UnavailableError("away");
                       absl::MutexLock lock(&mutex_);
                       handled_.push_back(record.offset);
                       return absl::OkStatus();
                     }};
};

TEST_F(RecordLanesTest, AKeyThatWaitsHoldsBackWhatIsToldAsDoneAndNoOtherKey) {
  lanes_.Add(Record("a", 0));
  lanes_.Add(Record("away", 1));
  lanes_.Add(Record("away", 2));
  lanes_.Add(Record("a", 3));
  ASSERT_TRUE(Until([&] { return Handled().size() == 2; }));
  ASSERT_TRUE(Until([&] { return lanes_.at_work() == 0; }));
  EXPECT_THAT(lanes_.TakeDone(), ElementsAre(Pair(kPlace, 1)));
  EXPECT_EQ(lanes_.Standings()[kPlace].waiting_lanes, 1);
  EXPECT_EQ(lanes_.Standings()[kPlace].held, 3);
  EXPECT_GT(lanes_.NextTry(), absl::Now() - absl::Seconds(1));
  away_ = false;
  ASSERT_TRUE(Until([&] { return Handled().size() == 4; }));
  EXPECT_THAT(Handled(), ElementsAre(0, 3, 1, 2));
  ASSERT_TRUE(Until([&] { return lanes_.unfinished() == 0; }));
  EXPECT_THAT(lanes_.TakeDone(), ElementsAre(Pair(kPlace, 4)));
  EXPECT_THAT(lanes_.TakeDone(), IsEmpty());
  EXPECT_THAT(lanes_.Standings(), IsEmpty());
}

TEST_F(RecordLanesTest, WhoLeavesWaitsForWhatIsAtWorkAndForgetsTheRest) {
  absl::Notification begun, may_end;
  RecordLanes lanes(pool_, std::chrono::steady_clock::now, [&](const InboundRecord&) {
    begun.Notify();
    may_end.WaitForNotification();
    return absl::OkStatus();
  });
  lanes.Add(Record("a", 0));
  lanes.Add(Record("a", 1));
  lanes.StartDue();
  begun.WaitForNotification();
  EXPECT_THAT(lanes.Leave(absl::ZeroDuration()), IsEmpty());
  EXPECT_EQ(lanes.unfinished(), 0);
  may_end.Notify();
  EXPECT_THAT(lanes.Leave(absl::InfiniteDuration()), IsEmpty());
  EXPECT_EQ(lanes.at_work(), 0);
}

}  // namespace
}  // namespace pepline
