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
