#include "shared/observability/trace.h"

#include <algorithm>
#include <atomic>
#include <random>

#include "absl/base/attributes.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"

namespace pepline {
namespace {

// "00-<32 hex>-<16 hex>-<2 hex>", https://www.w3.org/TR/trace-context/
constexpr std::size_t kLength = 55;

bool IsHex(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char letter) {
    return (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'f');
  });
}

bool IsZero(std::string_view text) { return text.find_first_not_of('0') == std::string_view::npos; }

std::uint64_t RandomNotZero() {
  // An id for tracing, not a secret.
  thread_local std::mt19937_64 random{std::random_device{}()};
  std::uint64_t number = 0;
  while (number == 0) number = random();
  return number;
}

// Sixteen hexadecimal digits.
std::string RandomDigits() { return absl::StrCat(absl::Hex(RandomNotZero(), absl::kZeroPad16)); }

ABSL_CONST_INIT absl::Mutex sink_mutex(absl::kConstInit);
SpanSink* the_sink ABSL_GUARDED_BY(sink_mutex) = nullptr;
std::atomic<bool> has_sink = false;  // spares the lock where there is none
thread_local const Span* innermost = nullptr;

}  // namespace

bool IsTraceparent(std::string_view text) {
  return text.size() == kLength && text.substr(0, 3) == "00-" && text[35] == '-' &&
         text[52] == '-' && IsHex(text.substr(3, 32)) && IsHex(text.substr(36, 16)) &&
         IsHex(text.substr(53, 2)) && !IsZero(text.substr(3, 32)) && !IsZero(text.substr(36, 16));
}

std::string ChildTraceparent(std::string_view parent) {
  const std::string span = RandomDigits();
  if (!IsTraceparent(parent)) {
    return absl::StrCat("00-", RandomDigits(), RandomDigits(), "-", span, "-01");
  }
  return absl::StrCat(std::string(parent.substr(0, 36)), span, std::string(parent.substr(52)));
}

std::string_view TraceIdOf(std::string_view traceparent) {
  return IsTraceparent(traceparent) ? traceparent.substr(3, 32) : std::string_view();
}

std::string_view NameOf(SpanNote note) {
  // As OpenTelemetry's semantic conventions have them, where they have one.
  switch (note) {
    case SpanNote::kRpc:
      return "rpc.method";
    case SpanNote::kStatusCode:
      return "rpc.response.status_code";
    case SpanNote::kTopic:
      return "messaging.destination.name";
    case SpanNote::kEventType:
      return "cloudevents.event_type";
    case SpanNote::kRecordKind:
      return "pepline.record_kind";
    case SpanNote::kOutcome:
      return "pepline.outcome";
  }
  return "";
}

void SetSpanSink(SpanSink* sink) {
  absl::MutexLock lock(&sink_mutex);
  the_sink = sink;
  has_sink = sink != nullptr;
}

Span::Span(SpanKind kind, std::string name, std::string_view parent) : around_(innermost) {
  span_.traceparent = ChildTraceparent(parent);
  if (IsTraceparent(parent)) span_.parent = std::string(parent);
  span_.kind = kind;
  span_.name = std::move(name);
  if (has_sink) span_.start = absl::Now();
  innermost = this;
}

Span::~Span() {
  innermost = around_;
  if (!has_sink) return;
  span_.end = absl::Now();
  // What began before there was a sink has no beginning.
  if (span_.start == absl::UnixEpoch()) return;
  absl::ReaderMutexLock lock(&sink_mutex);
  if (the_sink != nullptr) the_sink->Take(std::move(span_));
}

void Span::Note(SpanNote note, std::string value) {
  if (has_sink) span_.notes.emplace_back(note, std::move(value));
}

std::string CurrentTraceparent() {
  return innermost == nullptr ? std::string() : innermost->traceparent();
}

}  // namespace pepline
