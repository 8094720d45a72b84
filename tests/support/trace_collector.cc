#include "tests/support/trace_collector.h"

#include <civetweb.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <thread>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "pepline/runtime/v1/traces.pb.h"
#include "shared/base/loopback_wake.h"

namespace pepline {
namespace {

std::string ReadBody(mg_connection* connection) {
  std::string body;
  char bytes[16 * 1024];
  int count = 0;
  while ((count = mg_read(connection, bytes, sizeof(bytes))) > 0) {
    body.append(bytes, static_cast<std::size_t>(count));
  }
  return body;
}

int Reply(mg_connection* connection, int code, const std::string& headers,
          const std::string& body) {
  mg_printf(connection,
            "HTTP/1.1 %d Answer\r\nContent-Type: application/x-protobuf\r\n"
            "Content-Length: %zu\r\n%s\r\n",
            code, body.size(), headers.c_str());
  mg_write(connection, body.data(), body.size());
  return code;
}

CollectedSpan Read(const runtime::v1::TraceSpan& span, const std::string& service) {
  CollectedSpan one{
      .service = service,
      .trace = absl::BytesToHexString(span.trace_id()),
      .id = absl::BytesToHexString(span.span_id()),
      .parent = absl::BytesToHexString(span.parent_span_id()),
      .name = span.name(),
      .kind = span.kind(),
      .start = absl::FromUnixNanos(static_cast<std::int64_t>(span.start_time_unix_nano())),
      .end = absl::FromUnixNanos(static_cast<std::int64_t>(span.end_time_unix_nano())),
      .attributes = {},
      .failure = span.status().code() == runtime::v1::SPAN_STATUS_CODE_ERROR
                     ? span.status().message()
                     : ""};
  for (const auto& attribute : span.attributes()) {
    one.attributes[attribute.key()] = attribute.value().string_value();
  }
  return one;
}

}  // namespace

struct TraceCollector::Parts {
  mg_context* server = nullptr;
  int port = 0;
  mutable absl::Mutex mutex = {};
  std::vector<CollectedSpan> spans ABSL_GUARDED_BY(mutex) = {};
  std::map<std::string, std::string> resource ABSL_GUARDED_BY(mutex) = {};
  std::deque<int> next_codes ABSL_GUARDED_BY(mutex) = {};
  int retry_after ABSL_GUARDED_BY(mutex) = 0;
  int reject ABSL_GUARDED_BY(mutex) = 0;
  int calls ABSL_GUARDED_BY(mutex) = 0;
  int mistakes ABSL_GUARDED_BY(mutex) = 0;
  bool held ABSL_GUARDED_BY(mutex) = false;

  int Take(mg_connection* connection);
  static int OnPost(mg_connection* connection, void* owner) {
    return static_cast<Parts*>(owner)->Take(connection);
  }
};

int TraceCollector::Parts::Take(mg_connection* connection) {
  const mg_request_info* info = mg_get_request_info(connection);
  const char* type = mg_get_header(connection, "Content-Type");
  const std::string body = ReadBody(connection);
  runtime::v1::ExportTraceServiceRequest request;
  const bool right = std::strcmp(info->request_method, "POST") == 0 &&
                     (std::strcmp(info->local_uri, "/v1/traces") == 0 ||
                      std::strcmp(info->local_uri, "/tenant/v1/traces") == 0) &&
                     type != nullptr && std::strcmp(type, "application/x-protobuf") == 0 &&
                     request.ParseFromString(body) && request.resource_spans_size() > 0;
  absl::MutexLock lock(&mutex);
  ++calls;
  const auto go = [this]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return !held; };
  mutex.Await(absl::Condition(&go));
  if (!right) {
    ++mistakes;
    return Reply(connection, 400, "", "");
  }
  if (!next_codes.empty()) {
    const int code = next_codes.front();
    next_codes.pop_front();
    return Reply(connection, code,
                 retry_after > 0 ? absl::StrCat("Retry-After: ", retry_after, "\r\n") : "", "");
  }
  for (const auto& of_resource : request.resource_spans()) {
    resource.clear();
    for (const auto& attribute : of_resource.resource().attributes()) {
      resource[attribute.key()] = attribute.value().string_value();
    }
    for (const auto& scope : of_resource.scope_spans()) {
      for (const auto& span : scope.spans()) {
        if (span.trace_id().size() != 16 || span.span_id().size() != 8) ++mistakes;
        spans.push_back(Read(span, resource["service.name"]));
      }
    }
  }
  runtime::v1::ExportTraceServiceResponse response;
  if (reject > 0) response.mutable_partial_success()->set_rejected_spans(std::exchange(reject, 0));
  return Reply(connection, 200, "", response.SerializeAsString());
}

TraceCollector::TraceCollector() : parts_(new Parts) {
  const char* options[] = {"listening_ports", "127.0.0.1:0", "num_threads", "4", nullptr};
  parts_->server = mg_start(nullptr, nullptr, options);
  mg_server_port port{};
  if (parts_->server == nullptr || mg_get_server_ports(parts_->server, 1, &port) != 1) {
    std::fprintf(stderr, "the collector of traces cannot listen\n");
    std::abort();
  }
  parts_->port = port.port;
  mg_set_request_handler(parts_->server, "/", &Parts::OnPost, parts_.get());
}

TraceCollector::~TraceCollector() {
  Hold(false);
  // civetweb sees the wish to stop when a caller comes, or after two seconds.
  std::atomic<bool> stopped = false;
  std::thread waking([&] { WakeByLoopbackUntil(stopped, parts_->port); });
  mg_stop(parts_->server);
  stopped = true;
  waking.join();
}

std::string TraceCollector::endpoint() const {
  return absl::StrCat("http://127.0.0.1:", parts_->port);
}

void TraceCollector::AnswerNext(std::vector<int> codes, int retry_after) {
  absl::MutexLock lock(&parts_->mutex);
  parts_->next_codes.assign(codes.begin(), codes.end());
  parts_->retry_after = retry_after;
}

void TraceCollector::RejectOfNext(int spans) {
  absl::MutexLock lock(&parts_->mutex);
  parts_->reject = spans;
}

void TraceCollector::Hold(bool held) {
  absl::MutexLock lock(&parts_->mutex);
  parts_->held = held;
}

std::vector<CollectedSpan> TraceCollector::Spans() const {
  absl::MutexLock lock(&parts_->mutex);
  return parts_->spans;
}

int TraceCollector::calls() const {
  absl::MutexLock lock(&parts_->mutex);
  return parts_->calls;
}

int TraceCollector::mistakes() const {
  absl::MutexLock lock(&parts_->mutex);
  return parts_->mistakes;
}

std::map<std::string, std::string> TraceCollector::resource() const {
  absl::MutexLock lock(&parts_->mutex);
  return parts_->resource;
}

bool TraceCollector::Await(const std::function<bool(const std::vector<CollectedSpan>&)>& fits,
                           absl::Duration longest) const {
  absl::MutexLock lock(&parts_->mutex);
  const auto there = [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return fits(parts_->spans); };
  return parts_->mutex.AwaitWithTimeout(absl::Condition(&there), longest);
}

}  // namespace pepline
