// Pupil Premium Plus in pounds, of the financial year that is now.
#include <gtest/gtest.h>

#include "services/funding/gauges.h"
#include "services/funding/metrics.h"
#include "services/funding/storage/codec.h"
#include "tests/unit/gauges/stored_state.h"

namespace pepline::funding {
namespace {

class FundingGaugesTest : public testing::Test {
 protected:
  void Store(int year, Pence amount, Pence approved, Pence released) {
    const FundLineName name{AuthorityCode("931"), {year}};
    const FundLineState state{FundLine{name, amount, approved, released}};
    stored_.Put(IdOf(name).text(), TargetOf(name).keys.front(),
                FundLineCodec::Encode(state).front(), FundLineRules::Index(state));
  }
  double Pounds(const std::string& state) {
    return metrics_.Value("pepline_funding_line_gbp", {{"authority", "931"}, {"state", state}});
  }
  StoredStates stored_;
  FakeClock clock_{absl::FromCivil(absl::CivilDay(2026, 3, 31), absl::UTCTimeZone())};
  Metrics metrics_{FundingMetrics()};
  Gauges gauges_{stored_.store(), clock_, metrics_};
};

TEST_F(FundingGaugesTest, ShowsThisYearsLineInPounds) {
  Store(2025, {1'000'050}, {20'000}, {30'025});
  Store(2024, {777}, {}, {});
  ASSERT_TRUE(gauges_.Count().ok());
  EXPECT_DOUBLE_EQ(Pounds("left"), 9'500.25);
  EXPECT_DOUBLE_EQ(Pounds("approved"), 200);
  EXPECT_DOUBLE_EQ(Pounds("released"), 300.25);
}

TEST_F(FundingGaugesTest, AnAuthorityWithAFundLineShowsThatNoRequestWaits) {
  ASSERT_TRUE(gauges_.Count().ok());
  EXPECT_EQ(SeriesOf(metrics_, "pepline_funding_open_requests"), 0u);
  Store(2025, {1'000}, {}, {});
  ASSERT_TRUE(gauges_.Count().ok());
  EXPECT_EQ(SeriesOf(metrics_, "pepline_funding_open_requests"), std::size(kWaitingStages));
}

TEST_F(FundingGaugesTest, TheNextYearBeginsInApril) {
  Store(2025, {1'000}, {1'000}, {});
  Store(2026, {5'000}, {}, {});
  ASSERT_TRUE(gauges_.Count().ok());
  EXPECT_DOUBLE_EQ(Pounds("approved"), 10);
  clock_.Advance(absl::Hours(24));
  ASSERT_TRUE(gauges_.Count().ok());
  EXPECT_DOUBLE_EQ(Pounds("approved"), 0);
  EXPECT_DOUBLE_EQ(Pounds("left"), 50);
}

TEST_F(FundingGaugesTest, RequestsThatWaitAreCountedByStage) {
  const FundLineName name{AuthorityCode("931"), {2025}};
  FundingState state;
  state.request.emplace();
  state.request->costing.id = RequestIdOf(name, "k3v09xq2m41hdz7");
  state.request->costing.line = name;
  state.request->stage = RequestStage::kDraft;
  const auto store = [&](const std::vector<IndexEntry>& index) {
    const auto target = TargetOf(state.request->costing.id, name);
    stored_.Put(target.routing_id, target.keys.front(), FundingCodec::Encode(state).front(), index);
    ASSERT_TRUE(gauges_.Count().ok());
  };
  const auto waiting = [&](const std::string& stage) {
    return metrics_.Value("pepline_funding_open_requests",
                          {{"authority", "931"}, {"state", stage}});
  };
  for (RequestStage stage : kAllStages) {
    state.request->stage = stage;
    store(FundingRules::Index(state));
    for (RequestStage other :
         {RequestStage::kDraft, RequestStage::kSubmitted, RequestStage::kApproved}) {
      EXPECT_EQ(waiting(std::string(StageName(other))), stage == other ? 1 : 0)
          << StageName(other) << " while it is " << StageName(stage);
    }
  }
  // Released between the reading of the list and of the record.
  state.request->stage = RequestStage::kApproved;
  store(FundingRules::Index(state));
  EXPECT_EQ(waiting("approved"), 1);
  state.request->stage = RequestStage::kReleased;
  store({OpenRequests()});
  EXPECT_EQ(waiting("approved"), 0);
  EXPECT_EQ(waiting("released"), 0);
}

TEST_F(FundingGaugesTest, WhatIsLateIsCountedByItsRule) {
  const FundLineName name{AuthorityCode("931"), {2025}};
  Store(2025, {1'000}, {}, {});
  FundingState state;
  state.request.emplace();
  state.request->costing.id = RequestIdOf(name, "k3v09xq2m41hdz7");
  state.request->costing.line = name;
  state.request->stage = RequestStage::kSubmitted;
  Deadline& deadline = state.request->deadlines[Rule::kFundingDecided];
  const auto late = [&](const char* rule) {
    const auto target = TargetOf(state.request->costing.id, name);
    stored_.Put(target.routing_id, target.keys.front(), FundingCodec::Encode(state).front(),
                FundingRules::Index(state));
    EXPECT_TRUE(gauges_.Count().ok());
    return metrics_.Value("pepline_funding_late_deadlines", {{"authority", "931"}, {"rule", rule}});
  };
  EXPECT_EQ(late("funding-decided"), 0);
  deadline.status = DeadlineStatus::kMissed;
  EXPECT_EQ(late("funding-decided"), 1);
  EXPECT_EQ(late("funding-released"), 0);
  deadline.status = DeadlineStatus::kMet;
  EXPECT_EQ(late("funding-decided"), 0);
}

}  // namespace
}  // namespace pepline::funding
