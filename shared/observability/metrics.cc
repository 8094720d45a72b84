#include "shared/observability/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>

#include "absl/synchronization/mutex.h"
#include "shared/observability/heartbeat.h"

namespace pepline {
namespace {

using Type = MetricDefinition::Type;
using Labels = std::map<std::string, std::string>;

// A pod has at most 300 series (tests/checks/metrics_test.py), so each bucket must earn its place.
const std::vector<double> kSeconds = {0.0025, 0.005, 0.01, 0.05, 0.25, 0.5, 1, 5};

// The rules have more reasons to refuse than a pod has room for series. The first that it meets are
// told apart, and the others counted together, with every label "other".
constexpr std::string_view kRefusals = "pepline_refusals_total";
constexpr int kMostRefusals = 16;

[[noreturn]] void Bug(std::string_view what, std::string_view name) {
  std::fprintf(stderr, "bug: %.*s: %.*s\n", static_cast<int>(what.size()), what.data(),
               static_cast<int>(name.size()), name.data());
  std::abort();
}

const std::vector<double>& BucketsOf(const MetricDefinition& definition) {
  return definition.buckets.empty() ? kSeconds : definition.buckets;
}

struct Defined {
  MetricDefinition definition;
  prometheus::Family<prometheus::Counter>* counters = nullptr;
  prometheus::Family<prometheus::Gauge>* gauges = nullptr;
  prometheus::Family<prometheus::Histogram>* histograms = nullptr;
  // The one series of a metric without labels, so that nobody looks for it at every commit.
  prometheus::Counter* only_counter = nullptr;
  prometheus::Histogram* only_histogram = nullptr;
};

}  // namespace

struct Metrics::Parts {
  std::shared_ptr<prometheus::Registry> registry = std::make_shared<prometheus::Registry>();
  std::map<std::string, Defined, std::less<>> defined;  // never changes after the constructor
  Heartbeats heartbeats = Heartbeats();
  absl::Mutex mutex;
  int refusals_told_apart ABSL_GUARDED_BY(mutex) = 0;

  prometheus::Counter& RefusalsOf(const Defined& metric, Labels labels);
  void Define(const MetricDefinition& definition);
  const Defined& Find(std::string_view name, Type type, const MetricLabels& labels) const;
  static Labels ToMap(const MetricLabels& labels);
};

void Metrics::Parts::Define(const MetricDefinition& definition) {
  if (defined.contains(definition.name)) Bug("a metric is defined twice", definition.name);
  for (const std::string& label : definition.labels) {
    const auto& allowed = AllowedLabels();
    if (std::find(allowed.begin(), allowed.end(), label) == allowed.end()) {
      Bug("a label outside the allowed list", label);
    }
  }
  Defined entry{definition};
  switch (definition.type) {
    case Type::kCounter:
      entry.counters = &prometheus::BuildCounter()
                            .Name(definition.name)
                            .Help(definition.help)
                            .Register(*registry);
      // What has no labels is there from the start, so that its first rise can be seen.
      if (definition.labels.empty()) entry.only_counter = &entry.counters->Add({});
      break;
    case Type::kGauge:
      entry.gauges =
          &prometheus::BuildGauge().Name(definition.name).Help(definition.help).Register(*registry);
      if (definition.labels.empty()) entry.gauges->Add({});
      break;
    case Type::kHistogram:
      entry.histograms = &prometheus::BuildHistogram()
                              .Name(definition.name)
                              .Help(definition.help)
                              .Register(*registry);
      if (definition.labels.empty()) {
        entry.only_histogram = &entry.histograms->Add({}, BucketsOf(definition));
      }
      break;
  }
  defined.emplace(definition.name, std::move(entry));
}

const Defined& Metrics::Parts::Find(std::string_view name, Type type,
                                    const MetricLabels& labels) const {
  const auto found = defined.find(name);
  if (found == defined.end()) Bug("a metric without definition", name);
  const MetricDefinition& definition = found->second.definition;
  if (definition.type != type) Bug("a metric used as another type", name);
  if (labels.size() != definition.labels.size()) Bug("a metric with other labels", name);
  for (const auto& [label, value] : labels) {
    const auto& known = definition.labels;
    if (std::find(known.begin(), known.end(), label) == known.end()) {
      Bug("a metric with another label", name);
    }
  }
  return found->second;
}

prometheus::Counter& Metrics::Parts::RefusalsOf(const Defined& metric, Labels labels) {
  absl::MutexLock lock(&mutex);
  if (!metric.counters->Has(labels)) {
    if (refusals_told_apart < kMostRefusals) {
      ++refusals_told_apart;
    } else {
      for (auto& [label, value] : labels) value = "other";
    }
  }
  return metric.counters->Add(labels);
}

Labels Metrics::Parts::ToMap(const MetricLabels& labels) {
  Labels map;
  for (const auto& [label, value] : labels) map.emplace(label, value);
  return map;
}

Metrics::Metrics(std::vector<MetricDefinition> own) : parts_(std::make_unique<Parts>()) {
  for (const MetricDefinition& definition : RuntimeDefinitions()) parts_->Define(definition);
  for (const MetricDefinition& definition : own) parts_->Define(definition);
  Set("pepline_build_info", {{"version", PEPLINE_VERSION}}, 1);
  for (const char* cause : {"draining", "overloaded", "too-late"}) {
    Count("pepline_rpc_refused_total", {{"cause", cause}}, 0);
  }
  for (const char* outcome : {"answered", "denied", "unwritten"}) {
    Count("pepline_personal_data_reads_total", {{"outcome", outcome}}, 0);
  }
  for (const char* outcome : {"loaded", "refused"}) {
    Count("pepline_jwks_reloads_total", {{"outcome", outcome}}, 0);
  }
}

Metrics::~Metrics() = default;

void Metrics::Count(std::string_view name, MetricLabels labels, double by) {
  const Defined& metric = parts_->Find(name, Type::kCounter, labels);
  prometheus::Counter* const only = metric.only_counter;
  if (name == kRefusals) {
    parts_->RefusalsOf(metric, Parts::ToMap(labels)).Increment(by);
  } else {
    (only != nullptr ? *only : metric.counters->Add(Parts::ToMap(labels))).Increment(by);
  }
}

void Metrics::Set(std::string_view name, MetricLabels labels, double value) {
  parts_->Find(name, Type::kGauge, labels).gauges->Add(Parts::ToMap(labels)).Set(value);
}

void Metrics::Forget(std::string_view name, MetricLabels labels) {
  auto& gauges = *parts_->Find(name, Type::kGauge, labels).gauges;
  if (gauges.Has(Parts::ToMap(labels))) gauges.Remove(&gauges.Add(Parts::ToMap(labels)));
}

void Metrics::Observe(std::string_view name, MetricLabels labels, absl::Duration duration) {
  Observe(name, labels, absl::ToDoubleSeconds(duration));
}

void Metrics::Observe(std::string_view name, MetricLabels labels, double value) {
  const Defined& metric = parts_->Find(name, Type::kHistogram, labels);
  prometheus::Histogram* const only = metric.only_histogram;
  (only != nullptr ? *only
                   : metric.histograms->Add(Parts::ToMap(labels), BucketsOf(metric.definition)))
      .Observe(value);
}

double Metrics::Value(std::string_view name, MetricLabels labels) const {
  const auto found = parts_->defined.find(name);
  if (found == parts_->defined.end()) Bug("a metric without definition", name);
  const Defined& metric = found->second;
  if (metric.counters != nullptr) return metric.counters->Add(Parts::ToMap(labels)).Value();
  if (metric.gauges != nullptr) return metric.gauges->Add(Parts::ToMap(labels)).Value();
  Bug("a histogram has no single value", name);
}

Heartbeats& Metrics::heartbeats() const { return parts_->heartbeats; }

void Metrics::UpdateLoops() {
  for (const Heartbeats::Age& age : parts_->heartbeats.Ages()) {
    const MetricLabels loop = {{"loop", age.loop}};
    Set("pepline_loop_heartbeat_age_seconds", loop, absl::ToDoubleSeconds(age.since_turn));
    Set("pepline_loop_oldest_waiting_seconds", loop, absl::ToDoubleSeconds(age.oldest_waiting));
  }
}

std::shared_ptr<prometheus::Registry> Metrics::registry() const { return parts_->registry; }

}  // namespace pepline
