// The profiles of an authority that a service keeps beside the newest.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "pepline/registry/v1/registry_events.pb.h"
#include "pepline/runtime/v1/aggregate_record.pb.h"
#include "shared/projections/reference_data.h"
#include "shared/store/memory_store.h"

namespace pepline {
namespace {

using ::testing::ElementsAre;

class PolicyVersionsTest : public testing::Test {
 protected:
  void Adopt(const std::string& effective_on) {
    registry::v1::RegistryEvent event;
    event.mutable_header()->set_aggregate_id("registry/policy/931");
    event.mutable_header()->set_aggregate_version(++version_);
    auto& profile = *event.mutable_policy_profile_adopted()->mutable_profile();
    profile.set_authority_code("931");
    profile.set_version(version_);
    profile.set_effective_on(effective_on);
    const auto received = reference_.Receive(event, std::nullopt);
    ASSERT_TRUE(received.ok()) << received.status();
    EXPECT_TRUE(*received);
  }
  std::vector<std::uint64_t> Versions(ReferenceData& reference) {
    auto known = reference.LoadPolicyVersions(AuthorityCode("931"));
    EXPECT_TRUE(known.ok());
    std::vector<std::uint64_t> versions;
    for (const auto& profile : (*known)->earlier) versions.push_back(profile.version());
    versions.push_back((*known)->newest.version());
    return versions;
  }

  MemoryStore store_{4};
  ReferenceData reference_{store_};
  std::uint64_t version_ = 0;
};

TEST_F(PolicyVersionsTest, AreKeptWithTheNewestAndReadBackByAnotherProcess) {
  Adopt("2025-09-01");
  EXPECT_THAT(Versions(reference_), ElementsAre(1));
  Adopt("2026-01-05");
  Adopt("2026-09-01");
  ReferenceData other(store_);
  EXPECT_THAT(Versions(other), ElementsAre(1, 2, 3));
  EXPECT_EQ((*other.LoadPolicy(AuthorityCode("931")))->version(), 3U);
  const auto known =
      other.Load(kEnglandAndWales, AuthorityCode(), SchoolUrn(), AuthorityCode("931"));
  ASSERT_TRUE(known.ok());
  EXPECT_EQ(known->policies->earlier.size(), 2U);
  EXPECT_EQ((*other.LoadPolicyVersions(AuthorityCode("932"))), nullptr);
}

TEST_F(PolicyVersionsTest, OfOneDayOfEffectTheLastCounts) {
  Adopt("2025-09-01");
  Adopt("2026-01-05");
  Adopt("2026-01-05");
  EXPECT_THAT(Versions(reference_), ElementsAre(1, 3));
}

TEST_F(PolicyVersionsTest, AreBounded) {
  for (int year = 2000; year < 2050; ++year) Adopt(absl::StrCat(year, "-09-01"));
  const auto versions = Versions(reference_);
  EXPECT_EQ(versions.size(), kMostEarlierPolicies + 1);
  EXPECT_EQ(versions.back(), 50U);
}

TEST_F(PolicyVersionsTest, BeginWithTheProfileThatTheVersionBeforeKept) {
  Adopt("2025-09-01");
  auto loaded = store_.Load(PartitionOf("931", store_.partitions()), {{"policy", "931"}}, "");
  ASSERT_TRUE(loaded.ok());
  runtime::v1::AggregateRecord record;
  ASSERT_TRUE(record.ParseFromString(loaded->records.front()->bytes));
  common::v1::PolicyProfile profile;
  ASSERT_TRUE(profile.ParseFromString(record.state()));
  EXPECT_EQ(profile.SerializeAsString(), record.state()) << "one profile is kept as it always was";
  Adopt("2026-01-05");
  EXPECT_THAT(Versions(reference_), ElementsAre(1, 2));
  // The version before reads the newest of them.
  loaded = store_.Load(PartitionOf("931", store_.partitions()), {{"policy", "931"}}, "");
  ASSERT_TRUE(record.ParseFromString(loaded->records.front()->bytes));
  ASSERT_TRUE(profile.ParseFromString(record.state()));
  EXPECT_EQ(profile.version(), 2U);
}

}  // namespace
}  // namespace pepline
