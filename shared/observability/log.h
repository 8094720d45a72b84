// JSON lines on standard error. Only fields from a fixed list may be logged, and none of them is
// personal: that list is the enum below. A line that is written within a span (trace.h) carries its
// trace id by itself. Messages are string literals, so that no data slips in. A line that cannot be
// written is lost in silence, but for those of the audit trail, which say so.
// Threads: safe from any thread; one line is written at once.
#ifndef PEPLINE_SHARED_OBSERVABILITY_LOG_H_
#define PEPLINE_SHARED_OBSERVABILITY_LOG_H_

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pepline {

enum class LogField {
  kAddress,      // host:port of ours
  kAggregateId,  // opaque
  kAttempt,
  kAudit,      // "personal-data-read": the line belongs to the audit trail
  kAuthority,  // its code
  kCause,      // an error text of a library or of our own; never user input
  kCount,
  kEventType,
  kFile,
  kKind,
  kOffset,
  kOutcome,
  kPartition,
  kPeer,    // identity of the client certificate
  kReason,  // refusal reason
  kRole,    // of the caller
  kRpc,
  kSchool,  // its URN
  kService,
  kSetting,
  kSubject,  // opaque id of the caller
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

// A line of the audit trail; `fields` begin with kAudit. False: it could not be written whole, and
// what it speaks of must not be done.
[[nodiscard]] bool LogAudit(LogMessage message,
                            const std::vector<std::pair<LogField, std::string>>& fields);

// Put on every line from now on. Call once at start.
void SetLogService(std::string service);

}  // namespace pepline

#endif  // PEPLINE_SHARED_OBSERVABILITY_LOG_H_
