// W3C trace context ("traceparent": parse, make, pass on) and the spans of this process.
// A Span is a stretch of work of one thread. While it lives it is what this thread does now: events
// follow from it (execute.cc), log lines carry its trace, and other spans may be its children.
// Promises: a span holds a name and notes from the fixed list below, none of them personal, no id
// of a child, a plan or a person; without a sink it costs an id and no more. Does not: send
// anything (see otlp_exporter.h). Errors: none. Threads: one thread per span; the functions from
// any.
#ifndef PEPLINE_SHARED_OBSERVABILITY_TRACE_H_
#define PEPLINE_SHARED_OBSERVABILITY_TRACE_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/time.h"

namespace pepline {

// True for a well-formed version-00 traceparent with non-zero ids.
bool IsTraceparent(std::string_view text);
// Same trace, new span; a new trace when `parent` is not a traceparent.
std::string ChildTraceparent(std::string_view parent);
// The 32 hexadecimal digits that all spans of a trace share; empty when it is not a traceparent.
std::string_view TraceIdOf(std::string_view traceparent);

enum class SpanKind { kInternal, kServer, kClient, kConsumer };

// Everything that may be said of a span. The names are in trace.cc.
enum class SpanNote {
  kRpc,         // "pepline.scheduling.v1.SchedulingService/FinaliseEpep"
  kStatusCode,  // gRPC's
  kTopic,
  kEventType,   // full name of an event of a contract
  kRecordKind,  // "plan"
  kOutcome,
};
std::string_view NameOf(SpanNote note);

// A span that is over.
struct FinishedSpan {
  std::string traceparent;
  std::string parent;  // traceparent; empty for the first of its trace
  SpanKind kind = SpanKind::kInternal;
  std::string name;
  absl::Time start;
  absl::Time end;
  std::vector<std::pair<SpanNote, std::string>> notes;
  std::string failure;  // a code; empty when it went well
};

// Where finished spans go. Take is called by any thread and must not block.
class SpanSink {
 public:
  virtual ~SpanSink() = default;
  virtual void Take(FinishedSpan span) = 0;
};
// For the whole process; null ends it. When it returns, the sink before is not in use any more.
void SetSpanSink(SpanSink* sink);

class Span {
 public:
  // A child of `parent`, or the first of a new trace where that is not a traceparent.
  Span(SpanKind kind, std::string name, std::string_view parent);
  ~Span();
  Span(const Span&) = delete;
  Span& operator=(const Span&) = delete;

  const std::string& traceparent() const { return span_.traceparent; }
  void Note(SpanNote note, std::string value);
  // `code` is a status code's name, never a message.
  void Fail(std::string code) { span_.failure = std::move(code); }

 private:
  FinishedSpan span_;
  const Span* const around_;
};

// Of the innermost span of this thread; empty outside of any.
std::string CurrentTraceparent();

}  // namespace pepline

#endif  // PEPLINE_SHARED_OBSERVABILITY_TRACE_H_
