// What Redis holds beside the states follows from the states: lists of children and alarms of
// plans, made again from what is stored, equal the stored ones.
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "services/scheduling/storage/children.h"
#include "services/scheduling/storage/facts.h"
#include "tests/component/scheduling/scheduling_fixture.h"
#include "tests/component/support/stored_records.h"

namespace pepline::scheduling {
namespace {

class SchedulingStoredTest : public SchedulingTest {
 protected:
  static std::string ChildOf(int number) { return absl::StrFormat("chd-keep%016d", number); }

  void ExpectStoredEqualsRebuilt(const std::vector<std::string>& children) {
    Settle();
    StoredRecords rebuilt;
    ReferenceData reference(*store_);
    const FactsLoader facts_of(*store_, service_->clock(), reference);
    for (const std::string& child : children) {
      auto state = Read<PlanCodec>(*store_, PlanOf(ChildId(child)));
      auto facts = facts_of.Load(ChildId(child));
      ASSERT_TRUE(state.ok() && state->has_value() && facts.ok() && facts->child) << child;
      rebuilt.AddOf({"scheduling", PartitionOf(child, store_->partitions()), "plan", child},
                    IndexOf(*facts->child), Plan::NextWake(**state, *facts));
    }
    ExpectSame(rebuilt, ReadStored(service_->redis().port(), "scheduling"));
  }
};

TEST_F(SchedulingStoredTest, IndexAndAlarmsRebuiltFromTheStatesEqualTheStoredOnes) {
  constexpr int kChildren = 8;
  ASSERT_NO_FATAL_FAILURE(Begin("2025-09-02 07:00"));
  std::vector<std::string> children;
  for (int i = 0; i < kChildren; ++i) {
    children.push_back(ChildOf(i));
    EmitInCare(ChildOf(i), i < 6 ? "2019-03-01" : "2025-08-29");
  }
  Settle();
  ExpectStoredEqualsRebuilt(children);

  for (int i = 0; i < 5; ++i) {
    auto meeting = Meeting("2025-10-20 14:00");
    meeting.set_child_id(ChildOf(i));
    Done(&Stub::SchedulePepMeeting, meeting);
  }
  auto moved = MovedMeeting("2025-11-12 09:00");
  moved.set_child_id(ChildOf(1));
  Done(&Stub::ReschedulePepMeeting, moved);
  EmitClosedDays(kSchool, {"2025-10-17"});
  MoveClockTo("2025-10-13 09:00");
  EmitMoved(ChildOf(2), kSchool, kOtherSchool, "2025-10-13");
  EmitCareCeased(ChildOf(3), "2025-10-13");
  Emit(ChildOf(0), events_.SdqScored(ChildOf(0), ChildOf(0) + ".1", At("2025-10-10 09:00")));
  ExpectStoredEqualsRebuilt(children);

  MoveClockTo("2025-10-20 18:00");
  auto held = Holding("2025-10-20");
  held.set_child_id(ChildOf(0));
  Done(&Stub::HoldPepMeeting, held);
  ExpectStoredEqualsRebuilt(children);

  v1::FinaliseEpepRequest finalise;
  finalise.set_child_id(ChildOf(0));
  Done(&Stub::FinaliseEpep, finalise);
  MoveClockTo("2026-01-12 09:00");
  ExpectStoredEqualsRebuilt(children);
}

}  // namespace
}  // namespace pepline::scheduling
