#include "tests/component/support/operation_runner.h"

#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace pepline {
namespace {

constexpr absl::Duration kLongestRun = absl::Seconds(60);

}  // namespace

OperationRunner::OperationRunner(const ServiceProcess& service)
    : program_(absl::StrCat("pepline-", service.service())) {
  auto environment = ReadFile(absl::StrCat("/proc/", service.pid(), "/environ"));
  EXPECT_TRUE(environment.ok()) << environment.status();
  if (!environment.ok()) return;
  const std::vector<std::string> pairs = absl::StrSplit(*environment, '\0');
  for (const std::string& pair : pairs) {
    const auto equals = pair.find('=');
    if (absl::StartsWith(pair, "PEPLINE_")) {
      environment_[pair.substr(0, equals)] = pair.substr(equals + 1);
    }
  }
}

OperationRunner::Ended OperationRunner::Run(const std::vector<std::string>& arguments) {
  Ended ended;
  const std::string file = absl::StrCat(folder_.path(), "/output-", ++runs_);
  std::vector<std::string> command{program_};
  command.insert(command.end(), arguments.begin(), arguments.end());
  auto process = ChildProcess::Start({.command = std::move(command),
                                      .environment = environment_,
                                      .clean_environment = true,
                                      .output_file = file,
                                      .folder = {}});
  EXPECT_TRUE(process.ok()) << process.status();
  if (!process.ok()) return ended;
  EXPECT_TRUE(WaitUntil([&] { return !(*process)->Running(); }, kLongestRun));
  ended.code = (*process)->ExitCode().value_or(-1);
  ended.output = ReadFile(file).value_or("");
  return ended;
}

std::vector<std::string> OperationRunner::Ended::Lines(const std::string& beginning) const {
  std::vector<std::string> lines = absl::StrSplit(output, '\n');
  std::erase_if(lines, [&](const std::string& line) { return !absl::StartsWith(line, beginning); });
  return lines;
}

void ExpectFoundAndMended(OperationRunner& operate, Store& store, Inventory& inventory) {
  const auto well = operate.Run({"--check"});
  ASSERT_EQ(well.code, 0) << well.output;
  auto held = inventory.Take();
  ASSERT_TRUE(held.ok()) << held.status();
  std::vector<std::string> expected;
  for (int partition = 0; partition < store.partitions() && expected.size() < 4; ++partition) {
    Commit broken{.partition = partition};
    const auto& index = (*held)[static_cast<std::size_t>(partition)].index;
    if (!index.empty() && expected.empty()) {
      auto members = store.ListIndex(partition, index.front(), "", 1);
      ASSERT_TRUE(members.ok() && members->size() == 1);
      broken.index = {{index.front(), members->front(), false}, {index.front(), "nobody.1", true}};
      expected.push_back("index entry missing: ");
      expected.push_back("index entry too many: id nobody.1 in ");
    }
    auto alarms = store.DueAlarms(partition, absl::InfiniteFuture(), 1);
    ASSERT_TRUE(alarms.ok()) << alarms.status();
    const bool has_alarm_pair = expected.size() > 2;
    if (!alarms->empty() && !has_alarm_pair) {
      const RecordKey key = alarms->front().key;
      broken.alarms = {{key, std::nullopt},
                       {{key.kind, "nobody.2"}, absl::FromUnixSeconds(4'000'000'000)}};
      expected.push_back(absl::StrCat("alarm missing: ", key.kind, " ", key.id));
      expected.push_back(absl::StrCat("alarm for nothing: ", key.kind, " nobody.2"));
    }
    auto applied = store.Apply(broken);
    ASSERT_TRUE(applied.ok()) << applied.status();
  }
  ASSERT_FALSE(expected.empty()) << "nothing is there to break";
  const auto found = operate.Run({"--check"});
  EXPECT_EQ(found.code, 1);
  for (const std::string& line : expected) {
    EXPECT_EQ(found.Lines(line).size(), 1u) << line << "\n" << found.output;
  }
  const std::string count = absl::StrCat(expected.size(), " differences");
  EXPECT_EQ(found.Lines(count).size(), 1u) << found.output;
  const auto repaired = operate.Run({"--check", "--repair"});
  EXPECT_EQ(repaired.Lines(absl::StrCat(count, ", ", expected.size(), " mended")).size(), 1u)
      << repaired.output;
  const auto again = operate.Run({"--check"});
  EXPECT_EQ(again.code, 0) << again.output;
}

void ExpectRebuildRefused(OperationRunner& operate) {
  const auto refused = operate.Run({"--rebuild"});
  EXPECT_EQ(refused.code, 3);
  EXPECT_NE(refused.output.find("estore its append-only file"), std::string::npos)
      << refused.output;
  EXPECT_NE(refused.output.find("--restored"), std::string::npos) << refused.output;
}

}  // namespace pepline
