// When what a replica had claimed may be sent by another.
#include "services/notifications/delivery/gone_replicas.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pepline::notifications {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class GoneReplicasTest : public testing::Test {
 protected:
  // A role with a message that the other replica has claimed, one of our own, and one of nobody's.
  static AlertState ClaimedBy(const std::string& other, const std::string& own) {
    AlertState state;
    state.deliveries.push_back(
        {.level = 1,
         .attempts = {
             {StaffId("stf-a"), other, 0}, {StaffId("stf-b"), own, 0}, {StaffId("stf-c"), "", 2}}});
    return state;
  }
  void Live(const std::vector<std::string>& living) { own_.Learn(living); }
  std::vector<std::string> Gone() {
    return gone_.Among(ClaimedBy(other_.replica(), own_.replica()));
  }

  absl::Time now_ = absl::FromUnixSeconds(1'760'000'000);
  PartitionOwnership own_{[this] { return now_; }};
  PartitionOwnership other_{[this] { return now_; }};
  GoneReplicas gone_{own_, [this] { return now_; }};
};

TEST_F(GoneReplicasTest, AreNoneWhileAllLiveOrWhileNothingIsKnown) {
  EXPECT_THAT(Gone(), IsEmpty());
  for (int minute = 0; minute < 20; ++minute) {
    now_ += absl::Minutes(1);
    Live({own_.replica(), other_.replica()});
    EXPECT_THAT(Gone(), IsEmpty());
  }
}

TEST_F(GoneReplicasTest, AreThoseThatWereNotAmongTheLivingForSeconds) {
  Live({own_.replica()});
  EXPECT_THAT(Gone(), IsEmpty()) << "it may only be held up";
  now_ += GoneReplicas::kAfter - absl::Milliseconds(1);
  Live({own_.replica()});
  EXPECT_THAT(Gone(), IsEmpty());
  now_ += absl::Milliseconds(1);
  Live({own_.replica()});
  EXPECT_THAT(Gone(), ElementsAre(other_.replica()));
}

TEST_F(GoneReplicasTest, AreNotThoseThatWereHeldUpForAMoment) {
  Live({own_.replica()});
  EXPECT_THAT(Gone(), IsEmpty());
  now_ += GoneReplicas::kAfter;
  Live({own_.replica(), other_.replica()});
  EXPECT_THAT(Gone(), IsEmpty());
  Live({own_.replica()});
  EXPECT_THAT(Gone(), IsEmpty()) << "its time begins anew";
}

}  // namespace
}  // namespace pepline::notifications
