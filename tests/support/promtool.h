// Asks Prometheus's own promtool what an expression gives once the alert rules have seen some
// series.
// Errors: Unavailable where promtool is not installed, with the fix, or does not end; Internal with
// its words when it does not understand the question. Threads: safe from any thread; blocks.
#ifndef PEPLINE_TESTS_SUPPORT_PROMTOOL_H_
#define PEPLINE_TESTS_SUPPORT_PROMTOOL_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace pepline {

struct PromtoolQuestion {
  std::vector<std::string> rule_files;
  absl::Duration interval;  // of scraping and of evaluating
  // 'name{label="value"}' -> its values in promtool's notation, one an interval.
  std::map<std::string, std::string> series;
  std::string expression;
  absl::Duration at;  // since the first value
};

absl::Status PromtoolAvailable();

// The labels of each sample that the expression gives.
using PromtoolLabels = std::map<std::string, std::string>;
absl::StatusOr<std::vector<PromtoolLabels>> AskPromtool(const PromtoolQuestion& question);

}  // namespace pepline

#endif  // PEPLINE_TESTS_SUPPORT_PROMTOOL_H_
