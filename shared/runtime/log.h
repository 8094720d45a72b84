// JSON lines on standard error. Only fields from a fixed list may be logged, and none of them is
// personal: that list is the enum below. A line that is written within a span (trace.h) carries its
// trace id by itself. Messages are string literals, so that no data slips in.
// Threads: safe from any thread; one line is written at once.
#ifndef PEPLINE_SHARED_RUNTIME_LOG_H_
#define PEPLINE_SHARED_RUNTIME_LOG_H_

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace pepline {

enum class LogField {
  kAddress,      // host:port of ours
  kAggregateId,  // opaque
  kAttempt,
  kCause,  // an error text of a library or of our own; never user input
  kCount,
  kEventType,
  kFile,
  kKind,
  kOffset,
  kPartition,
  kReason,  // refusal reason
  kRpc,
  kService,
  kSetting,
  kTopic,
  kTrace,
};

// A message that can only be a literal.
class LogMessage {
 public:
  template <std::size_t N>
  consteval LogMessage(const char (&text)[N]) : text_(text, N - 1) {}  // NOLINT: meant to convert
  std::string_view text() const { return text_; }

 private:
  std::string_view text_;
};

using LogFields = std::initializer_list<std::pair<LogField, std::string>>;

void LogInfo(LogMessage message, LogFields fields = {});
void LogWarning(LogMessage message, LogFields fields = {});
void LogError(LogMessage message, LogFields fields = {});

// Put on every line from now on. Call once at start.
void SetLogService(std::string service);

}  // namespace pepline

#endif  // PEPLINE_SHARED_RUNTIME_LOG_H_
