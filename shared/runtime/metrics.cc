#include "shared/runtime/metrics.h"

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
#include "shared/runtime/heartbeat.h"

namespace pepline {
namespace {

using Type = MetricDefinition::Type;
using Labels = std::map<std::string, std::string>;

// A pod has at most 300 series (tests/checks/metrics_test.py), so each bucket must earn its place.
const std::vector<double> kSeconds = {0.0025, 0.005, 0.01, 0.05, 0.25, 0.5, 1, 5};
const std::vector<double> kRpcSeconds = {0.005, 0.025, 0.1, 0.5, 2.5};
// Alarms are measured in milliseconds while all is well; what people feel begins at a minute.
const std::vector<double> kLatenessSeconds = {0.001, 0.01, 0.1, 1, 5, 60, 600, 3600};

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
};

}  // namespace

struct Metrics::Parts {
  std::shared_ptr<prometheus::Registry> registry = std::make_shared<prometheus::Registry>();
  std::map<std::string, Defined, std::less<>> defined;  // never changes after the constructor
  Heartbeats heartbeats = Heartbeats();

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
      if (definition.labels.empty()) entry.counters->Add({});
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
      if (definition.labels.empty()) entry.histograms->Add({}, BucketsOf(definition));
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
  parts_->Find(name, Type::kCounter, labels).counters->Add(Parts::ToMap(labels)).Increment(by);
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
  metric.histograms->Add(Parts::ToMap(labels), BucketsOf(metric.definition)).Observe(value);
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
    Set("pepline_loop_heartbeat_limit_seconds", loop, absl::ToDoubleSeconds(age.options.limit));
    Set("pepline_loop_oldest_waiting_seconds", loop, absl::ToDoubleSeconds(age.oldest_waiting));
  }
}

std::shared_ptr<prometheus::Registry> Metrics::registry() const { return parts_->registry; }

const std::vector<MetricDefinition>& Metrics::RuntimeDefinitions() {
  static const std::vector<MetricDefinition>* const definitions = new std::vector<MetricDefinition>{
      {"pepline_commit_conflicts_total",
       "Commits tried again since another writer was faster",
       Type::kCounter,
       {"aggregate"},
       {}},
      {"pepline_refusals_total",
       "Commands that the rules refused",
       Type::kCounter,
       {"aggregate", "reason"},
       {}},
      {"pepline_wake_law_violations_total",
       "Rules that asked to be woken in the past: a bug",
       Type::kCounter,
       {"aggregate"},
       {}},
      {"pepline_rpc_requests_total",
       "RPCs answered: ok, refused for what the caller asked or is, or failed through us",
       Type::kCounter,
       {"rpc", "outcome"},
       {}},
      {"pepline_rpc_failures_total",
       "RPCs that failed through us, by gRPC status code",
       Type::kCounter,
       {"code"},
       {}},
      {"pepline_rpc_seconds",
       "Time from an RPC's arrival to its answer",
       Type::kHistogram,
       {},
       kRpcSeconds},
      {"pepline_rpc_refused_total",
       "RPCs refused before their handler ran",
       Type::kCounter,
       {"cause"},
       {}},
      {"pepline_personal_data_reads_total",
       "Calls of RPCs that give out personal data, by outcome; each has its line on the audit "
       "trail, but for those that were not answered since it could not be written",
       Type::kCounter,
       {"outcome"},
       {}},
      {"pepline_outbox_entries", "Events written and not yet on Kafka", Type::kGauge, {}, {}},
      {"pepline_outbox_capacity_entries",
       "How many events the outbox takes before commands are refused",
       Type::kGauge,
       {},
       {}},
      {"pepline_outbox_fullest_ratio",
       "Events in the fullest partition of the outbox, by what a partition takes",
       Type::kGauge,
       {},
       {}},
      {"pepline_outbox_oldest_age_seconds",
       "Age of the oldest event not yet on Kafka",
       Type::kGauge,
       {},
       {}},
      {"pepline_alarms_due", "Deadlines that are due and not yet handled", Type::kGauge, {}, {}},
      {"pepline_alarm_oldest_due_age_seconds",
       "How long the oldest due deadline has waited",
       Type::kGauge,
       {},
       {}},
      {"pepline_alarms_fired_total", "Deadlines handed to their handler", Type::kCounter, {}, {}},
      {"pepline_alarm_failures_total",
       "Deadlines whose handler failed; they come back",
       Type::kCounter,
       {},
       {}},
      {"pepline_alarm_lateness_seconds",
       "From a deadline's instant until its handler runs",
       Type::kHistogram,
       {},
       kLatenessSeconds},
      {"pepline_store_commit_seconds", "Time of one durable commit", Type::kHistogram, {}, {}},
      {"pepline_store_batch_commands",
       "Commands sent to Redis in one go",
       Type::kHistogram,
       {},
       {1, 4, 16, 64}},
      {"pepline_store_reconnects_total", "Connections to Redis made again", Type::kCounter, {}, {}},
      {"pepline_outbox_relayed_total",
       "Events that Kafka reported persisted",
       Type::kCounter,
       {},
       {}},
      {"pepline_outbox_relay_failures_total",
       "Deliveries to Kafka that failed and are repeated",
       Type::kCounter,
       {"cause"},
       {}},
      {"pepline_producer_rebuilds_total",
       "Kafka producers built anew after a fatal error",
       Type::kCounter,
       {},
       {}},
      {"pepline_consumer_records_total",
       "Records read, by what became of them",
       Type::kCounter,
       {"topic", "outcome"},
       {}},
      {"pepline_consumer_dead_letters_total",
       "Records put on a dead-letter topic",
       Type::kCounter,
       {"topic"},
       {}},
      {"pepline_consumer_retries_total",
       "Records tried again since a dependency was away",
       Type::kCounter,
       {},
       {}},
      {"pepline_consumer_lag_measured_age_seconds",
       "Since the broker last said how far the topics are",
       Type::kGauge,
       {},
       {}},
      {"pepline_consumer_oldest_unhandled_age_seconds",
       "Since the oldest record was read that is not handled",
       Type::kGauge,
       {"topic"},
       {}},
      {"pepline_consumer_gaps_total",
       "Events received whose predecessor is missing",
       Type::kCounter,
       {"topic"},
       {}},
      {"pepline_consumer_version_reuses_total",
       "Events whose number their sender had used for another one",
       Type::kCounter,
       {"topic"},
       {}},
      {"pepline_consumer_parked_keys",
       "Keys of which a record could not be handled and waits",
       Type::kGauge,
       {},
       {}},
      {"pepline_consumer_parked_oldest_age_seconds",
       "Since the oldest of these keys waits",
       Type::kGauge,
       {},
       {}},
      {"pepline_consumer_lag_records",
       "Records of a topic not yet handled",
       Type::kGauge,
       {"topic"},
       {}},
      {"pepline_consumer_position_records",
       "Records of a topic handled so far, by offsets",
       Type::kGauge,
       {"topic"},
       {}},
      {"pepline_jwks_reloads_total",
       "Times the file of token keys was read",
       Type::kCounter,
       {"outcome"},
       {}},
      {"pepline_tls_certificate_expiry_timestamp_seconds",
       "When our own certificate in force expires, as a Unix time; nothing without TLS",
       Type::kGauge,
       {"kind"},
       {}},
      {"pepline_tls_reloads_total",
       "Times changed TLS files were read",
       Type::kCounter,
       {"outcome"},
       {}},
      {"pepline_trace_spans_sent_total",
       "Spans that the collector of traces has taken",
       Type::kCounter,
       {},
       {}},
      {"pepline_trace_spans_dropped_total",
       "Spans that never reached the collector of traces",
       Type::kCounter,
       {"cause"},
       {}},
      {"pepline_loop_heartbeat_age_seconds",
       "How long ago a loop of the service came round",
       Type::kGauge,
       {"loop"},
       {}},
      {"pepline_loop_heartbeat_limit_seconds",
       "How long a loop may take to come round; beyond it, it stands still",
       Type::kGauge,
       {"loop"},
       {}},
      {"pepline_loop_oldest_waiting_seconds",
       "How long the oldest thing that a loop has not done has waited; 0 while nothing waits",
       Type::kGauge,
       {"loop"},
       {}},
      {"pepline_ready", "1 while the service is ready", Type::kGauge, {}, {}},
      {"pepline_store_up", "1 while Redis serves a partition at least", Type::kGauge, {}, {}},
      {"pepline_store_partitions", "Partitions of the store", Type::kGauge, {}, {}},
      {"pepline_store_served_partitions", "Of these, how many are served", Type::kGauge, {}, {}},
      {"pepline_clock_trusted",
       "1 while this machine's clock agrees with that of Redis; at 0 nothing is written",
       Type::kGauge,
       {},
       {}},
      {"pepline_clock_ahead_seconds",
       "How far this machine's clock is ahead of that of Redis; negative: behind",
       Type::kGauge,
       {},
       {}},
      {"pepline_build_info", "1, with the version that runs", Type::kGauge, {"version"}, {}},
      {"pepline_census_seconds",
       "Time of one count of what is in the store",
       Type::kHistogram,
       {},
       {0.01, 0.1, 1}},
      {"pepline_census_last_success_timestamp_seconds",
       "When what is in the store was counted last; 0 before the first time",
       Type::kGauge,
       {},
       {}},
  };
  return *definitions;
}

const std::vector<std::string>& Metrics::AllowedLabels() {
  static const std::vector<std::string>* const allowed = new std::vector<std::string>{
      "aggregate", "authority", "cause",  "channel", "code", "event", "kind",  "level",
      "loop",      "outcome",   "reason", "rpc",     "rule", "state", "topic", "version"};
  return *allowed;
}

}  // namespace pepline
