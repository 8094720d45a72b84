// What is kept of the outcomes of a child's PEPs, from assessments' events alone.
#include "shared/projections/child_outcomes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "shared/store/memory_store.h"

namespace pepline {
namespace {

using assessments::v1::AssessmentsEvent;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

class ChildOutcomesTest : public testing::Test {
 protected:
  // The next of the PEP's outcomes.
  AssessmentsEvent Next(int pep) {
    AssessmentsEvent event;
    const std::string id = absl::StrCat("chd-a.", pep);
    event.set_child_id("chd-a");
    event.set_pep_id(id);
    auto& header = *event.mutable_header();
    header.set_aggregate_id("assessments/outcomes/" + id);
    header.set_aggregate_version(++versions_[pep]);
    header.set_event_id(absl::StrCat(header.aggregate_id(), ":", versions_[pep]));
    return event;
  }
  AssessmentsEvent Set(int pep, int number, bool smart) {
    AssessmentsEvent event = Next(pep);
    event.mutable_outcome_set()->set_outcome_id(absl::StrCat("chd-a.", pep, ".o", number));
    if (!smart) event.mutable_outcome_set()->add_missing(assessments::v1::SMART_PART_MEASURABLE);
    return event;
  }
  AssessmentsEvent Reviewed(int pep, int number) {
    AssessmentsEvent event = Next(pep);
    event.mutable_outcome_reviewed()->set_outcome_id(absl::StrCat("chd-a.", pep, ".o", number));
    return event;
  }
  void Keep(const AssessmentsEvent& event) { EXPECT_TRUE(KeepOutcome(store_, event).ok()); }
  std::map<int, OutcomeCounts> Counts() {
    auto counts = CountOutcomes(store_, ChildId("chd-a"));
    EXPECT_TRUE(counts.ok()) << counts.status();
    return counts.ok() ? *counts : std::map<int, OutcomeCounts>();
  }

  MemoryStore store_;
  std::map<int, std::uint64_t> versions_;
};

TEST_F(ChildOutcomesTest, FollowEachOutcomeToItsEnd) {
  EXPECT_THAT(Counts(), IsEmpty());
  Keep(Set(1, 1, true));
  Keep(Set(1, 2, false));
  EXPECT_THAT(Counts(), ElementsAre(Pair(1, OutcomeCounts{1, 2})));
  AssessmentsEvent refined = Next(1);
  refined.mutable_outcome_refined()->set_outcome_id("chd-a.1.o2");
  Keep(refined);
  EXPECT_THAT(Counts(), ElementsAre(Pair(1, OutcomeCounts{2, 2})));
  Keep(Reviewed(1, 1));
  AssessmentsEvent dropped = Next(1);
  dropped.mutable_outcome_dropped()->set_outcome_id("chd-a.1.o2");
  Keep(dropped);
  EXPECT_THAT(Counts(), ElementsAre(Pair(1, OutcomeCounts{1, 0}))) << "a dropped one is not SMART";
  AssessmentsEvent reopened = Next(1);
  reopened.mutable_outcome_reopened()->set_outcome_id("chd-a.1.o2");
  Keep(reopened);
  EXPECT_THAT(Counts(), ElementsAre(Pair(1, OutcomeCounts{2, 1})));
  dropped = Next(1);
  dropped.mutable_outcome_dropped()->set_outcome_id("chd-a.1.o2");
  Keep(dropped);
  EXPECT_TRUE(*IsPursued(store_, ChildId("chd-a"), OutcomeId("chd-a.1.o1")));
  EXPECT_FALSE(*IsPursued(store_, ChildId("chd-a"), OutcomeId("chd-a.1.o2"))) << "dropped";
  EXPECT_FALSE(*IsPursued(store_, ChildId("chd-a"), OutcomeId("chd-a.1.o3")));
  Keep(Set(2, 1, false));
  EXPECT_THAT(Counts(), ElementsAre(Pair(1, OutcomeCounts{1, 0}), Pair(2, OutcomeCounts{0, 1})));
}

TEST_F(ChildOutcomesTest, AnEventThatComesTwiceChangesNothing) {
  const AssessmentsEvent set = Set(1, 1, true);
  Keep(set);
  Keep(Reviewed(1, 1));
  Keep(set);
  EXPECT_THAT(Counts(), ElementsAre(Pair(1, OutcomeCounts{1, 0})));
}

TEST_F(ChildOutcomesTest, WhatCannotBeReadIsSaid) {
  AssessmentsEvent event = Set(1, 1, true);
  event.set_pep_id("chd-b.1");
  EXPECT_TRUE(absl::IsInvalidArgument(KeepOutcome(store_, event)));
  AssessmentsEvent other = Next(1);
  other.mutable_sdq_sent();
  EXPECT_TRUE(KeepOutcome(store_, other).ok());
  EXPECT_THAT(Counts(), IsEmpty());
}

}  // namespace
}  // namespace pepline
