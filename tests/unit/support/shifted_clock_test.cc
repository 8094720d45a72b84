// The preloaded library moves the clock of the day of one process, and waits go by it.
#include "tests/support/shifted_clock.h"

#include <gmock/gmock.h>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "tools/stack/processes.h"

namespace pepline {
namespace {

class ShiftedClockTest : public testing::Test {
 protected:
  void SetUp() override {
    auto clock =
        ShiftedClock::Create(ProgramFolder() + "/libshifted_clock.so", folder_.path() + "/shift");
    ASSERT_TRUE(clock.ok()) << clock.status();
    clock_ = *std::move(clock);
  }
  // What the child wrote.
  std::string Run(std::vector<std::string> command) {
    const std::string output = folder_.path() + "/output";
    std::filesystem::remove(output);
    auto process = ChildProcess::Start({.command = std::move(command),
                                        .environment = clock_->Environment(),
                                        .output_file = output});
    EXPECT_TRUE(process.ok()) << process.status();
    EXPECT_TRUE(WaitUntil([&] { return !(*process)->Running(); }, absl::Seconds(30)));
    return ReadFile(output).value_or("");
  }
  // How wrong the clock of a child is.
  absl::Duration Wrong() {
    std::int64_t seconds = 0;
    EXPECT_TRUE(absl::SimpleAtoi(Run({"date", "+%s"}), &seconds));
    return absl::FromUnixSeconds(seconds) - absl::Now();
  }

  TemporaryFolder folder_;
  std::unique_ptr<ShiftedClock> clock_;
};

TEST_F(ShiftedClockTest, AProcessIsAsFarOffAsItsFileSays) {
  EXPECT_LT(absl::AbsDuration(Wrong()), absl::Seconds(5));
  for (const absl::Duration shift : {absl::Hours(24 * 40), -absl::Minutes(3)}) {
    clock_->Set(shift);
    EXPECT_LT(absl::AbsDuration(Wrong() - shift), absl::Seconds(5));
  }
  EXPECT_LT(absl::AbsDuration(absl::Now() - absl::FromUnixNanos(absl::GetCurrentTimeNanos())),
            absl::Seconds(5));
}

// Run by the test below as well, in a process whose clock is wrong.
TEST(ShiftedClockChild, WaitsForASecond) {
  const auto began = std::chrono::steady_clock::now();
  absl::Notification never;
  never.WaitForNotificationWithTimeout(absl::Seconds(1));
  const auto waited = std::chrono::steady_clock::now() - began;
  EXPECT_GT(waited, std::chrono::milliseconds(900));
  EXPECT_LT(waited, std::chrono::seconds(10));
}

TEST_F(ShiftedClockTest, AWaitOfASecondTakesASecondInAProcessWhoseClockIsOff) {
  for (const absl::Duration shift : {absl::Hours(24 * 40), -absl::Hours(24 * 40)}) {
    clock_->Set(shift);
    EXPECT_THAT(Run({ProgramFolder() + "/unit_support_test", "--gtest_filter=ShiftedClockChild.*"}),
                testing::HasSubstr("[  PASSED  ] 1 test"));
  }
}

TEST(FreeSimulatedClock, GoesBackAsWell) {
  const TemporaryFolder folder;
  const std::string file = folder.path() + "/clock";
  std::string content = "pepclock";
  content.resize(16, '\0');
  ASSERT_TRUE(WriteFile(file, content).ok());
  auto clock = FreeSimulatedClock::Open(file);
  ASSERT_TRUE(clock.ok()) << clock.status();
  for (const std::int64_t micros : {2'000'000, 1'000'000}) {
    (*clock)->Set(absl::FromUnixMicros(micros));
    std::int64_t read = 0;
    std::memcpy(&read, ReadFile(file)->data() + 8, sizeof(read));
    EXPECT_EQ(read, micros);
  }
}

}  // namespace
}  // namespace pepline
