#include "tests/component/silence/sampled_rules.h"

#include <prometheus/registry.h>
#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>
#include <regex>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/stack/processes.h"

namespace pepline {
namespace {

constexpr char kRules[] = PEPLINE_SOURCE "/deploy/prometheus/";

std::string SeriesOf(const std::string& name, const prometheus::ClientMetric& metric) {
  std::string series = absl::StrCat(name, "{namespace=\"pepline\",job=\"pepline-scheduling\"");
  for (const auto& label : metric.label) {
    absl::StrAppend(&series, ",", label.name, "=\"", label.value, "\"");
  }
  return absl::StrCat(series, ",instance=\"a\"}");
}

struct Output {
  int code = 0;
  std::string text;
};
Output RunPromtool(const std::string& file) {
  Output output;
  FILE* pipe = popen(absl::StrCat("promtool test rules ", file, " 2>&1").c_str(), "r");
  if (pipe == nullptr) return {-1, "promtool cannot be started"};
  char buffer[4096];
  while (std::fgets(buffer, sizeof(buffer), pipe) != nullptr) output.text += buffer;
  output.code = pclose(pipe);
  return output;
}

}  // namespace

absl::Status SampledRules::Available() {
  const int code = std::system("command -v promtool >/dev/null 2>&1");
  if (WIFEXITED(code) && WEXITSTATUS(code) == 0) return absl::OkStatus();
  return absl::UnavailableError(
      "promtool is not installed, so no rule can be asked; `make setup-check` installs it");
}

void SampledRules::Sample(Metrics& metrics) {
  metrics.UpdateLoops();
  std::map<std::string, std::string> now;
  for (const prometheus::MetricFamily& family : metrics.registry()->Collect()) {
    if (family.name.rfind("pepline_loop_", 0) != 0) continue;
    for (const prometheus::ClientMetric& metric : family.metric) {
      now[SeriesOf(family.name, metric)] = absl::StrCat(metric.gauge.value);
    }
  }
  for (const auto& [series, value] : now) {
    std::vector<std::string>& values = samples_[series];
    values.resize(taken_, "_");
    values.push_back(value);
  }
  ++taken_;
}

absl::StatusOr<std::set<std::string>> SampledRules::Firing(const std::string& folder) const {
  // promtool says what fires only where something else was expected.
  std::string test = absl::StrCat("rule_files: [", kRules, "recording.yaml, ", kRules,
                                  "alerts.yaml]\nevaluation_interval: 15s\ntests:\n"
                                  "  - interval: 15s\n    input_series:\n");
  for (const auto& [series, values] : samples_) {
    absl::StrAppend(&test, "      - series: '", series, "'\n        values: '",
                    absl::StrJoin(values, " "), "'\n");
  }
  absl::StrAppend(&test, "    promql_expr_test:\n      - expr: ALERTS{alertstate=\"firing\"}\n",
                  "        eval_time: ",
                  absl::ToInt64Seconds(kInterval * static_cast<std::int64_t>(taken_ - 1)),
                  "s\n        exp_samples: [{labels: nothing, value: 1}]\n");
  const std::string file = folder + "/sampled.yaml";
  if (absl::Status written = WriteFile(file, test); !written.ok()) return written;
  const Output output = RunPromtool(file);
  const auto got = output.text.find("got:");
  if (got == std::string::npos) return absl::InternalError(output.text);
  std::set<std::string> firing;
  const std::string answer = output.text.substr(got);
  const std::regex alert("\\{[^}]*alertname=\"([^\"]+)\"[^}]*\\}");
  const std::regex loop("loop=\"([^\"]+)\"");
  for (std::sregex_iterator it(answer.begin(), answer.end(), alert), end; it != end; ++it) {
    std::smatch named;
    const std::string labels = it->str();
    firing.insert(std::regex_search(labels, named, loop)
                      ? absl::StrCat((*it)[1].str(), " ", named[1].str())
                      : (*it)[1].str());
  }
  return firing;
}

}  // namespace pepline
