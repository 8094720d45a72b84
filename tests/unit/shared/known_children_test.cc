// What a service keeps of children, from registry's events alone.
#include "shared/projections/known_children.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "pepline/registry/v1/registry_events.pb.h"
#include "pepline/runtime/v1/known_child.pb.h"
#include "shared/base/clock.h"
#include "shared/store/memory_store.h"

namespace pepline {
namespace {

using registry::v1::RegistryEvent;

class KnownChildrenTest : public testing::Test {
 protected:
  RegistryEvent Next() {
    RegistryEvent event;
    event.mutable_header()->set_event_id("registry/child/chd-a:" + std::to_string(++version_));
    event.mutable_header()->set_aggregate_id("registry/child/chd-a");
    event.mutable_header()->set_aggregate_version(version_);
    event.mutable_header()->mutable_occurred_at()->set_seconds(1758805200);
    return event;
  }
  void Enrolled(const std::string& school, const std::string& authority) {
    RegistryEvent event = Next();
    event.mutable_child_enrolled()->set_child_id("chd-a");
    event.mutable_child_enrolled()->set_school_urn(school);
    event.mutable_child_enrolled()->set_school_authority_code(authority);
    EXPECT_EQ(children_.Receive(event).value_or(false), true);
  }
  void SchoolMoved(const std::string& school, const std::string& authority) {
    RegistryEvent event = Next();
    auto& moved = *event.mutable_school_of_child_moved_authority();
    moved.set_child_id("chd-a");
    moved.set_school_urn(school);
    moved.set_school_authority_code(authority);
    EXPECT_EQ(children_.Receive(event).value_or(false), true);
  }
  KnownChild Found() {
    auto found = children_.Find(ChildId("chd-a"));
    EXPECT_TRUE(found.ok() && found->has_value());
    return found.ok() ? found->value_or(KnownChild()) : KnownChild();
  }

  void InCareOf(const std::string& authority) {
    RegistryEvent event = Next();
    event.mutable_child_became_looked_after()->set_child_id("chd-a");
    event.mutable_child_became_looked_after()->set_authority_code(authority);
    EXPECT_EQ(children_.Receive(event).value_or(false), true);
  }
  absl::StatusOr<bool> Ceased(const std::string& on) {
    RegistryEvent event = Next();
    event.mutable_child_ceased_to_be_looked_after()->set_child_id("chd-a");
    event.mutable_child_ceased_to_be_looked_after()->set_ceased_on(on);
    return children_.Receive(event);
  }
  void Adopted(const std::string& authority, std::optional<int> months) {
    RegistryEvent event;
    event.mutable_header()->set_aggregate_id("registry/policy/" + authority);
    event.mutable_header()->set_aggregate_version(++profiles_);
    auto& profile = *event.mutable_policy_profile_adopted()->mutable_profile();
    profile.set_authority_code(authority);
    if (months) profile.set_access_after_care_months(*months);
    EXPECT_EQ(children_.Receive(event).value_or(false), true);
  }
  bool HasEndedAt(const std::string& london) {
    absl::TimeZone zone;
    EXPECT_TRUE(absl::LoadTimeZone("Europe/London", &zone));
    absl::Time now;
    EXPECT_TRUE(absl::ParseTime("%Y-%m-%d %H:%M", london, zone, &now, nullptr));
    clock_.Set(now);
    const auto resource = children_.ResourceOf(ChildId("chd-a"));
    EXPECT_TRUE(resource.ok()) << resource.status();
    return resource.ok() && resource->access_ended;
  }

  MemoryStore store_;
  FakeClock clock_{absl::FromUnixSeconds(1758805200)};
  KnownChildren children_{store_, clock_};
  std::uint64_t profiles_ = 0;
  std::uint64_t version_ = 0;
};

TEST_F(KnownChildrenTest, FollowTheirSchoolToAnotherAuthority) {
  Enrolled("123456", "931");
  SchoolMoved("123456", "940");
  EXPECT_EQ(Found().school, SchoolUrn("123456"));
  EXPECT_EQ(Found().school_authority, AuthorityCode("940"));
  SchoolMoved("654321", "933");
  EXPECT_EQ(Found().school_authority, AuthorityCode("940")) << "another school's move";
}

TEST_F(KnownChildrenTest, AreAtTheSchoolThatGoesOnWithTheirs) {
  Enrolled("123456", "931");
  RegistryEvent event = Next();
  auto& succeeded = *event.mutable_school_of_child_succeeded();
  succeeded.set_child_id("chd-a");
  succeeded.set_from_school_urn("777777");
  succeeded.set_to_school_urn("654321");
  succeeded.set_to_school_authority_code("940");
  EXPECT_EQ(children_.Receive(event).value_or(false), true);
  EXPECT_EQ(Found().school, SchoolUrn("123456")) << "of a school that the child has left";
  RegistryEvent next = Next();
  *next.mutable_school_of_child_succeeded() = event.school_of_child_succeeded();
  next.mutable_school_of_child_succeeded()->set_from_school_urn("123456");
  EXPECT_EQ(children_.Receive(next).value_or(false), true);
  EXPECT_EQ(Found().school, SchoolUrn("654321"));
  EXPECT_EQ(Found().school_authority, AuthorityCode("940"));
}

TEST_F(KnownChildrenTest, AreReachedForThreeMonthsAfterCareWhereNoProfileSaysAnother) {
  InCareOf("931");
  Enrolled("123456", "940");
  EXPECT_FALSE(HasEndedAt("2030-01-01 12:00")) << "in care";
  ASSERT_TRUE(Ceased("2025-11-30").ok());
  EXPECT_FALSE(HasEndedAt("2025-11-01 12:00")) << "care is still to cease";
  EXPECT_FALSE(HasEndedAt("2026-02-28 23:59")) << "the last day";
  EXPECT_TRUE(HasEndedAt("2026-03-01 00:00"));
  Adopted("931", std::nullopt);
  EXPECT_FALSE(HasEndedAt("2026-02-28 23:59"));
  EXPECT_TRUE(HasEndedAt("2026-03-01 00:00"));
}

TEST_F(KnownChildrenTest, AreReachedAfterCareForAsLongAsTheirOwnAuthoritysNewestProfileSays) {
  InCareOf("931");
  Enrolled("123456", "940");
  ASSERT_TRUE(Ceased("2025-03-29").ok());
  Adopted("940", 0);  // of the authority that the school lies in
  EXPECT_FALSE(HasEndedAt("2025-06-29 12:00"));
  Adopted("931", 0);
  EXPECT_FALSE(HasEndedAt("2025-03-29 23:59"));
  EXPECT_TRUE(HasEndedAt("2025-03-30 00:00"));
  Adopted("931", 24);
  EXPECT_FALSE(HasEndedAt("2027-03-29 23:59"));
  EXPECT_TRUE(HasEndedAt("2027-03-30 00:00"));
  Adopted("931", 1000);
  EXPECT_TRUE(HasEndedAt("2027-03-30 00:00")) << "no profile gives more";
}

TEST_F(KnownChildrenTest, AreReachedAgainWhenTheyComeBackIntoCare) {
  InCareOf("931");
  ASSERT_TRUE(Ceased("2024-03-29").ok());
  EXPECT_TRUE(HasEndedAt("2025-03-30 00:00"));
  InCareOf("931");
  EXPECT_FALSE(HasEndedAt("2025-03-30 00:00"));
  EXPECT_EQ(Found().ceased_on, std::nullopt);
}

TEST_F(KnownChildrenTest, FollowCorrectionsOfTheEndOfCareAndOfTheSchool) {
  InCareOf("931");
  Enrolled("123456", "931");
  ASSERT_TRUE(Ceased("2024-03-29").ok());
  RegistryEvent event = Next();
  event.mutable_care_end_corrected()->set_child_id("chd-a");
  event.mutable_care_end_corrected()->set_ceased_on("2025-03-29");
  EXPECT_EQ(children_.Receive(event).value_or(false), true);
  EXPECT_FALSE(HasEndedAt("2025-05-30 00:00")) << "the right day counts";
  event.mutable_header()->set_aggregate_version(++version_);
  event.mutable_care_end_corrected()->set_ceased_on("soon");
  EXPECT_TRUE(absl::IsInvalidArgument(children_.Receive(event).status()));
  event.mutable_care_end_corrected()->clear_ceased_on();
  EXPECT_EQ(children_.Receive(event).value_or(false), true);
  EXPECT_TRUE(Found().looked_after);
  EXPECT_FALSE(HasEndedAt("2030-01-01 12:00")) << "in care";
  event = Next();
  event.mutable_enrolment_corrected()->set_child_id("chd-a");
  event.mutable_enrolment_corrected()->set_school_urn("654321");
  event.mutable_enrolment_corrected()->set_school_authority_code("940");
  EXPECT_EQ(children_.Receive(event).value_or(false), true);
  EXPECT_EQ(Found().school, SchoolUrn("654321"));
  EXPECT_EQ(Found().school_authority, AuthorityCode("940"));
}

TEST_F(KnownChildrenTest, AreNotReachedAfterCareWhereItIsNotKnownWhenItCeased) {
  Enrolled("123456", "931");
  EXPECT_FALSE(HasEndedAt("2025-03-30 00:00")) << "nobody has looked after the child yet";
  InCareOf("931");
  EXPECT_TRUE(absl::IsInvalidArgument(Ceased("soon").status()));
  ASSERT_TRUE(Ceased("2024-03-29").ok());
  // As it was kept before the day was.
  runtime::v1::KnownChild before;
  before.set_authority_code("931");
  before.set_school_urn("123456");
  const auto resource = children_.ResourceIn(before.SerializeAsString());
  ASSERT_TRUE(resource.ok());
  EXPECT_TRUE(resource->access_ended);
}

}  // namespace
}  // namespace pepline
