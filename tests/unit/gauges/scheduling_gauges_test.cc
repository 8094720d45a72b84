// The numbers on a Virtual School's wall, from stored plans.
#include <gtest/gtest.h>

#include "services/scheduling/gauges.h"
#include "services/scheduling/metrics.h"
#include "services/scheduling/storage/children.h"
#include "services/scheduling/storage/codec.h"
#include "tests/unit/gauges/stored_state.h"

namespace pepline::scheduling {
namespace {

constexpr absl::Time kHeldAt = absl::FromUnixSeconds(1'760'000'000);

PlanState PlanIn(Stage stage, const std::string& child, const std::string& authority = "931") {
  PlanState state{ChildId(child), AuthorityCode(authority), SchoolUrn("123456"), Cycle()};
  state.cycle->number = 1;
  state.cycle->academic_year = "2025-26";
  state.cycle->term = Term::kAutumn;
  state.cycle->opened_on = absl::CivilDay(2025, 9, 2);
  state.cycle->care_started_on = absl::CivilDay(2024, 1, 15);
  state.cycle->stage = stage;
  return state;
}

PlanState FinalisedAfter(int days, bool late, const std::string& child) {
  PlanState state = PlanIn(Stage::kFinalised, child);
  state.cycle->held_at = kHeldAt;
  state.cycle->finalised_at = kHeldAt + absl::Hours(24 * days);
  state.cycle->deadlines[Rule::kFinalised] = {.instants = {.due_at = kHeldAt},
                                              .status = DeadlineStatus::kMet,
                                              .met_at = kHeldAt,
                                              .late = late};
  return state;
}

class SchedulingGaugesTest : public testing::Test {
 protected:
  void Store(const PlanState& state) {
    const std::string& child = state.child.text();
    stored_.Put(child, PlanOf(state.child).keys.front(), PlanCodec::Encode(state).front(),
                {AllChildren()});
  }
  double Peps(const std::string& state, const std::string& authority = "931") {
    return metrics_.Value("pepline_scheduling_peps", {{"authority", authority}, {"state", state}});
  }
  double Late() { return metrics_.Value("pepline_scheduling_late_peps", {{"authority", "931"}}); }
  StoredStates stored_;
  Metrics metrics_{SchedulingMetrics()};
  Gauges gauges_{stored_.store(), metrics_};
};

TEST_F(SchedulingGaugesTest, CountsByAuthorityAndStageAndFollowsChanges) {
  Store(PlanIn(Stage::kDue, "chd-1"));
  Store(PlanIn(Stage::kDue, "chd-2"));
  Store(PlanIn(Stage::kHeld, "chd-3", "825"));
  Store(PlanIn(Stage::kClosed, "chd-4"));
  ASSERT_TRUE(gauges_.Count().ok());
  EXPECT_EQ(Peps("due"), 2);
  EXPECT_EQ(Peps("held", "825"), 1);
  Store(PlanIn(Stage::kScheduled, "chd-2"));
  Store(PlanIn(Stage::kClosed, "chd-1"));
  ASSERT_TRUE(gauges_.Count().ok());
  EXPECT_EQ(Peps("due"), 0);
  EXPECT_EQ(Peps("scheduled"), 1);
}

TEST_F(SchedulingGaugesTest, AnAuthorityWithPepsShowsThatNoneIsLate) {
  Store(PlanIn(Stage::kDue, "chd-1"));
  ASSERT_TRUE(gauges_.Count().ok());
  for (const char* gauge : {"pepline_scheduling_late_peps", "pepline_scheduling_late_deadlines",
                            "pepline_scheduling_finalised_peps"}) {
    EXPECT_GT(SeriesOf(metrics_, gauge), 0u) << gauge;
  }
}

TEST_F(SchedulingGaugesTest, TwoReplicasSayTheSameAndSoDoesOneThatIsStartedAgain) {
  Store(PlanIn(Stage::kHeld, "chd-1"));
  ASSERT_TRUE(gauges_.Count().ok());
  ASSERT_TRUE(gauges_.Count().ok());
  Metrics others{SchedulingMetrics()};
  Gauges other(stored_.store(), others);
  ASSERT_TRUE(other.Count().ok());
  EXPECT_EQ(Peps("held"), 1);
  EXPECT_EQ(others.Value("pepline_scheduling_peps", {{"authority", "931"}, {"state", "held"}}), 1);
}

TEST_F(SchedulingGaugesTest, ALatePepIsCountedOnceAndItsDeadlinesByRule) {
  PlanState late = PlanIn(Stage::kPreparing, "chd-1");
  late.cycle->deadlines[Rule::kSdqScored].status = DeadlineStatus::kMissed;
  late.cycle->deadlines[Rule::kDraftReady].status = DeadlineStatus::kMissed;
  late.cycle->deadlines[Rule::kHeldByTermCutOff].status = DeadlineStatus::kRunning;
  Store(late);
  ASSERT_TRUE(gauges_.Count().ok());
  EXPECT_EQ(Late(), 1);
  EXPECT_EQ(
      metrics_.Value("pepline_scheduling_late_deadlines",
                     {{"authority", "931"}, {"rule", "sdq-scored-3-school-days-before-meeting"}}),
      1);
  for (auto& [rule, deadline] : late.cycle->deadlines) deadline.status = DeadlineStatus::kMet;
  Store(late);
  ASSERT_TRUE(gauges_.Count().ok());
  EXPECT_EQ(Late(), 0);
}

TEST_F(SchedulingGaugesTest, CountsChildrenWhoNeedAPepAndHaveNoneOpen) {
  const auto know = [&](const std::string& child, bool required) {
    ChildFacts facts;
    facts.in_care = true;
    facts.pep_required = required;
    facts.care_started_on = absl::CivilDay(2024, 1, 15);
    stored_.Put(child, PlanOf(ChildId(child)).also.front(), EncodeChild(facts), {AllChildren()});
  };
  const auto without = [&] {
    EXPECT_TRUE(gauges_.Count().ok());
    return metrics_.Value("pepline_scheduling_children_without_pep", {});
  };
  EXPECT_EQ(without(), 0);
  know("chd-1", true);  // nobody ever woke its plan
  know("chd-2", false);
  know("chd-3", true);
  EXPECT_EQ(without(), 2);
  Store(PlanIn(Stage::kDue, "chd-1"));
  EXPECT_EQ(without(), 1);
  PlanState served = FinalisedAfter(1, false, "chd-1");
  served.pep_open.emplace();
  Store(served);
  EXPECT_EQ(without(), 2) << "its finalised PEP has served its time";
  served.pep_open->status = DeadlineStatus::kMet;
  Store(served);
  EXPECT_EQ(without(), 1);
}

TEST_F(SchedulingGaugesTest, TheMedianIsOfTheMeetingsFinalised) {
  Store(FinalisedAfter(1, false, "chd-1"));
  Store(FinalisedAfter(3, false, "chd-2"));
  Store(FinalisedAfter(30, true, "chd-3"));
  Store(PlanIn(Stage::kHeld, "chd-4"));
  ASSERT_TRUE(gauges_.Count().ok());
  const auto median = [&] {
    return metrics_.Value("pepline_scheduling_finalise_median_seconds", {{"authority", "931"}});
  };
  EXPECT_EQ(median(), 3 * 86400);
  const auto finalised = [&](const std::string& outcome) {
    return metrics_.Value("pepline_scheduling_finalised_peps",
                          {{"authority", "931"}, {"outcome", outcome}});
  };
  EXPECT_EQ(finalised("within-limit"), 2);
  EXPECT_EQ(finalised("late"), 1);
  Store(FinalisedAfter(5, false, "chd-4"));
  ASSERT_TRUE(gauges_.Count().ok());
  EXPECT_EQ(median(), 4 * 86400);
}

}  // namespace
}  // namespace pepline::scheduling
