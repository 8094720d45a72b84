#include "shared/observability/log.h"

#include <unistd.h>

#include <cerrno>
#include <nlohmann/json.hpp>

#include "absl/base/attributes.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "shared/observability/trace.h"

namespace pepline {
namespace {

ABSL_CONST_INIT absl::Mutex service_mutex(absl::kConstInit);
std::string& ServiceName() {
  static std::string name;  // set once at start, under service_mutex
  return name;
}

std::string_view FieldName(LogField field) {
  switch (field) {
    case LogField::kAddress:
      return "address";
    case LogField::kAggregateId:
      return "aggregate_id";
    case LogField::kAttempt:
      return "attempt";
    case LogField::kAudit:
      return "audit";
    case LogField::kAuthority:
      return "authority";
    case LogField::kCause:
      return "cause";
    case LogField::kCount:
      return "count";
    case LogField::kEventType:
      return "event_type";
    case LogField::kFile:
      return "file";
    case LogField::kKind:
      return "kind";
    case LogField::kOffset:
      return "offset";
    case LogField::kOutcome:
      return "outcome";
    case LogField::kPartition:
      return "partition";
    case LogField::kPeer:
      return "peer";
    case LogField::kReason:
      return "reason";
    case LogField::kRole:
      return "role";
    case LogField::kRpc:
      return "rpc";
    case LogField::kSchool:
      return "school";
    case LogField::kService:
      return "service";
    case LogField::kSetting:
      return "setting";
    case LogField::kSubject:
      return "subject";
    case LogField::kTopic:
      return "topic";
    case LogField::kTrace:
      return "trace";
  }
  return "";
}

// All of it, or false.
bool WriteWhole(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(STDERR_FILENO, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

template <class Fields>
bool Write(std::string_view level, LogMessage message, const Fields& fields) {
  nlohmann::ordered_json line;
  line["time"] = absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", absl::Now(), absl::UTCTimeZone());
  line["level"] = level;
  {
    absl::MutexLock lock(&service_mutex);
    line["service"] = ServiceName();
  }
  line["message"] = message.text();
  for (const auto& [field, value] : fields) line[std::string(FieldName(field))] = value;
  const std::string_view trace_field = FieldName(LogField::kTrace);
  const std::string current = CurrentTraceparent();
  if (!current.empty() && !line.contains(trace_field)) line[trace_field] = TraceIdOf(current);
  // Bytes that are no UTF-8 are replaced: a log line must never fail.
  std::string text = line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  text += '\n';
  // One write call as a rule, so that lines of several threads never mix.
  return WriteWhole(text);
}

}  // namespace

void LogInfo(LogMessage message, LogFields fields) { Write("info", message, fields); }
void LogWarning(LogMessage message, LogFields fields) { Write("warning", message, fields); }
void LogError(LogMessage message, LogFields fields) { Write("error", message, fields); }

bool LogAudit(LogMessage message, const std::vector<std::pair<LogField, std::string>>& fields) {
  return Write("info", message, fields);
}

void SetLogService(std::string service) {
  absl::MutexLock lock(&service_mutex);
  ServiceName() = std::move(service);
}

}  // namespace pepline
