// What a service keeps of children, from registry's events alone.
#include "shared/runtime/known_children.h"

#include <gtest/gtest.h>

#include "pepline/registry/v1/registry_events.pb.h"
#include "shared/runtime/fake_store.h"

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

  FakeStore store_;
  KnownChildren children_{store_};
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

}  // namespace
}  // namespace pepline
