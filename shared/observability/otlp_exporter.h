// Sends finished spans to a collector: OTLP/HTTP with protobuf, in batches, from one thread.
// Promises: Take never blocks; what does not fit into the queue is dropped and counted
// (pepline_trace_spans_dropped_total); a collector that is away or says 429, 502, 503 or 504 gets
// the same batch again, after its Retry-After or after a pause that doubles; Stop returns within
// its bound. Does not: keep spans over a restart, follow redirects, use a proxy of the environment.
// Errors: counted, and logged when sending begins to fail. Threads: Take from any.
// Source: opentelemetry.io/docs/specs/otlp (OTLP/HTTP, retryable codes).
#ifndef PEPLINE_SHARED_OBSERVABILITY_OTLP_EXPORTER_H_
#define PEPLINE_SHARED_OBSERVABILITY_OTLP_EXPORTER_H_

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "pepline/runtime/v1/traces.pb.h"
#include "shared/observability/metrics.h"
#include "shared/observability/trace.h"

namespace pepline {

// "http://host:port" or "https://host:port", perhaps with a path before "/v1/traces".
absl::Status CheckOtlpEndpoint(std::string_view endpoint);

struct OtlpOptions {
  std::string endpoint;  // "http://collector:4318"
  std::string service;   // "scheduling"
  std::string version;
  std::string instance;  // tells processes of one service apart
  std::size_t queue = 8192;
  std::size_t batch = 512;
  absl::Duration interval = absl::Seconds(1);  // how long a span waits for company
  absl::Duration longest_call = absl::Seconds(5);
  absl::Duration shortest_pause = absl::Milliseconds(500);
  absl::Duration longest_pause = absl::Seconds(30);
};

class OtlpExporter : public SpanSink {
 public:
  // `metrics` must outlive this.
  OtlpExporter(OtlpOptions options, Metrics& metrics);
  ~OtlpExporter() override;  // Stop(0)
  void Take(FinishedSpan span) override;
  // Sends what is queued as far as it goes in that time; nothing is taken any more.
  void Stop(absl::Duration bound);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

// One batch in the protocol's words.
runtime::v1::ExportTraceServiceRequest ToExportRequest(const OtlpOptions& options,
                                                       const std::vector<FinishedSpan>& spans);

}  // namespace pepline

#endif  // PEPLINE_SHARED_OBSERVABILITY_OTLP_EXPORTER_H_
