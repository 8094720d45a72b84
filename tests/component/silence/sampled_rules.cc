#include "tests/component/silence/sampled_rules.h"

#include <prometheus/registry.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/support/promtool.h"

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

}  // namespace

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

absl::StatusOr<std::set<std::string>> SampledRules::Firing() const {
  PromtoolQuestion question{
      .rule_files = {absl::StrCat(kRules, "recording.yaml"), absl::StrCat(kRules, "alerts.yaml")},
      .interval = kInterval,
      .series = {},
      .expression = "ALERTS{alertstate=\"firing\"}",
      .at = kInterval * static_cast<std::int64_t>(taken_ - 1)};
  for (const auto& [name, values] : samples_) question.series[name] = absl::StrJoin(values, " ");
  const auto samples = AskPromtool(question);
  if (!samples.ok()) return samples.status();
  std::set<std::string> firing;
  for (PromtoolLabels labels : *samples) {
    const std::string& loop = labels["loop"];
    firing.insert(loop.empty() ? labels["alertname"]
                               : absl::StrCat(labels["alertname"], " ", loop));
  }
  return firing;
}

}  // namespace pepline
