// W3C trace context: parse, make and pass on "traceparent". Threads: safe from any thread.
#ifndef PEPLINE_SHARED_RUNTIME_TRACE_H_
#define PEPLINE_SHARED_RUNTIME_TRACE_H_

#include <string>
#include <string_view>

namespace pepline {

// True for a well-formed version-00 traceparent with non-zero ids.
bool IsTraceparent(std::string_view text);
// Same trace, new span; a new trace when `parent` is not a traceparent.
std::string ChildTraceparent(std::string_view parent);

}  // namespace pepline

#endif  // PEPLINE_SHARED_RUNTIME_TRACE_H_
