// A collector of traces as far as a sender can tell: a real HTTP server that takes POST /v1/traces,
// also below /tenant,
// with protobuf, keeps what it decodes and answers ExportTraceServiceResponse.
//   TraceCollector collector;
//   ... PEPLINE_OTLP_ENDPOINT=collector.endpoint() ...
//   ASSERT_TRUE(collector.Await([](const auto& spans) { return spans.size() == 3; }));
// Promises: what does not keep to OTLP/HTTP (path, method, type, bytes) gets 400 and is counted.
// Threads: safe from any thread.
#ifndef PEPLINE_TESTS_SUPPORT_TRACE_COLLECTOR_H_
#define PEPLINE_TESTS_SUPPORT_TRACE_COLLECTOR_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"

namespace pepline {

// One span as the collector has it; ids in hexadecimal digits.
struct CollectedSpan {
  std::string service;  // the resource's service.name
  std::string trace;
  std::string id;
  std::string parent;  // empty: the first of its trace
  std::string name;
  int kind = 0;  // opentelemetry.proto.trace.v1.SpanKind
  absl::Time start;
  absl::Time end;
  std::map<std::string, std::string> attributes;
  std::string failure;
};

class TraceCollector {
 public:
  TraceCollector();
  ~TraceCollector();
  std::string endpoint() const;  // "http://127.0.0.1:<port>"

  // The next calls are answered with these codes, in order; Retry-After in seconds where not 0.
  void AnswerNext(std::vector<int> codes, int retry_after = 0);
  // The next call that is taken is answered with so many spans rejected.
  void RejectOfNext(int spans);
  // Calls are held until false again.
  void Hold(bool held);

  std::vector<CollectedSpan> Spans() const;
  int calls() const;
  int mistakes() const;                                 // of the sender against the protocol
  std::map<std::string, std::string> resource() const;  // of the last call
  bool Await(const std::function<bool(const std::vector<CollectedSpan>&)>& fits,
             absl::Duration longest = absl::Seconds(15)) const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace pepline

#endif  // PEPLINE_TESTS_SUPPORT_TRACE_COLLECTOR_H_
