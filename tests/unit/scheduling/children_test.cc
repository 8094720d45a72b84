// What scheduling keeps of a child, from registry's events alone.
#include "services/scheduling/storage/children.h"

#include <gtest/gtest.h>

#include "pepline/registry/v1/registry_events.pb.h"
#include "services/scheduling/storage/codec.h"
#include "shared/engine/execute.h"
#include "shared/store/memory_store.h"

namespace pepline::scheduling {
namespace {

using registry::v1::RegistryEvent;

class KeptChildTest : public testing::Test {
 protected:
  static constexpr std::int64_t kNow = 1758805200;
  void Keep(RegistryEvent event, std::int64_t at = kNow) {
    event.mutable_header()->set_event_id("registry/child/chd-a:" + std::to_string(++version_));
    event.mutable_header()->set_aggregate_id("registry/child/chd-a");
    event.mutable_header()->set_aggregate_version(version_);
    event.mutable_header()->mutable_occurred_at()->set_seconds(at);
    EXPECT_TRUE(KeepChild(store_, "chd-a", event).ok());
  }
  ChildFacts Kept() {
    auto state = LoadState(store_, "chd-a", {std::string(kChildKind), "chd-a"});
    EXPECT_TRUE(state.ok() && state->has_value());
    auto child = DecodeChild(state.ok() ? state->value_or("") : "");
    EXPECT_TRUE(child.ok()) << child.status();
    return child.ok() ? *std::move(child) : ChildFacts();
  }

  MemoryStore store_;
  std::uint64_t version_ = 0;
};

// Whose term dates count for its deadlines, and who finds the child in a list.
TEST_F(KeptChildTest, FollowsItsSchoolToAnotherAuthority) {
  RegistryEvent enrolled;
  enrolled.mutable_child_enrolled()->set_child_id("chd-a");
  enrolled.mutable_child_enrolled()->set_school_urn("123456");
  enrolled.mutable_child_enrolled()->set_school_authority_code("931");
  Keep(enrolled);
  RegistryEvent moved;
  moved.mutable_school_of_child_moved_authority()->set_child_id("chd-a");
  moved.mutable_school_of_child_moved_authority()->set_school_urn("123456");
  moved.mutable_school_of_child_moved_authority()->set_school_authority_code("940");
  Keep(moved);
  EXPECT_EQ(Kept().school, SchoolUrn("123456"));
  EXPECT_EQ(Kept().school_authority, AuthorityCode("940"));
  moved.mutable_school_of_child_moved_authority()->set_school_urn("654321");
  moved.mutable_school_of_child_moved_authority()->set_school_authority_code("933");
  Keep(moved);
  EXPECT_EQ(Kept().school_authority, AuthorityCode("940")) << "another school's move";
}

// Registry says the start of care once more where a PEP becomes due by age; that makes no late
// record of it.
TEST_F(KeptChildTest, RemembersSinceWhenAPepIsRequiredBesideTheStartOfCare) {
  RegistryEvent event;
  auto& started = *event.mutable_child_became_looked_after();
  started.set_child_id("chd-a");
  started.set_authority_code("931");
  started.set_became_looked_after_on("2025-09-20");
  Keep(event);
  started.set_pep_required(true);
  Keep(event, kNow + 1000);
  EXPECT_EQ(Kept().care_recorded_at, absl::FromUnixSeconds(kNow));
  EXPECT_EQ(Kept().pep_required_at, absl::FromUnixSeconds(kNow + 1000));
  Keep(event, kNow + 2000);
  EXPECT_EQ(Kept().pep_required_at, absl::FromUnixSeconds(kNow + 1000));
  started.set_became_looked_after_on("2025-09-25");  // another care
  Keep(event, kNow + 3000);
  EXPECT_EQ(Kept().care_recorded_at, absl::FromUnixSeconds(kNow + 3000));
  EXPECT_EQ(Kept().pep_required_at, absl::FromUnixSeconds(kNow + 3000));
}

TEST_F(KeptChildTest, KnowsACorrectedStartAsTheSameCare) {
  RegistryEvent event;
  auto& started = *event.mutable_child_became_looked_after();
  started.set_child_id("chd-a");
  started.set_authority_code("931");
  started.set_became_looked_after_on("2025-09-20");
  started.set_pep_required(true);
  Keep(event);
  RegistryEvent corrected;
  corrected.mutable_care_start_corrected()->set_child_id("chd-a");
  corrected.mutable_care_start_corrected()->set_old_became_looked_after_on("2025-09-20");
  corrected.mutable_care_start_corrected()->set_became_looked_after_on("2025-09-15");
  Keep(corrected, kNow + 1000);
  EXPECT_EQ(Kept().care_started_on, absl::CivilDay(2025, 9, 15));
  EXPECT_EQ(Kept().earlier_care_starts, std::vector{absl::CivilDay(2025, 9, 20)});
  EXPECT_EQ(Kept().care_recorded_at, absl::FromUnixSeconds(kNow)) << "it is on record since then";
  started.set_became_looked_after_on("2025-09-25");  // another care
  Keep(event, kNow + 3000);
  EXPECT_TRUE(Kept().earlier_care_starts.empty());
}

TEST_F(KeptChildTest, IsInCareAgainWhereTheEndIsTakenBack) {
  RegistryEvent event;
  event.mutable_child_became_looked_after()->set_child_id("chd-a");
  event.mutable_child_became_looked_after()->set_authority_code("931");
  event.mutable_child_became_looked_after()->set_became_looked_after_on("2025-09-20");
  Keep(event);
  RegistryEvent ceased;
  ceased.mutable_child_ceased_to_be_looked_after()->set_child_id("chd-a");
  ceased.mutable_child_ceased_to_be_looked_after()->set_ceased_on("2025-09-24");
  Keep(ceased, kNow + 1000);
  RegistryEvent corrected;
  auto& end = *corrected.mutable_care_end_corrected();
  end.set_child_id("chd-a");
  end.set_old_ceased_on("2025-09-24");
  end.set_ceased_on("2025-09-23");
  Keep(corrected, kNow + 2000);
  EXPECT_FALSE(Kept().in_care);
  EXPECT_EQ(Kept().ceased_on, absl::CivilDay(2025, 9, 23));
  end.clear_ceased_on();
  Keep(corrected, kNow + 3000);
  EXPECT_TRUE(Kept().in_care);
  EXPECT_EQ(Kept().ceased_on, std::nullopt);
  EXPECT_EQ(Kept().care_started_on, absl::CivilDay(2025, 9, 20));
}

TEST_F(KeptChildTest, TellsACorrectedSchoolFromAMove) {
  RegistryEvent moved;
  moved.mutable_child_moved_school()->set_child_id("chd-a");
  moved.mutable_child_moved_school()->set_to_school_urn("123456");
  moved.mutable_child_moved_school()->set_moved_on("2025-09-20");
  Keep(moved);
  RegistryEvent corrected;
  auto& right = *corrected.mutable_enrolment_corrected();
  right.set_child_id("chd-a");
  right.set_school_urn("654321");
  right.set_school_authority_code("933");
  right.set_old_enrolled_on("2025-09-20");
  right.set_enrolled_on("2025-09-22");
  right.set_by_move(true);
  Keep(corrected);
  EXPECT_TRUE(Kept().school_corrected);
  EXPECT_EQ(Kept().school, SchoolUrn("654321"));
  EXPECT_EQ(Kept().school_authority, AuthorityCode("933"));
  EXPECT_EQ(Kept().moved_on, absl::CivilDay(2025, 9, 22));
  right.set_move_taken_back(true);
  right.set_by_move(false);
  Keep(corrected);
  EXPECT_EQ(Kept().moved_on, std::nullopt);
  Keep(moved);
  EXPECT_FALSE(Kept().school_corrected);
}

TEST_F(KeptChildTest, FollowsASchoolThatAnotherGoesOnWithAsNoMove) {
  RegistryEvent moved;
  moved.mutable_child_moved_school()->set_child_id("chd-a");
  moved.mutable_child_moved_school()->set_to_school_urn("123456");
  moved.mutable_child_moved_school()->set_moved_on("2025-09-20");
  Keep(moved);
  RegistryEvent event;
  auto& succeeded = *event.mutable_school_of_child_succeeded();
  succeeded.set_child_id("chd-a");
  succeeded.set_from_school_urn("777777");
  succeeded.set_to_school_urn("654321");
  succeeded.set_to_school_authority_code("933");
  Keep(event, kNow + 1000);
  EXPECT_EQ(Kept().school, SchoolUrn("123456")) << "of a school that the child has left";
  succeeded.set_from_school_urn("123456");
  Keep(event, kNow + 2000);
  EXPECT_EQ(Kept().school, SchoolUrn("654321"));
  EXPECT_EQ(Kept().school_authority, AuthorityCode("933"));
  EXPECT_EQ(Kept().moved_on, absl::CivilDay(2025, 9, 20)) << "that move counts as it did";
  EXPECT_TRUE(Kept().school_corrected);
}

TEST_F(KeptChildTest, RequiresAPepSinceCareWasRecordedWhereTheLegalStatusWasWrong) {
  RegistryEvent event;
  auto& started = *event.mutable_child_became_looked_after();
  started.set_child_id("chd-a");
  started.set_authority_code("931");
  started.set_became_looked_after_on("2025-09-20");
  Keep(event);
  started.set_pep_required(true);
  started.set_pep_required_corrected(true);
  Keep(event, kNow + 1000);
  EXPECT_TRUE(Kept().pep_required);
  EXPECT_EQ(Kept().pep_required_at, absl::FromUnixSeconds(kNow));
}

TEST_F(KeptChildTest, ReadsARecordThatWasKeptBeforeThisWasSaid) {
  ChildFacts child;
  child.in_care = child.pep_required = true;
  child.care_started_on = absl::CivilDay(2025, 9, 20);
  child.care_recorded_at = child.pep_required_at = absl::FromUnixSeconds(kNow);
  storage::v1::Child stored;
  ASSERT_TRUE(stored.ParseFromString(EncodeChild(child)));
  EXPECT_EQ(stored.pep_required_at(), 0) << "the bytes are those of before";
  EXPECT_EQ(*DecodeChild(stored.SerializeAsString()), child);
}

}  // namespace
}  // namespace pepline::scheduling
