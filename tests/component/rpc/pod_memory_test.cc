// The cgroup that tests hold a service to is one: it kills who takes more, and says so.
#include "tests/component/support/pod_memory.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace pepline {
namespace {

TEST(PodMemoryTest, AProgramThatTakesMoreThanThePodHasIsKilledAndCounted) {
  auto pod = PodMemory::Create(32);
  if (!pod.ok()) GTEST_SKIP() << pod.status().message();
  const auto run = [&](const std::string& bytes) {
    // What has no end of a line is kept whole.
    auto process =
        ChildProcess::Start({.command = {"sh", "-c",
                                         absl::StrCat("echo $$ >", (*pod)->entrance(), "; head -c ",
                                                      bytes, " /dev/zero | tail | wc -c")},
                             .environment = {},
                             .clean_environment = false,
                             .output_file = {},
                             .folder = {},
                             .outlive_parent = false});
    ASSERT_TRUE(process.ok()) << process.status();
    EXPECT_TRUE(WaitUntil([&] { return !(*process)->Running(); }, absl::Seconds(30)));
  };
  run("8M");
  EXPECT_EQ((*pod)->KilledForMemory(), 0);
  EXPECT_GE((*pod)->PeakMebibytes(), 8);
  run("64M");
  EXPECT_EQ((*pod)->KilledForMemory(), 1);
  EXPECT_GE((*pod)->PeakMebibytes(), 31);
}

}  // namespace
}  // namespace pepline
