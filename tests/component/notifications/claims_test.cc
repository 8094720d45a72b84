// The claims of messages in the state of their alert, as replicas of the deliverer make them.
#include "tests/component/notifications/replicas_fixture.h"

namespace pepline::notifications {
namespace {

using testing::IsEmpty;
using testing::UnorderedElementsAreArray;

class ClaimsTest : public ReplicasTest {};

// As many as registry lets hold one role at a school.
TEST_F(ClaimsTest, LetTwoReplicasTellTwentyPeopleInOneRoleOnceEach) {
  AppointTeachers(20);
  Start();
  Start();
  SendHeartbeats();
  Miss(TeachersAlone());
  for (const auto& replica : replicas_) replica->deliverer->Post(alert_, {1});
  EXPECT_TRUE(Eventually([&] { return Delivered().size() == 20; }));
  EXPECT_THAT(server_.Taken(), UnorderedElementsAreArray(addresses_));
  EXPECT_THAT(State().Waiting(), IsEmpty());
}

TEST_F(ClaimsTest, CountHowOftenAnAddressWasPutOffThoughTheReplicaThatTriedIsGone) {
  AppointTeachers(1);
  Start();
  SendHeartbeats();
  server_.Answer("RCPT", "450 4.2.0 later");
  Miss(TeachersAlone());
  replicas_.front()->deliverer->Post(alert_, {1});
  ASSERT_TRUE(Eventually([&] { return AttemptNow().refusals >= 2; }));
  replicas_.clear();  // in order: it keeps nothing for itself
  const Attempt left = AttemptNow();
  EXPECT_EQ(left.claimed_by, "");
  Start(left.refusals + 1);
  replicas_.front()->deliverer->Post(alert_, {1});
  EXPECT_TRUE(Eventually([&] {
    return State().Find(1, RecipientRole::kDesignatedTeacher)->state == DeliveryState::kFailed;
  }));
  EXPECT_EQ(Failed("refused-for-now"), 1);
}

TEST_F(ClaimsTest, AreGivenBackThoughTheStoreWasAwayWhenTheMailWasRefused) {
  AppointTeachers(1);
  Replica& replica = Start();
  SendHeartbeats();
  server_.Answer("RCPT", "450 4.2.0 later");
  server_.Hold("RCPT");
  Miss(TeachersAlone());
  replica.deliverer->Post(alert_, {1});
  ASSERT_TRUE(Eventually([&] { return server_.Held() == 1; }));
  EXPECT_EQ(AttemptNow().claimed_by, replica.ownership.replica());
  store_.away = true;
  server_.Release("RCPT");
  ASSERT_TRUE(Eventually([&] { return Failed("refused-for-now") == 1; }));
  replica.caught_up = false;  // whose partition it is now
  store_.away = false;
  EXPECT_TRUE(Eventually([&] { return AttemptNow().claimed_by.empty(); }));
  EXPECT_EQ(AttemptNow().refusals, 1);
}

}  // namespace
}  // namespace pepline::notifications
