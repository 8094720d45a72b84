#include "shared/observability/otlp_exporter.h"

#include <curl/curl.h>

#include <algorithm>
#include <atomic>
#include <deque>
#include <iterator>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "shared/base/hex.h"
#include "shared/observability/log.h"

namespace pepline {
namespace {

constexpr std::string_view kPath = "/v1/traces";
constexpr std::string_view kDropped = "pepline_trace_spans_dropped_total";
constexpr std::size_t kLongestAnswer = 64 * 1024;

struct HandleCleanup {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct ListCleanup {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

// What became of one POST.
struct Answer {
  enum class Kind { kTaken, kAgain, kNever };
  Kind kind = Kind::kAgain;
  absl::Duration retry_after;  // 0: the collector does not say
  std::int64_t rejected = 0;
  std::string cause;
};

// Whether the time that Stop left is over; a call under way is broken off then.
struct Patience {
  const std::atomic<bool>& stopping;
  const std::atomic<std::int64_t>& stop_by_micros;
  bool over() const { return stopping && absl::ToUnixMicros(absl::Now()) > stop_by_micros; }
};

int Continue(void* patience, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<const Patience*>(patience)->over() ? 1 : 0;
}

std::size_t Keep(char* bytes, std::size_t size, std::size_t count, void* answer) {
  auto& text = *static_cast<std::string*>(answer);
  // A collector's answer is short; the rest of a long one is not looked at.
  text.append(bytes, std::min(size * count, kLongestAnswer - text.size()));
  return size * count;
}

bool IsRetryable(long code) { return code == 429 || code == 502 || code == 503 || code == 504; }

void Add(std::string_view key, const std::string& value, runtime::v1::KeyValue& out) {
  out.set_key(std::string(key));
  out.mutable_value()->set_string_value(value);
}

runtime::v1::SpanKind ToProto(SpanKind kind) {
  switch (kind) {
    case SpanKind::kInternal:
      return runtime::v1::SPAN_KIND_INTERNAL;
    case SpanKind::kServer:
      return runtime::v1::SPAN_KIND_SERVER;
    case SpanKind::kClient:
      return runtime::v1::SPAN_KIND_CLIENT;
    case SpanKind::kConsumer:
      return runtime::v1::SPAN_KIND_CONSUMER;
  }
  return runtime::v1::SPAN_KIND_UNSPECIFIED;
}

std::string Bytes(std::string_view hex) { return BytesOfHex(hex); }

std::string SpanIdOf(std::string_view traceparent) { return Bytes(traceparent.substr(36, 16)); }

// The last bit of the flags: whoever began the trace wants it recorded.
bool IsSampled(std::string_view traceparent) {
  return ((traceparent.back() >= 'a' ? traceparent.back() - 'a' + 10 : traceparent.back() - '0') &
          1) != 0;
}

}  // namespace

absl::Status CheckOtlpEndpoint(std::string_view endpoint) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (endpoint.substr(0, scheme.size()) != scheme) continue;
    const std::string_view rest = endpoint.substr(scheme.size());
    const std::string_view host = rest.substr(0, rest.find('/'));
    if (!host.empty() && host.front() != ':' &&
        endpoint.find_first_of(" ?#@") == std::string_view::npos) {
      return absl::OkStatus();
    }
  }
  return absl::InvalidArgumentError(
      "give http://host:port or https://host:port of a collector, without user, query or "
      "\"/v1/traces\"");
}

runtime::v1::ExportTraceServiceRequest ToExportRequest(const OtlpOptions& options,
                                                       const std::vector<FinishedSpan>& spans) {
  runtime::v1::ExportTraceServiceRequest request;
  auto* of_service = request.add_resource_spans();
  auto* resource = of_service->mutable_resource();
  Add("service.name", absl::StrCat("pepline-", options.service), *resource->add_attributes());
  Add("service.version", options.version, *resource->add_attributes());
  Add("service.instance.id", options.instance, *resource->add_attributes());
  auto* scope = of_service->add_scope_spans();
  scope->mutable_scope()->set_name("pepline");
  scope->mutable_scope()->set_version(options.version);
  for (const FinishedSpan& span : spans) {
    auto* one = scope->add_spans();
    one->set_trace_id(Bytes(TraceIdOf(span.traceparent)));
    one->set_span_id(SpanIdOf(span.traceparent));
    if (!span.parent.empty()) one->set_parent_span_id(SpanIdOf(span.parent));
    one->set_name(span.name);
    one->set_kind(ToProto(span.kind));
    one->set_start_time_unix_nano(static_cast<std::uint64_t>(absl::ToUnixNanos(span.start)));
    one->set_end_time_unix_nano(static_cast<std::uint64_t>(absl::ToUnixNanos(span.end)));
    for (const auto& [note, value] : span.notes) Add(NameOf(note), value, *one->add_attributes());
    if (!span.failure.empty()) {
      one->mutable_status()->set_code(runtime::v1::SPAN_STATUS_CODE_ERROR);
      one->mutable_status()->set_message(span.failure);
    }
  }
  return request;
}

struct OtlpExporter::Parts {
  const OtlpOptions options;
  Metrics& metrics;
  const std::string url;
  std::thread thread = {};
  std::atomic<bool> stopping = false;
  std::atomic<std::int64_t> stop_by_micros = 0;

  absl::Mutex mutex = {};
  std::deque<FinishedSpan> queue ABSL_GUARDED_BY(mutex) = {};

  void Run();
  std::vector<FinishedSpan> AwaitBatch();
  // Until the collector has it, will never have it, or there is no time left.
  void Send(CURL* handle, const std::vector<FinishedSpan>& batch);
  Answer Post(CURL* handle, const std::string& body);
  // Ends early when it is time to stop.
  void Pause(absl::Duration pause);
  void Drop(std::string_view cause, std::size_t count) {
    if (count > 0) metrics.Count(kDropped, {{"cause", cause}}, static_cast<double>(count));
  }
};

OtlpExporter::OtlpExporter(OtlpOptions options, Metrics& metrics) {
  curl_global_init(CURL_GLOBAL_DEFAULT);
  std::string url(absl::StripSuffix(options.endpoint, "/"));
  absl::StrAppend(&url, std::string(kPath));
  parts_.reset(new Parts{.options = std::move(options), .metrics = metrics, .url = std::move(url)});
  parts_->thread = std::thread([parts = parts_.get()] { parts->Run(); });
}

OtlpExporter::~OtlpExporter() { Stop(absl::ZeroDuration()); }

void OtlpExporter::Take(FinishedSpan span) {
  if (!IsSampled(span.traceparent)) return;
  {
    absl::MutexLock lock(&parts_->mutex);
    if (!parts_->stopping && parts_->queue.size() < parts_->options.queue) {
      parts_->queue.push_back(std::move(span));
      return;
    }
  }
  parts_->Drop(parts_->stopping ? "stopping" : "queue-full", 1);
}

void OtlpExporter::Stop(absl::Duration bound) {
  if (!parts_->thread.joinable()) return;
  parts_->stop_by_micros = absl::ToUnixMicros(absl::Now() + bound);
  {
    absl::MutexLock lock(&parts_->mutex);  // so that the thread looks
    parts_->stopping = true;
  }
  parts_->thread.join();
}

std::vector<FinishedSpan> OtlpExporter::Parts::AwaitBatch() {
  absl::MutexLock lock(&mutex);
  const auto any = [this]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return stopping || !queue.empty(); };
  mutex.Await(absl::Condition(&any));
  const auto full = [this]() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    return stopping || queue.size() >= options.batch;
  };
  mutex.AwaitWithTimeout(absl::Condition(&full), options.interval);
  const auto end =
      queue.begin() + static_cast<std::ptrdiff_t>(std::min(queue.size(), options.batch));
  std::vector<FinishedSpan> batch(std::make_move_iterator(queue.begin()),
                                  std::make_move_iterator(end));
  queue.erase(queue.begin(), end);
  return batch;
}

void OtlpExporter::Parts::Pause(absl::Duration pause) {
  absl::MutexLock lock(&mutex);
  const auto stop = [this] { return stopping.load(); };
  mutex.AwaitWithTimeout(absl::Condition(&stop), pause);
}

Answer OtlpExporter::Parts::Post(CURL* handle, const std::string& body) {
  const Patience patience{stopping, stop_by_micros};
  const std::unique_ptr<curl_slist, ListCleanup> headers(
      curl_slist_append(nullptr, "Content-Type: application/x-protobuf"));
  std::string text;
  curl_easy_reset(handle);  // keeps the connection
  curl_easy_setopt(handle, CURLOPT_URL, url.c_str());
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle, CURLOPT_PROXY, "");
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(handle, CURLOPT_POSTFIELDS, body.data());
  curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS,
                   static_cast<long>(absl::ToInt64Milliseconds(options.longest_call)));
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, &Keep);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, &text);
  curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, &Continue);
  curl_easy_setopt(handle, CURLOPT_XFERINFODATA, &patience);
  const CURLcode result = curl_easy_perform(handle);
  Answer answer;
  if (result != CURLE_OK) {
    answer.cause = curl_easy_strerror(result);
    return answer;
  }
  long code = 0;
  curl_off_t retry_after = 0;
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &code);
  curl_easy_getinfo(handle, CURLINFO_RETRY_AFTER, &retry_after);
  answer.cause = absl::StrCat("HTTP ", code);
  answer.retry_after = absl::Seconds(retry_after);
  if (code >= 200 && code < 300) {
    answer.kind = Answer::Kind::kTaken;
    runtime::v1::ExportTraceServiceResponse response;
    if (response.ParseFromString(text)) {
      answer.rejected = response.partial_success().rejected_spans();
    }
  } else if (!IsRetryable(code)) {
    answer.kind = Answer::Kind::kNever;
  }
  return answer;
}

void OtlpExporter::Parts::Send(CURL* handle, const std::vector<FinishedSpan>& batch) {
  const std::string body = ToExportRequest(options, batch).SerializeAsString();
  absl::Duration pause = options.shortest_pause;
  for (bool first = true;; first = false) {
    // Once it is time to stop, one more attempt is what the batch gets.
    const bool last = stopping;
    const Answer answer = Post(handle, body);
    if (answer.kind == Answer::Kind::kTaken) {
      const auto rejected = static_cast<std::size_t>(
          std::clamp<std::int64_t>(answer.rejected, 0, static_cast<std::int64_t>(batch.size())));
      metrics.Count("pepline_trace_spans_sent_total", {},
                    static_cast<double>(batch.size() - rejected));
      return Drop("rejected", rejected);
    }
    if (first || answer.kind == Answer::Kind::kNever) {
      LogWarning("the collector of traces does not take them; calls go on without",
                 {{LogField::kAddress, options.endpoint}, {LogField::kCause, answer.cause}});
    }
    if (answer.kind == Answer::Kind::kNever) return Drop("refused", batch.size());
    if (last) return Drop("stopping", batch.size());
    const absl::Duration wanted =
        answer.retry_after > absl::ZeroDuration() ? answer.retry_after : pause;
    Pause(std::min(wanted, options.longest_pause));
    pause = std::min(2 * pause, options.longest_pause);
  }
}

void OtlpExporter::Parts::Run() {
  const std::unique_ptr<CURL, HandleCleanup> handle(curl_easy_init());
  const Patience patience{stopping, stop_by_micros};
  while (true) {
    const std::vector<FinishedSpan> batch = AwaitBatch();
    if (batch.empty()) {
      if (stopping) return;
      continue;
    }
    if (handle == nullptr || patience.over()) {
      Drop(handle == nullptr ? "refused" : "stopping", batch.size());
    } else {
      Send(handle.get(), batch);
    }
  }
}

}  // namespace pepline
