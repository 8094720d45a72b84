// Records in queues by key: order, what waits, and what is told as done.
#include "shared/kafka/reception/record_queues.h"

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

class RecordQueuesTest : public testing::Test {
 protected:
  bool Until(const std::function<bool()>& condition) {
    const absl::Time until = absl::Now() + absl::Seconds(20);
    while (absl::Now() < until) {
      queues_.StartDue();
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
  RecordQueues queues_{pool_, std::chrono::steady_clock::now, [this](const InboundRecord& record) {
                         if (away_ && record.key == "away") return absl::UnavailableError("away");
                         absl::MutexLock lock(&mutex_);
                         handled_.push_back(record.offset);
                         return absl::OkStatus();
                       }};
};

TEST_F(RecordQueuesTest, AKeyThatWaitsHoldsBackWhatIsToldAsDoneAndNoOtherKey) {
  queues_.Add(Record("a", 0));
  queues_.Add(Record("away", 1));
  queues_.Add(Record("away", 2));
  queues_.Add(Record("a", 3));
  ASSERT_TRUE(Until([&] { return Handled().size() == 2; }));
  ASSERT_TRUE(Until([&] { return queues_.at_work() == 0; }));
  EXPECT_THAT(queues_.TakeDone(), ElementsAre(Pair(kPlace, 1)));
  EXPECT_EQ(queues_.Standings()[kPlace].waiting_queues, 1);
  EXPECT_EQ(queues_.Standings()[kPlace].held, 3);
  EXPECT_GT(queues_.NextTry(), absl::Now() - absl::Seconds(1));
  away_ = false;
  ASSERT_TRUE(Until([&] { return Handled().size() == 4; }));
  EXPECT_THAT(Handled(), ElementsAre(0, 3, 1, 2));
  ASSERT_TRUE(Until([&] { return queues_.unfinished() == 0; }));
  EXPECT_THAT(queues_.TakeDone(), ElementsAre(Pair(kPlace, 4)));
  EXPECT_THAT(queues_.TakeDone(), IsEmpty());
  EXPECT_THAT(queues_.Standings(), IsEmpty());
}

TEST_F(RecordQueuesTest, WhoLeavesWaitsForWhatIsAtWorkAndForgetsTheRest) {
  absl::Notification begun, may_end;
  RecordQueues queues(pool_, std::chrono::steady_clock::now, [&](const InboundRecord&) {
    begun.Notify();
    may_end.WaitForNotification();
    return absl::OkStatus();
  });
  queues.Add(Record("a", 0));
  queues.Add(Record("a", 1));
  queues.StartDue();
  begun.WaitForNotification();
  EXPECT_THAT(queues.Leave(absl::ZeroDuration()), IsEmpty());
  EXPECT_EQ(queues.unfinished(), 0);
  may_end.Notify();
  EXPECT_THAT(queues.Leave(absl::InfiniteDuration()), IsEmpty());
  EXPECT_EQ(queues.at_work(), 0);
}

}  // namespace
}  // namespace pepline
