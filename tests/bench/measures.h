// The measures of the benchmark (goals P1, P2, P4, P5, P6, P8 and P9), each in a file of its own,
// and the rows they fill. A figure is the median of the rounds; floor and ours come from the same
// run. Nothing here is asserted: figures are for people. Errors: whatever kept a measure from being
// taken; a measure that lost or doubled work is an error and no figure. Threads: one at a time.
#ifndef PEPLINE_TESTS_BENCH_MEASURES_H_
#define PEPLINE_TESTS_BENCH_MEASURES_H_

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace pepline::bench {

struct Row {
  std::string goal;  // "P4"
  std::string what;
  std::string unit;
  std::optional<double> floor;
  double ours = 0;
  std::string wanted;  // what the goal says
};

struct Options {
  int rounds = 3;
  int divide = 1;  // amounts of work are divided by it, to try the benchmark itself
  std::string kafka_jars;
  int Of(int amount) const { return amount / divide > 0 ? amount / divide : 1; }
};

// Throughput and latency of the floors, measured once and used by several goals.
struct Floors {
  double echo_per_second = 0;
  double echo_p50_micros = 0;
  double script_per_second = 0;       // 64 pipelined, as many as commands are in flight
  double script_deep_per_second = 0;  // 512 pipelined
  double script_p50_micros = 0;
};

absl::StatusOr<Floors> MeasureScript(const Options& options);                          // script.cc
absl::Status MeasureCommands(const Options&, Floors& floors, std::vector<Row>& rows);  // P4, P5
absl::Status MeasureAlarms(const Options&, const Floors&, std::vector<Row>& rows);     // P1, P2
absl::Status MeasureOutbox(const Options&, std::vector<Row>& rows);                    // P6
absl::Status MeasureMemory(const Options&, std::vector<Row>& rows);                    // P8
absl::Status MeasureStart(const Options&, std::vector<Row>& rows);                     // P9

double Median(std::vector<double> values);
double Percentile(std::vector<double> values, double percent);
// The median of `rounds` measures; the first error ends it.
absl::StatusOr<double> MedianOf(int rounds, const std::function<absl::StatusOr<double>()>& measure);
std::string Table(const std::vector<Row>& rows);

}  // namespace pepline::bench

#endif  // PEPLINE_TESTS_BENCH_MEASURES_H_
