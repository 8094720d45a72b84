// What an operator runs with pepline-scheduling itself: check, repair, digest and rebuild.
#include <thread>

#include "absl/strings/str_format.h"
#include "services/scheduling/storage/codec.h"
#include "shared/redis/redis_nodes.h"
#include "tests/component/scheduling/scheduling_fixture.h"
#include "tests/component/support/operation_runner.h"

namespace pepline::scheduling {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr int kChildren = 6;

class SchedulingOperationsTest : public SchedulingTest {
 protected:
  static std::string ChildOf(int number) { return absl::StrFormat("chd-keep%016d", number); }
  int PartitionOfChild(int number) const {
    return PartitionOf(ChildOf(number), store_->partitions());
  }

  // Children at every stage of a PEP, in care since long ago and since lately.
  void Live() {
    ASSERT_NO_FATAL_FAILURE(Begin("2025-09-02 07:00"));
    for (int i = 0; i < kChildren; ++i) {
      EmitInCare(ChildOf(i), i < 4 ? "2019-03-01" : "2025-08-29");
    }
    Settle();
    for (int i = 0; i < 4; ++i) {
      auto meeting = Meeting("2025-10-20 14:00");
      meeting.set_child_id(ChildOf(i));
      Done(&Stub::SchedulePepMeeting, meeting);
    }
    Emit(ChildOf(0), events_.SdqScored(ChildOf(0), ChildOf(0) + ".1", At("2025-10-10 09:00")));
    Emit(ChildOf(1), events_.SdqNotObtained(ChildOf(1), ChildOf(1) + ".1", At("2025-10-10 09:00")));
    MoveClockTo("2025-10-13 09:00");
    EmitMoved(ChildOf(2), kSchool, kOtherSchool, "2025-10-13");
    EmitCareCeased(ChildOf(3), "2025-10-13");
    MoveClockTo("2025-10-20 18:00");
    Hold(0);
    Hold(1);
    WriteAndFinalise(1);
    Settle();
    operate_.emplace(service_->process());
  }
  void Hold(int number) {
    auto held = Holding("2025-10-20");
    held.set_child_id(ChildOf(number));
    Done(&Stub::HoldPepMeeting, held);
  }
  // Its ePEP has one section, which is complete.
  v1::Pep WriteAndFinalise(int number) {
    v1::WriteEpepSectionRequest writing;
    writing.set_child_id(ChildOf(number));
    writing.set_section("needs-and-support");
    writing.set_text("reads slowly");
    const auto written = RpcFixture::Done(&Stub::WriteEpepSection, writing).standing();
    v1::CompleteEpepSectionRequest completing;
    completing.set_child_id(ChildOf(number));
    completing.set_section("needs-and-support");
    completing.set_revision(written.revision());
    RpcFixture::Done(&Stub::CompleteEpepSection, completing);
    v1::FinaliseEpepRequest finalise;
    finalise.set_child_id(ChildOf(number));
    return Done(&Stub::FinaliseEpep, finalise);
  }
  OperationRunner::Ended Operate(const std::vector<std::string>& arguments) {
    return operate_->Run(arguments);
  }
  void Wipe() {
    RedisNodes redis({.port = service_->redis().port(), .service = "scheduling"}, nullptr);
    ASSERT_TRUE(WaitUntil([&] { return redis.Call(0, {"FLUSHALL"}).ok(); }, kPatience));
  }
  void Break(Commit commit) {
    auto applied = store_->Apply(commit);
    ASSERT_TRUE(applied.ok()) << applied.status();
  }
  // Five things, each of another sort.
  void BreakEverything() {
    Commit no_alarm{.partition = PartitionOfChild(0)};
    no_alarm.alarms = {{{"plan", ChildOf(0)}, std::nullopt}};
    no_alarm.index = {{{"all", "children"}, ChildOf(0), false}};
    Break(no_alarm);
    Commit later{.partition = PartitionOfChild(1)};
    later.alarms = {{{"plan", ChildOf(1)}, At("2031-01-01 00:00")}};
    later.index = {{{"school", "999999"}, ChildOf(1), true}};
    Break(later);
    Commit nobodys{.partition = 0};
    nobodys.alarms = {{{"plan", "chd-nobody"}, At("2031-01-01 00:00")}};
    Break(nobodys);
  }

  std::optional<OperationRunner> operate_;
};

TEST_F(SchedulingOperationsTest, CheckFindsExactlyWhatWasBrokenAndRepairMendsItBesideALiveService) {
  ASSERT_NO_FATAL_FAILURE(Live());
  const auto well = Operate({"--check"});
  ASSERT_EQ(well.code, 0) << well.output;
  EXPECT_THAT(well.output, HasSubstr("all right"));
  EXPECT_THAT(well.output, HasSubstr(absl::StrCat(kChildren, " plan\n")));
  EXPECT_THAT(well.output, HasSubstr("1 epep-version\n"));

  ASSERT_NO_FATAL_FAILURE(BreakEverything());
  const auto broken = Operate({"--check"});
  EXPECT_EQ(broken.code, 1) << broken.output;
  EXPECT_THAT(broken.Lines("alarm missing: plan " + ChildOf(0)), SizeIs(1)) << broken.output;
  EXPECT_THAT(broken.Lines("alarm at another instant: plan " + ChildOf(1)), SizeIs(1));
  EXPECT_THAT(broken.Lines("alarm for nothing: plan chd-nobody"), SizeIs(1));
  EXPECT_THAT(broken.Lines("index entry missing: child " + ChildOf(0) + " in all=children"),
              SizeIs(1));
  EXPECT_THAT(broken.Lines("index entry too many: child " + ChildOf(1) + " in school=999999"),
              SizeIs(1));
  EXPECT_THAT(broken.output, HasSubstr("5 differences"));

  // Commands go on meanwhile; none of them may be reported or undone.
  std::atomic<bool> stop = false;
  std::thread live([&] {
    for (int i = 0; !stop; ++i) {
      auto moved = MovedMeeting(i % 2 == 0 ? "2025-11-12 09:00" : "2025-11-13 09:00");
      moved.set_child_id(ChildOf(2));
      Done(&Stub::ReschedulePepMeeting, moved, VirtualSchool());
    }
  });
  const auto repaired = Operate({"--check", "--repair"});
  stop = true;
  live.join();
  EXPECT_EQ(repaired.code, 1);
  EXPECT_THAT(repaired.output, HasSubstr("5 differences, 5 mended"));
  const auto again = Operate({"--check"});
  EXPECT_EQ(again.code, 0) << again.output;
}

TEST_F(SchedulingOperationsTest, WhatCannotBeMendedIsNamedAndLeftAlone) {
  ASSERT_NO_FATAL_FAILURE(Live());
  const RecordKey key{"plan", ChildOf(0)};
  const auto loaded = store_->Load(PartitionOfChild(0), {key}, "");
  ASSERT_TRUE(loaded.ok() && loaded->records.front());
  Commit garbage{.partition = PartitionOfChild(0)};
  garbage.writes = {{key, loaded->records.front()->revision, "\xff\xff no record"}};
  garbage.writes.push_back({{"plane", "x"}, 0, "of another time"});
  ASSERT_NO_FATAL_FAILURE(Break(garbage));
  const auto found = Operate({"--check", "--repair"});
  EXPECT_EQ(found.code, 1);
  EXPECT_THAT(found.Lines("record unreadable: plan " + ChildOf(0)), SizeIs(1)) << found.output;
  EXPECT_THAT(found.Lines("record of unknown kind: plane x"), SizeIs(1));
  EXPECT_THAT(found.output, HasSubstr("2 differences, 0 mended"));
}

TEST_F(SchedulingOperationsTest, AnEmptyRedisIsRebuiltFromTheTopicsAndLifeGoesOn) {
  ASSERT_NO_FATAL_FAILURE(Live());
  const auto before = Operate({"--digest"});
  ASSERT_EQ(before.code, 0) << before.output;
  ASSERT_THAT(before.Lines("digest scheduling plan 6 "), SizeIs(1)) << before.output;
  const std::size_t emitted = Emitted(ChildOf(0)).size();

  const auto full = Operate({"--rebuild"});
  EXPECT_EQ(full.code, 3);
  EXPECT_THAT(full.output, HasSubstr("writes only to an empty Redis"));

  service_->process().Stop();
  ASSERT_NO_FATAL_FAILURE(Wipe());
  const auto rebuilt = Operate({"--rebuild"});
  ASSERT_EQ(rebuilt.code, 0) << rebuilt.output;
  EXPECT_EQ(rebuilt.Lines("digest "), before.Lines("digest "));
  EXPECT_THAT(rebuilt.Lines("restored without: "), SizeIs(5));
  const auto checked = Operate({"--check"});
  EXPECT_EQ(checked.code, 0) << checked.output;

  // The topics are read again from their beginning and nothing of it has a second effect.
  ASSERT_NO_FATAL_FAILURE(KillAndRestart());
  EXPECT_TRUE(WaitUntil(
      [this] {
        return service_->Metric(
                   "pepline_consumer_records_total{outcome=\"handled\",topic=\""
                   "pepline.registry.events.v1\"}") > 2 * kChildren;
      },
      kPatience));
  Settle();
  EXPECT_THAT(Emitted(ChildOf(0)), SizeIs(emitted));
  EXPECT_EQ(Operate({"--digest"}).Lines("digest "), before.Lines("digest "));

  // Commands, numbers of events and deadlines go on as if nothing had happened.
  v1::FinaliseEpepRequest finalise;
  finalise.set_child_id(ChildOf(0));
  EXPECT_EQ(Done(&Stub::FinaliseEpep, finalise).state(), v1::PEP_STATE_FINALISED);
  // What was written is lost, and said to be; it is written anew, and the next version is the next.
  v1::GetEpepRequest asking;
  asking.set_child_id(ChildOf(1));
  asking.set_version(1);
  v1::GetEpepResponse lost;
  EXPECT_EQ(Call(&Stub::GetEpep, asking, lost).error_code(), grpc::StatusCode::DATA_LOSS);
  v1::TakeBackFinalisationRequest taking_back;
  taking_back.set_child_id(ChildOf(1));
  taking_back.set_reason("it was lost");
  EXPECT_EQ(Done(&Stub::TakeBackFinalisation, taking_back).epep_versions(), 1);
  EXPECT_EQ(WriteAndFinalise(1).epep_versions(), 2);
  MoveClockTo("2026-01-12 09:00");
  EXPECT_THAT(EmittedWith(&v1::SchedulingEvent::has_epep_section_completed, ChildOf(1)), SizeIs(2));
  EXPECT_EQ(Pep(ChildOf(0)).term(), "spring");
  EXPECT_THAT(EmittedWith(&v1::SchedulingEvent::has_deadline_missed, ChildOf(2)),
              testing::Not(IsEmpty()));
  const auto after = Operate({"--check"});
  EXPECT_EQ(after.code, 0) << after.output;
}

}  // namespace
}  // namespace pepline::scheduling
