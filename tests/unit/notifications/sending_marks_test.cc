// Which replica has which message under way.
#include "services/notifications/delivery/sending_marks.h"

#include <gtest/gtest.h>

#include "shared/store/fake_store.h"

namespace pepline::notifications {
namespace {

constexpr int kPartition = 3;
constexpr char kMessage[] = "chd-a.1.rule/1/designated-teacher/stf-a";
constexpr char kOther[] = "chd-a.1.rule/1/designated-teacher/stf-b";

class SendingMarksTest : public testing::Test {
 protected:
  SendingMarksTest() { Live({one_.replica(), two_.replica()}); }
  void Live(const std::vector<std::string>& living) {
    one_.Learn(living);
    two_.Learn(living);
  }
  static bool Takes(SendingMarks& marks, const char* message) {
    const auto taken = marks.Take(kPartition, message);
    EXPECT_TRUE(taken.ok()) << taken.status();
    return taken.ok() && *taken;
  }

  absl::Time now_ = absl::FromUnixSeconds(1'760'000'000);
  FakeStore store_;
  Shares one_{[this] { return now_; }};
  Shares two_{[this] { return now_; }};
  SendingMarks of_one_{store_, one_, [this] { return now_; }};
  SendingMarks of_two_{store_, two_, [this] { return now_; }};
};

TEST_F(SendingMarksTest, GiveAMessageToOneReplicaHoweverLongItsMailTakes) {
  EXPECT_TRUE(Takes(of_one_, kMessage));
  for (int minute = 0; minute < 20; ++minute) {
    now_ += absl::Minutes(1);
    Live({one_.replica(), two_.replica()});
    EXPECT_FALSE(Takes(of_two_, kMessage));
  }
  EXPECT_TRUE(Takes(of_one_, kMessage)) << "it is its own";
  EXPECT_TRUE(Takes(of_two_, kOther)) << "each message has a mark of its own";
}

TEST_F(SendingMarksTest, GiveItToTheNextWhenItIsSettled) {
  EXPECT_TRUE(Takes(of_one_, kMessage));
  of_one_.Release(kPartition, kMessage);
  EXPECT_TRUE(Takes(of_two_, kMessage));
  EXPECT_FALSE(Takes(of_one_, kMessage));
}

TEST_F(SendingMarksTest, OfADeadReplicaAreFreeAfterSeconds) {
  EXPECT_TRUE(Takes(of_one_, kMessage));
  Live({two_.replica()});
  EXPECT_FALSE(Takes(of_two_, kMessage)) << "it may only be held up";
  now_ += SendingMarks::kFreeAfter - absl::Milliseconds(1);
  Live({two_.replica()});
  EXPECT_FALSE(Takes(of_two_, kMessage));
  now_ += absl::Milliseconds(1);
  Live({two_.replica()});
  EXPECT_TRUE(Takes(of_two_, kMessage));
}

TEST_F(SendingMarksTest, OfAReplicaThatWasHeldUpForAMomentStayItsOwn) {
  EXPECT_TRUE(Takes(of_one_, kMessage));
  Live({two_.replica()});
  EXPECT_FALSE(Takes(of_two_, kMessage));
  now_ += SendingMarks::kFreeAfter;
  Live({one_.replica(), two_.replica()});
  EXPECT_FALSE(Takes(of_two_, kMessage));
  Live({two_.replica()});
  EXPECT_FALSE(Takes(of_two_, kMessage)) << "its time begins anew";
}

TEST_F(SendingMarksTest, ThatCouldNotBeReleasedAreReleasedLater) {
  EXPECT_TRUE(Takes(of_one_, kMessage));
  store_.away = true;
  of_one_.Release(kPartition, kMessage);
  EXPECT_FALSE(of_one_.Take(kPartition, kOther).ok());
  store_.away = false;
  EXPECT_FALSE(Takes(of_two_, kMessage));
  of_one_.Flush();
  EXPECT_TRUE(Takes(of_two_, kMessage));
}

TEST_F(SendingMarksTest, LieInTheirOwnPartition) {
  for (int partition = 0; partition < 16; ++partition) {
    EXPECT_EQ(PartitionOf(SendingMarksOf(partition, 16), 16), partition);
  }
}

}  // namespace
}  // namespace pepline::notifications
