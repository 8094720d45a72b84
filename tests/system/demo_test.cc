// `make demo` from outside: the program plays the term, tells it plainly when piped, agrees with
// itself and leaves nothing running.
#include <gmock/gmock.h>
#include <signal.h>

#include <algorithm>
#include <filesystem>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "tools/stack/processes.h"

namespace pepline {
namespace {

constexpr std::size_t kColumns = 110;

// Processes that were started below this folder's name, which the demo's own stack folder has.
std::vector<std::string> ProcessesNaming(const std::string& text) {
  std::vector<std::string> found;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", error)) {
    auto command = ReadFile(entry.path().string() + "/cmdline");
    if (!command.ok() || command->empty()) continue;
    std::replace(command->begin(), command->end(), '\0', ' ');
    auto environment = ReadFile(entry.path().string() + "/environ");
    if (absl::StrContains(*command, text) ||
        absl::StrContains(environment.value_or(""), absl::StrCat(text, "/pepline-"))) {
      found.push_back(*command);
    }
  }
  return found;
}

std::size_t Characters(const std::string& line) {
  return static_cast<std::size_t>(std::count_if(line.begin(), line.end(), [](char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0) != 0x80;
  }));
}

class DemoTest : public testing::Test {
 protected:
  absl::StatusOr<std::unique_ptr<ChildProcess>> Start() {
    return ChildProcess::Start({.command = {"pepline-demo", "--folder", kept()},
                                .environment = {{"TMPDIR", folder_.path()}},
                                .output_file = output_file()});
  }
  std::string kept() const { return folder_.path() + "/kept"; }
  std::string output_file() const { return folder_.path() + "/output"; }
  std::string output() const { return ReadFile(output_file()).value_or(""); }
  // The number in the table's row.
  std::int64_t Row(const std::string& what) const {
    const std::vector<std::string> lines = absl::StrSplit(output(), '\n');
    for (const std::string& line : lines) {
      if (!absl::StartsWith(line, absl::StrCat("  ", what, " "))) continue;
      const std::vector<std::string> words =
          absl::StrSplit(line.substr(2 + what.size()), ' ', absl::SkipEmpty());
      std::int64_t number = -1;
      if (!words.empty() && absl::SimpleAtoi(words.front(), &number)) return number;
    }
    return -1;
  }

  TemporaryFolder folder_;
};

TEST_F(DemoTest, PlaysTheTermAndAgreesWithItself) {
  auto demo = Start();
  ASSERT_TRUE(demo.ok()) << demo.status();
  ASSERT_TRUE(WaitUntil([&] { return !(*demo)->Running(); }, absl::Seconds(240)));
  ASSERT_EQ((*demo)->ExitCode(), 0) << output();

  EXPECT_EQ(Row("PEPs due"), 39);
  EXPECT_EQ(Row("held"), 38);
  EXPECT_EQ(Row("finalised in time"), 32);
  EXPECT_EQ(Row("finalised late"), 5);
  EXPECT_GT(Row("SDQs missing"), 0);
  EXPECT_GT(Row("alerts escalated"), 0);
  EXPECT_GT(Row("alerts resolved"), 0);
  std::int64_t mails = 0;
  std::error_code error;
  for ([[maybe_unused]] const auto& mail :
       std::filesystem::directory_iterator(kept() + "/mails", error)) {
    ++mails;
  }
  EXPECT_GT(mails, 0);
  EXPECT_EQ(Row("mails delivered"), mails);

  const std::string text = output();
  EXPECT_EQ(text.find('\033'), std::string::npos) << "an escape code in a file";
  EXPECT_EQ(text.find('\r'), std::string::npos) << "a progress bar in a file";
  const std::vector<std::string> lines = absl::StrSplit(text, '\n');
  for (const std::string& line : lines) {
    EXPECT_LE(Characters(line), kColumns) << line;
  }
  EXPECT_THAT(ProcessesNaming(folder_.path()), testing::IsEmpty());
}

TEST_F(DemoTest, CtrlCStopsEverything) {
  auto demo = Start();
  ASSERT_TRUE(demo.ok()) << demo.status();
  // In the middle of the play: something has been told.
  ASSERT_TRUE(WaitUntil(
      [&] { return absl::StrContains(output(), "PEP meeting set") || !(*demo)->Running(); },
      absl::Seconds(120)));
  ASSERT_TRUE((*demo)->Running()) << output();
  ASSERT_EQ(kill((*demo)->pid(), SIGINT), 0);
  ASSERT_TRUE(WaitUntil([&] { return !(*demo)->Running(); }, absl::Seconds(30)));
  EXPECT_EQ((*demo)->ExitCode(), 130) << output();
  EXPECT_THAT(ProcessesNaming(folder_.path()), testing::IsEmpty());
}

}  // namespace
}  // namespace pepline
