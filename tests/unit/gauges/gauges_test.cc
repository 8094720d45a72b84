// Counting what is in the store: only what changed is read, what is gone is forgotten, a record
// that cannot be read stops nothing, and the number of authorities named has a bound.
#include "shared/engine/gauges.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <prometheus/registry.h>

#include <set>
#include <string>

#include "absl/time/clock.h"
#include "tests/unit/gauges/stored_state.h"

namespace pepline {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class FollowedRecordsTest : public testing::Test {
 protected:
  void Put(const std::string& id, const std::string& state, bool listed = true) {
    std::vector<IndexEntry> index;
    if (listed) index = {{"all", "things"}, {"state", "open"}};
    stored_.Put(id, {"thing", id}, state, index);
  }
  // What one refresh told: "a=1" for changed, "-a" for gone.
  std::vector<std::string> Refresh() {
    std::vector<std::string> told;
    status_ = followed_.Refresh(
        [&](const std::string& member, const FollowedRecords::StateParts& parts) {
          if (parts.front() == "broken") return absl::DataLossError("it is broken");
          told.push_back(member + "=" + parts.front().value_or("nothing"));
          return absl::OkStatus();
        },
        [&](const std::string& member) { told.push_back("-" + member); });
    return told;
  }

  StoredStates stored_;
  FollowedRecords followed_{
      stored_.store(), {{"all", "things"}, {"state", "open"}}, [](const std::string& id) {
        return std::vector<RecordKey>{{"thing", id}};
      }};
  absl::Status status_;
};

TEST_F(FollowedRecordsTest, TellsEachMemberOnceAndThenOnlyWhatChanged) {
  Put("a", "1");
  Put("b", "1");
  EXPECT_THAT(Refresh(), ElementsAre("a=1", "b=1"));
  EXPECT_THAT(Refresh(), IsEmpty());
  Put("b", "2");
  Put("c", "1");
  EXPECT_THAT(Refresh(), ElementsAre("b=2", "c=1"));
}

TEST_F(FollowedRecordsTest, ForgetsWhatIsNoLongerListed) {
  Put("a", "1");
  Refresh();
  Put("a", "2", /*listed=*/false);
  EXPECT_THAT(Refresh(), ElementsAre("-a"));
  EXPECT_THAT(Refresh(), IsEmpty());
}

TEST_F(FollowedRecordsTest, ARecordThatCannotBeReadIsPassedOverUntilItChanges) {
  Put("a", "1");
  Refresh();
  Put("a", "broken");
  Put("b", "1");
  EXPECT_THAT(Refresh(), ElementsAre("-a", "b=1"));
  EXPECT_TRUE(status_.ok());
  EXPECT_THAT(Refresh(), IsEmpty());
  stored_.PutBytes("b", {"thing", "b"}, "\xff\xff", {{"all", "things"}});
  EXPECT_THAT(Refresh(), ElementsAre("-b")) << "not even an envelope";
  Put("a", "3");
  EXPECT_THAT(Refresh(), ElementsAre("a=3"));
}

TEST_F(FollowedRecordsTest, GoesOnWhereItStoppedWhenTheStoreIsBack) {
  Put("a", "1");
  Refresh();
  Put("b", "1");
  stored_.store().away = true;
  EXPECT_THAT(Refresh(), IsEmpty());
  EXPECT_TRUE(absl::IsUnavailable(status_));
  stored_.store().away = false;
  EXPECT_THAT(Refresh(), ElementsAre("b=1"));
}

TEST_F(FollowedRecordsTest, ReadsMoreThanOnePage) {
  constexpr int kMany = 2500;
  for (int i = 0; i < kMany; ++i) Put("m" + std::to_string(i), "1");
  EXPECT_EQ(Refresh().size(), static_cast<std::size_t>(kMany));
  EXPECT_THAT(Refresh(), IsEmpty());
}

class AuthorityGaugeTest : public testing::Test {
 protected:
  double Peps(const std::string& authority, const std::string& state) {
    return metrics_.Value("test_peps", {{"authority", authority}, {"state", state}});
  }
  // That a gauge shows now.
  std::set<std::string> Authorities(const std::string& name = "test_peps") {
    std::set<std::string> authorities;
    for (const auto& family : metrics_.registry()->Collect()) {
      if (family.name != name) continue;
      for (const auto& metric : family.metric) {
        for (const auto& label : metric.label) {
          if (label.name == "authority") authorities.insert(label.value);
        }
      }
    }
    return authorities;
  }
  Metrics metrics_{{{"test_peps", "x", MetricDefinition::Type::kGauge, {"authority", "state"}, {}},
                    {"test_days", "x", MetricDefinition::Type::kGauge, {"authority"}, {}}}};
  AuthorityGauge gauge_{"test_peps", "state", {"due", "held"}};
};

TEST_F(AuthorityGaugeTest, WhatIsNoLongerThereShowsZero) {
  gauge_.Add("931", "due");
  gauge_.Add("931", "due");
  gauge_.Add("825", "held");
  gauge_.Publish(metrics_);
  EXPECT_EQ(Peps("931", "due"), 2);
  EXPECT_EQ(Peps("825", "held"), 1);
  gauge_.Add("931", "held");
  gauge_.Publish(metrics_);
  EXPECT_EQ(Peps("931", "due"), 0);
  EXPECT_EQ(Peps("931", "held"), 1);
  EXPECT_EQ(Peps("825", "held"), 0);
}

TEST_F(AuthorityGaugeTest, AnAuthorityShowsAllValuesFromItsFirstNumber) {
  gauge_.Add("931", "due");
  gauge_.Publish(metrics_);
  EXPECT_EQ(SeriesOf(metrics_, "test_peps"), 2u);
}

TEST_F(AuthorityGaugeTest, AnAuthorityThatIsNamedShowsZeroAndTakesNobodysRoom) {
  for (const char* authority : {"801", "802", "803"}) gauge_.Name(authority);
  gauge_.Publish(metrics_);
  EXPECT_THAT(Authorities(), UnorderedElementsAre("801", "802", "other"));
  EXPECT_EQ(Peps("801", "due") + Peps("802", "held") + Peps("other", "due"), 0);
  gauge_.Name("801");
  gauge_.Add("803", "due");
  gauge_.Add("804", "due");
  gauge_.Publish(metrics_);
  EXPECT_THAT(Authorities(), UnorderedElementsAre("803", "804", "other"));
}

TEST_F(AuthorityGaugeTest, OnlyTheLargestAreNamed) {
  for (int authority = 0; authority < 10; ++authority) {
    for (int i = 0; i <= authority; ++i) gauge_.Add("80" + std::to_string(authority), "due");
  }
  gauge_.Publish(metrics_);
  EXPECT_THAT(Authorities(), UnorderedElementsAre("808", "809", "other"));
  EXPECT_EQ(Peps("809", "due"), 10);
  EXPECT_EQ(Peps("808", "due"), 9);
  EXPECT_EQ(Peps("other", "due"), 8 + 7 + 6 + 5 + 4 + 3 + 2 + 1);
}

TEST_F(AuthorityGaugeTest, NamesNoMoreOverTimeEither) {
  for (int first = 0; first < 10; ++first) {
    for (int next = 0; next < 4; ++next) {
      for (int i = 0; i <= next; ++i) gauge_.Add("80" + std::to_string((first + next) % 10), "due");
    }
    gauge_.Publish(metrics_);
    EXPECT_LE(Authorities().size(), AuthorityGauge::kMostAuthorities + 1) << first;
  }
  EXPECT_THAT(Authorities(), UnorderedElementsAre("801", "802", "other"));
  EXPECT_EQ(Peps("802", "due"), 4);
  EXPECT_EQ(Peps("other", "due"), 2 + 1);
  // There is room again: who has nothing any more stands there with 0.
  gauge_.Add("811", "due");
  gauge_.Publish(metrics_);
  EXPECT_EQ(Authorities().size(), AuthorityGauge::kMostAuthorities + 1);
  EXPECT_EQ(Peps("811", "due"), 1);
  EXPECT_EQ(Peps("other", "due"), 0);
}

TEST_F(AuthorityGaugeTest, WhatCannotBeAddedUpIsSaidOfTheLargestAlone) {
  AuthorityGauge days("test_days");
  for (int authority = 0; authority < 5; ++authority) {
    days.Take("80" + std::to_string(authority), authority * 1.5, authority);
  }
  days.Publish(metrics_);
  EXPECT_THAT(Authorities("test_days"), UnorderedElementsAre("803", "804"));
  EXPECT_EQ(metrics_.Value("test_days", {{"authority", "804"}}), 6);
}

TEST_F(AuthorityGaugeTest, TheAuthorityMayBeTheOnlyLabel) {
  AuthorityGauge days("test_days");
  days.Add("931", 2.5);
  days.Publish(metrics_);
  EXPECT_EQ(metrics_.Value("test_days", {{"authority", "931"}}), 2.5);
}

TEST(GaugeThread, CountsUntilItEndsAndSaysWhenItLastCould) {
  Metrics metrics;
  absl::Mutex mutex;
  bool counted = false;
  {
    const GaugeThread thread(metrics, [&] {
      absl::MutexLock lock(&mutex);
      counted = true;
      return absl::OkStatus();
    });
    absl::MutexLock lock(&mutex);
    ASSERT_TRUE(mutex.AwaitWithTimeout(absl::Condition(&counted), absl::Seconds(20)));
  }
  const double last = metrics.Value("pepline_census_last_success_timestamp_seconds");
  EXPECT_NEAR(last, absl::ToDoubleSeconds(absl::Now() - absl::UnixEpoch()), 30);
}

TEST(GaugeThread, AFailedCountIsNoSuccess) {
  Metrics metrics;
  absl::Mutex mutex;
  bool counted = false;
  {
    const GaugeThread thread(metrics, [&] {
      absl::MutexLock lock(&mutex);
      counted = true;
      return absl::UnavailableError("away");
    });
    absl::MutexLock lock(&mutex);
    ASSERT_TRUE(mutex.AwaitWithTimeout(absl::Condition(&counted), absl::Seconds(20)));
  }
  EXPECT_EQ(metrics.Value("pepline_census_last_success_timestamp_seconds"), 0);
}

}  // namespace
}  // namespace pepline
