#include "tests/support/promtool.h"

#include <sys/wait.h>

#include <cstdlib>
#include <regex>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/stack/processes.h"

namespace pepline {
namespace {

constexpr absl::Duration kBound = absl::Minutes(2);
// The answer is told only where something else was expected.
constexpr char kNotExpected[] = "[{labels: nothing, value: 1}]";

std::string TestOf(const PromtoolQuestion& question) {
  const std::int64_t seconds = absl::ToInt64Seconds(question.interval);
  std::string test = absl::StrCat("rule_files: [", absl::StrJoin(question.rule_files, ", "),
                                  "]\nevaluation_interval: ", seconds,
                                  "s\ntests:\n  - interval: ", seconds, "s\n    input_series:\n");
  for (const auto& [name, values] : question.series) {
    absl::StrAppend(&test, "      - series: '", name, "'\n        values: '", values, "'\n");
  }
  absl::StrAppend(&test, "    promql_expr_test:\n      - expr: '", question.expression,
                  "'\n        eval_time: ", absl::ToInt64Seconds(question.at),
                  "s\n        exp_samples: ", kNotExpected, "\n");
  return test;
}

}  // namespace

absl::Status PromtoolAvailable() {
  const int code = std::system("command -v promtool >/dev/null 2>&1");
  if (WIFEXITED(code) && WEXITSTATUS(code) == 0) return absl::OkStatus();
  return absl::UnavailableError(
      "promtool is not installed, so no rule can be asked; `make setup-check` installs it");
}

absl::StatusOr<std::vector<PromtoolLabels>> AskPromtool(const PromtoolQuestion& question) {
  if (absl::Status available = PromtoolAvailable(); !available.ok()) return available;
  const TemporaryFolder folder;
  const std::string file = absl::StrCat(folder.path(), "/test.yaml");
  if (absl::Status written = WriteFile(file, TestOf(question)); !written.ok()) return written;
  const std::string output = absl::StrCat(folder.path(), "/output");
  auto promtool =
      ChildProcess::Start({.command = {"promtool", "test", "rules", file}, .output_file = output});
  if (!promtool.ok()) return promtool.status();
  if (!WaitUntil([&] { return !(*promtool)->Running(); }, kBound)) {
    return absl::UnavailableError("promtool does not end");
  }
  const std::string said = ReadFile(output).value_or("");
  const auto got = said.find("got:");
  if (got == std::string::npos) {
    return absl::InternalError(absl::StrCat("promtool says ", said.substr(0, 500)));
  }
  std::vector<PromtoolLabels> samples;
  const std::string answer = said.substr(got);
  const std::regex sample("\\{([^}]*)\\}"), label("([A-Za-z_]+)=\"([^\"]*)\"");
  for (std::sregex_iterator one(answer.begin(), answer.end(), sample), end; one != end; ++one) {
    const std::string inside = (*one)[1].str();
    PromtoolLabels labels;
    for (std::sregex_iterator pair(inside.begin(), inside.end(), label); pair != end; ++pair) {
      labels[(*pair)[1].str()] = (*pair)[2].str();
    }
    samples.push_back(std::move(labels));
  }
  return samples;
}

}  // namespace pepline
