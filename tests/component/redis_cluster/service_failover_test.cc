// scheduling on a Redis Cluster that mends itself: the primary that holds a child's plan is killed,
// and the service goes on with its replica, without being started again.
#include "absl/strings/str_format.h"
#include "shared/redis/redis_topology.h"
#include "tests/component/scheduling/scheduling_fixture.h"
#include "tools/stack/processes.h"
#include "tools/stack/servers/redis_cluster.h"

namespace pepline::scheduling {
namespace {

using Event = v1::SchedulingEvent;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr absl::Duration kFailOver = absl::Seconds(60);

class ServiceFailoverTest : public SchedulingTest {
 protected:
  void SetUp() override {
    auto cluster = RedisCluster::Start(cluster_folder_.path(), 3, RedisCluster::Replicas::kOneEach);
    ASSERT_TRUE(cluster.ok()) << cluster.status();
    cluster_ = *std::move(cluster);
    const int port = cluster_->node(0).port();
    ASSERT_NO_FATAL_FAILURE(BeginWithPep(
        {{"PEPLINE_REDIS_PORT", std::to_string(port)}, {"PEPLINE_REDIS_CLUSTER", "true"}}));
    store_ = RedisStore::Create({.port = port, .cluster = true, .service = "scheduling"}, nullptr);
    EXPECT_TRUE(WaitUntil([this] { return store_->CheckLayout().ok(); }, kFailOver));
    Settle();
  }
  std::size_t HolderOf(const std::string& child) {
    const int partition = PartitionOf(child, store_->partitions());
    const auto owner =
        cluster_->OwnerOf(RedisSlot(absl::StrFormat("{scheduling.%02d}:", partition)));
    EXPECT_TRUE(owner.ok()) << owner.status();
    return owner.value_or(0);
  }

  TemporaryFolder cluster_folder_;
  std::unique_ptr<RedisCluster> cluster_;
};

TEST_F(ServiceFailoverTest, CommandsAndAlarmsOfAChildGoOnWhenItsPrimaryIsKilled) {
  Done(&Stub::SchedulePepMeeting, Meeting("2025-10-20 14:00"));
  Settle();
  const pid_t process = service_->process().pid();
  const std::size_t holder = HolderOf(kChild);
  cluster_->node(holder).Kill();
  const auto moved = Complete(MovedMeeting("2025-10-21 10:00"));
  EXPECT_EQ(Refused(&Stub::ReschedulePepMeeting, moved), "DEPENDENCY_AWAY");
  v1::ReschedulePepMeetingResponse response;
  EXPECT_TRUE(
      WaitUntil([&] { return Call(&Stub::ReschedulePepMeeting, moved, response).ok(); }, kFailOver))
      << "the same command, sent again";
  EXPECT_NE(HolderOf(kChild), holder);
  EXPECT_TRUE(service_->process().WaitReady(kFailOver).ok());
  EXPECT_EQ(service_->process().pid(), process);
  // What is stored and what was said agree, and alarms fire from the replica.
  EXPECT_EQ(Pep().times_rescheduled(), 1);
  EXPECT_THAT(EmittedWith(&Event::has_pep_meeting_rescheduled), SizeIs(1));
  MoveClockTo("2025-10-20 18:00");
  EXPECT_THAT(EmittedWith(&Event::has_deadline_missed), Not(IsEmpty()));
}

}  // namespace
}  // namespace pepline::scheduling
