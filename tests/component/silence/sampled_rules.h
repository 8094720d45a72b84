// The alert rules of deploy/prometheus, asked whether they would fire on what a process exposes.
// Promises: Prometheus's own promtool evaluates the rules, as they are shipped, on the samples that
// were taken. Errors: those of AskPromtool. Threads: one at a time.
#ifndef PEPLINE_TESTS_COMPONENT_SILENCE_SAMPLED_RULES_H_
#define PEPLINE_TESTS_COMPONENT_SILENCE_SAMPLED_RULES_H_

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "shared/observability/metrics.h"

namespace pepline {

class SampledRules {
 public:
  // How often Prometheus asks, as the chart sets it.
  static constexpr absl::Duration kInterval = absl::Seconds(15);

  // One sample of what every loop of the process says now.
  void Sample(Metrics& metrics);
  // The alerts that fire at the last sample: "PeplineLoopBehind relay", or the name alone where the
  // alert names no loop.
  absl::StatusOr<std::set<std::string>> Firing() const;

 private:
  std::map<std::string, std::vector<std::string>> samples_;  // series -> values; "_": none
  std::size_t taken_ = 0;
};

}  // namespace pepline

#endif  // PEPLINE_TESTS_COMPONENT_SILENCE_SAMPLED_RULES_H_
