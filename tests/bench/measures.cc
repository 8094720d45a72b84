#include "tests/bench/measures.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace pepline::bench {
namespace {

std::string Figure(double value) {
  if (value >= 1000) return absl::StrFormat("%.0f", value);
  return absl::StrFormat(value >= 10 ? "%.1f" : "%.2f", value);
}

}  // namespace

double Percentile(std::vector<double> values, double percent) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const auto place = static_cast<std::size_t>(percent / 100 * static_cast<double>(values.size()));
  return values[std::min(place, values.size() - 1)];
}

double Median(std::vector<double> values) { return Percentile(std::move(values), 50); }

absl::StatusOr<double> MedianOf(int rounds,
                                const std::function<absl::StatusOr<double>()>& measure) {
  std::vector<double> values;
  for (int round = 0; round < rounds; ++round) {
    auto value = measure();
    if (!value.ok()) return value.status();
    values.push_back(*value);
  }
  return Median(std::move(values));
}

std::string Table(const std::vector<Row>& rows) {
  std::string text = absl::StrFormat("%-6s %-72s %-4s %10s %10s %6s  %s\n", "goal", "what", "unit",
                                     "floor", "ours", "ratio", "wanted");
  for (const Row& row : rows) {
    absl::StrAppend(
        &text, absl::StrFormat("%-6s %-72s %-4s %10s %10s %6s  %s\n", row.goal, row.what, row.unit,
                               row.floor ? Figure(*row.floor) : "-", Figure(row.ours),
                               row.floor ? absl::StrFormat("%.2f", row.ours / *row.floor) : "-",
                               row.wanted));
  }
  return text;
}

}  // namespace pepline::bench
