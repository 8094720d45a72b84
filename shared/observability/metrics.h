// The numbers a service exposes. Every metric is defined once with help, type and labels; counting
// an undefined metric or label is a bug and aborts. Names: "pepline_" + noun + base unit; labels
// come from a short allowed list and never hold an id of a person, school or plan. Threads: safe
// from any thread.
#ifndef PEPLINE_SHARED_OBSERVABILITY_METRICS_H_
#define PEPLINE_SHARED_OBSERVABILITY_METRICS_H_

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/time.h"

namespace prometheus {
class Registry;
}

namespace pepline {

class Heartbeats;

struct MetricDefinition {
  enum class Type { kCounter, kGauge, kHistogram };
  std::string name;
  std::string help;
  Type type = Type::kCounter;
  std::vector<std::string> labels = {};
  std::vector<double> buckets = {};  // for histograms; seconds where the name says so
};

using MetricLabels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

class Metrics {
 public:
  // The runtime's own metrics are always defined; `own` are the service's.
  explicit Metrics(std::vector<MetricDefinition> own = {});
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  void Count(std::string_view name, MetricLabels labels = {}, double by = 1);
  void Set(std::string_view name, MetricLabels labels, double value);
  // The gauge's series with these labels is gone; nothing where there was none.
  void Forget(std::string_view name, MetricLabels labels);
  void Observe(std::string_view name, MetricLabels labels, absl::Duration duration);
  void Observe(std::string_view name, MetricLabels labels, double value);  // without a unit
  // Present value of a counter or gauge (0 when never touched); for tests and for progress.
  double Value(std::string_view name, MetricLabels labels = {}) const;

  // The loops of this process; what they say is exposed as pepline_loop_... by UpdateLoops.
  Heartbeats& heartbeats() const;
  void UpdateLoops();

  std::shared_ptr<prometheus::Registry> registry() const;
  static const std::vector<MetricDefinition>& RuntimeDefinitions();
  static const std::vector<std::string>& AllowedLabels();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace pepline

#endif  // PEPLINE_SHARED_OBSERVABILITY_METRICS_H_
