// SDQs awaited and missing, by the authority that looks after the child.
#include <gtest/gtest.h>

#include <utility>

#include "pepline/runtime/v1/known_child.pb.h"
#include "services/assessments/gauges.h"
#include "services/assessments/metrics.h"
#include "services/assessments/storage/codec.h"
#include "tests/unit/gauges/stored_state.h"

namespace pepline::assessments {
namespace {

class AssessmentsGaugesTest : public testing::Test {
 protected:
  void Store(const std::string& child, Stage stage, bool missing = false) {
    SdqState state;
    state.stage = stage;
    state.missing = missing;
    Store(child, std::move(state));
  }
  void Store(const std::string& child, SdqState state) {
    state.key = {ChildId(child), PepId(child + ".1"), Purpose::kPep, Informant::kTeacher};
    stored_.Put(child, TargetOf(state.key).keys.front(), SdqCodec::Encode(state).front(),
                Sdq::Index(state));
    StorePep(child, /*open=*/true);
  }
  void StorePep(const std::string& child, bool open) {
    stored_.Put(child, {std::string(kPepKind), child},
                EncodePep({PepId(child + ".1"), open, std::nullopt}), {});
  }
  void Know(const std::string& child, const std::string& authority) {
    runtime::v1::KnownChild known;
    known.set_authority_code(authority);
    stored_.Put(child, {"known-child", child}, known.SerializeAsString(), {});
  }
  double Of(const std::string& name) { return metrics_.Value(name, {{"authority", "931"}}); }
  double Missing() { return Of("pepline_assessments_missing_sdqs"); }
  double Awaited() { return Of("pepline_assessments_awaited_sdqs"); }

  StoredStates stored_;
  FakeClock clock_{absl::UnixEpoch()};
  KnownChildren children_{stored_.store(), clock_};
  Metrics metrics_{AssessmentsMetrics()};
  Gauges gauges_{stored_.store(), children_, metrics_};
};

TEST_F(AssessmentsGaugesTest, CountsWhatIsAwaitedAndWhatIsMissing) {
  Know("chd-1", "931");
  Know("chd-2", "931");
  Store("chd-1", Stage::kRequested);
  Store("chd-2", Stage::kSent, /*missing=*/true);
  ASSERT_TRUE(gauges_.Count().ok());
  EXPECT_EQ(Awaited(), 2);
  EXPECT_EQ(Missing(), 1);
  Store("chd-2", Stage::kNotObtained);
  ASSERT_TRUE(gauges_.Count().ok());
  EXPECT_EQ(Awaited(), 1);
  EXPECT_EQ(Missing(), 0);
}

TEST_F(AssessmentsGaugesTest, WhatIsMissingForAPepThatIsOverIsAGap) {
  Know("chd-1", "931");
  Store("chd-1", Stage::kSent, /*missing=*/true);
  ASSERT_TRUE(gauges_.Count().ok());
  EXPECT_EQ(Missing(), 1);
  EXPECT_EQ(Of("pepline_assessments_sdq_gaps"), 0);
  StorePep("chd-1", /*open=*/false);
  ASSERT_TRUE(gauges_.Count().ok());
  EXPECT_EQ(Missing(), 0);
  EXPECT_EQ(Of("pepline_assessments_sdq_gaps"), 1);
}

TEST_F(AssessmentsGaugesTest, CountsWhatASchoolProposesToDoWithoutUntilItIsSettled) {
  Know("chd-1", "931");
  SdqState proposed;
  proposed.stage = Stage::kSent;
  proposed.missing = true;
  proposed.not_obtained_proposed_at = absl::UnixEpoch();
  proposed.not_obtained_reason = NotObtainedReason::kSdq3;
  Store("chd-1", proposed);
  ASSERT_TRUE(gauges_.Count().ok());
  EXPECT_EQ(Of("pepline_assessments_sdqs_to_confirm"), 1);
  EXPECT_EQ(Missing(), 1) << "a proposal ends no miss";
  Store("chd-1", Stage::kNotObtained);
  ASSERT_TRUE(gauges_.Count().ok());
  EXPECT_EQ(Of("pepline_assessments_sdqs_to_confirm"), 0);
}

TEST_F(AssessmentsGaugesTest, AChildThatRegistrySpeaksOfLaterIsCountedFromThenOn) {
  Store("chd-1", Stage::kRequested);
  ASSERT_TRUE(gauges_.Count().ok());
  EXPECT_EQ(Awaited(), 0);
  Know("chd-1", "931");
  ASSERT_TRUE(gauges_.Count().ok());
  EXPECT_EQ(Awaited(), 1);
}

}  // namespace
}  // namespace pepline::assessments
