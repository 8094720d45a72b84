// Crashes, repetitions and garbage: nothing is lost, nothing counts twice.
#include <set>

#include "absl/strings/str_cat.h"
#include "tests/component/registry/registry_fixture.h"

namespace pepline::registry {
namespace {

class RegistryFaultsTest : public RegistryTest {
 protected:
  void SetUp() override { ASSERT_NO_FATAL_FAILURE(Begin()); }
};

TEST_F(RegistryFaultsTest, AnImportThatIsKilledInTheMiddleIsFinishedByRepeatingIt) {
  constexpr int kSchools = 10000;
  const std::string file = ManySchools(kSchools);
  const v1::ImportOptions options = Options(v1::IMPORT_KIND_SCHOOLS);
  ASSERT_NO_FATAL_FAILURE(KillInTheMiddleOf(options, file));
  const v1::ImportResponse again = Imported(v1::IMPORT_KIND_SCHOOLS, file);
  EXPECT_EQ(again.created() + again.unchanged(), kSchools);
  EXPECT_GE(again.unchanged(), 10) << "what was written stays";
  EXPECT_GT(again.created(), 0);
  EXPECT_EQ(Imported(v1::IMPORT_KIND_SCHOOLS, file).unchanged(), kSchools);
  EXPECT_TRUE(Eventually([&] { return service_->Metric("pepline_outbox_entries") == 0; }));
  std::set<std::string> emitted;
  for (const Event& event : Emitted([](const Event& one) { return one.has_school_registered(); })) {
    EXPECT_EQ(event.header().aggregate_version(), 1u);
    emitted.insert(event.school_registered().school_urn());
  }
  EXPECT_EQ(emitted.size(), static_cast<std::size_t>(kSchools)) << "each said, and none twice anew";
}

TEST_F(RegistryFaultsTest, FactsReachTheSchoolAfterARestart) {
  ImportCalendars();
  Imported(v1::IMPORT_KIND_SCHOOLS, Schools());
  Imported(v1::IMPORT_KIND_STAFF, Staff());
  Imported(v1::IMPORT_KIND_CHILDREN, Children());
  ASSERT_NO_FATAL_FAILURE(KillAndRestart());
  EXPECT_TRUE(Eventually([&] {
    return School(kPrimary).looked_after_children() == 2 &&
           School(kPrimary).designated_teacher_staff_ids_size() == 1 &&
           School(kSecondary).designated_teacher_vacant_since() == "2025-09-01";
  }));
  Settle();
  std::set<std::uint64_t> versions;
  for (const Event& event : Emitted([](const Event& one) {
         return one.designated_teacher_vacancy_began().school_urn() == kSecondary;
       })) {
    versions.insert(event.header().aggregate_version());
  }
  EXPECT_EQ(versions.size(), 1u) << "said once, whatever was redelivered";
}

TEST_F(RegistryFaultsTest, ARepeatedOwnEventHasNoSecondEffect) {
  ImportEverything();
  const Event enrolled =
      AwaitEmitted([](const Event& event) { return event.has_child_enrolled(); });
  const int before = School(kPrimary).looked_after_children();
  ASSERT_TRUE(
      service_->Publish(kTopicOfRegistry, enrolled.child_enrolled().child_id(), enrolled).ok());
  Settle();
  EXPECT_EQ(School(kPrimary).looked_after_children(), before);
}

TEST_F(RegistryFaultsTest, GarbageGoesToTheDeadLetters) {
  ASSERT_TRUE(service_->PublishBytes(kTopicOfRegistry, "x", "\xff\xff garbage", {}).ok());
  Event event;
  *event.mutable_header() =
      ServiceUnderTest::Header("registry/child/chd-x", 1, At("2025-09-01 09:00"));
  event.mutable_child_enrolled()->set_child_id("chd-x");
  ASSERT_TRUE(service_->Publish(kTopicOfRegistry, "chd-x", event).ok());
  EXPECT_TRUE(Eventually([&] {
    auto letters = service_->Events(absl::StrCat(kTopicOfRegistry, ".registry.dead-letters"));
    return letters.ok() && letters->size() == 2;
  }));
}

TEST_F(RegistryFaultsTest, ImportsGoOnAfterRedisWasAway) {
  Imported(v1::IMPORT_KIND_SCHOOLS, Schools());
  service_->redis().Kill();
  v1::ImportResponse response;
  const grpc::Status away = TryImport(Options(v1::IMPORT_KIND_STAFF), Staff(), response);
  EXPECT_EQ(away.error_code(), grpc::UNAVAILABLE) << away.error_message();
  ASSERT_TRUE(service_->redis().Restart().ok());
  EXPECT_TRUE(Eventually(
      [&] { return TryImport(Options(v1::IMPORT_KIND_STAFF), Staff(), response).ok(); }));
  EXPECT_EQ(Imported(v1::IMPORT_KIND_STAFF, Staff()).unchanged(), 8);
}

TEST_F(RegistryFaultsTest, TheIdKeyMustBeGivenAndRight) {
  service_->process().SetEnvironment("PEPLINE_ID_KEY", "short");
  service_->process().Kill();
  ASSERT_TRUE(service_->process().Restart().ok());
  EXPECT_FALSE(service_->process().WaitReady(absl::Seconds(10)).ok());
}

}  // namespace
}  // namespace pepline::registry
