// What an operator runs with pepline-registry itself: check and repair; it is not rebuilt, but goes
// on from an older copy.
#include <gmock/gmock.h>

#include <filesystem>
#include <map>

#include "absl/strings/str_cat.h"
#include "tests/component/registry/registry_fixture.h"
#include "tests/component/support/operation_runner.h"

namespace pepline::registry {
namespace {

TEST_F(RegistryTest, CheckFindsWhatWasBrokenAndRepairMendsIt) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  ImportEverything();
  Settle();
  OperationRunner operate(service_->process());
  RedisInventory inventory({.port = service_->redis().port(), .service = "registry"});
  ExpectFoundAndMended(operate, *store_, inventory);
}

TEST_F(RegistryTest, RebuildSaysWhyItIsNotAndWhatToDo) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  ImportEverything();
  Settle();
  OperationRunner operate(service_->process());
  ExpectRebuildRefused(operate);
}

TEST_F(RegistryTest, AnOlderCopyGoesOnBehindTheNumbersThatWereSaidSince) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  ImportEverything();
  Settle();
  OperationRunner operate(service_->process());
  const std::string data = service_->folder() + "/redis", copy = service_->folder() + "/copy";
  EXPECT_EQ(service_->process().Stop(), 0);
  service_->redis().Stop();
  std::filesystem::copy(data, copy, std::filesystem::copy_options::recursive);
  ASSERT_TRUE(service_->redis().Restart().ok());
  ASSERT_NO_FATAL_FAILURE(KillAndRestart());
  // One child moves, and one is new.
  const std::string today =
      absl::StrCat(kChildrenHeader,
                   "C-2,Bryn,Test-Beech,2014-11-20,,no,2023-02-14,,,123002,2025-09-01,VS-2,,\n"
                   "C-5,Finn,Test-Elder,2012-02-01,,no,2025-08-04,,,123002,2023-09-04,VS-1,,\n");
  const auto all_is_told = [this] {
    const auto waiting = store_->MeasureOutbox();
    return waiting.ok() && waiting->entries == 0;
  };
  Imported(v1::IMPORT_KIND_CHILDREN, today);
  EXPECT_TRUE(Eventually(all_is_told));
  const auto any = [](const Event&) { return true; };
  const std::size_t emitted = Emitted(any).size();

  EXPECT_EQ(service_->process().Stop(), 0);
  service_->redis().Stop();
  std::filesystem::remove_all(data);
  std::filesystem::rename(copy, data);
  ASSERT_TRUE(service_->redis().Restart().ok());
  const auto restored = operate.Run({"--restored"});
  ASSERT_EQ(restored.code, 0) << restored.output;
  EXPECT_THAT(restored.output, testing::HasSubstr("consumer group pepline.registry reads its"));
  ASSERT_NO_FATAL_FAILURE(KillAndRestart());
  EXPECT_EQ(operate.Run({"--check"}).code, 0);
  Imported(v1::IMPORT_KIND_CHILDREN, today);
  EXPECT_TRUE(Eventually(all_is_told));
  // What was lost is said once more, under numbers that no receiver has seen.
  const std::vector<Event> events = Emitted(any);
  EXPECT_GT(events.size(), emitted);
  std::map<std::string, std::uint64_t> last;
  for (const Event& event : events) {
    const std::string& whose = event.header().aggregate_id();
    EXPECT_EQ(event.header().aggregate_version(), ++last[whose]) << whose;
  }
}

}  // namespace
}  // namespace pepline::registry
