#include "shared/runtime/metrics_port.h"

#include <civetweb.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <atomic>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "shared/runtime/knock.h"

namespace pepline {

struct MetricsPort::Parts {
  Parts(Metrics& given_metrics, Answers given_answers)
      : metrics(given_metrics), answers(std::move(given_answers)) {}
  ~Parts() {
    if (server == nullptr) return;
    // civetweb sees the wish to stop when a caller comes, or after two seconds.
    std::atomic<bool> stopped = false;
    std::thread knocking([&] { KnockUntil(stopped, port); });
    mg_stop(server);
    stopped = true;
    knocking.join();
  }

  Metrics& metrics;
  const Answers answers;
  mg_context* server = nullptr;
  int port = 0;

  static int Answer(mg_connection* connection, int code, const std::string& type,
                    const std::string& body);
  static int OnMetrics(mg_connection* connection, void* owner);
  static int OnHealth(mg_connection* connection, void* owner);
  static int OnReady(mg_connection* connection, void* owner);
};

int MetricsPort::Parts::Answer(mg_connection* connection, int code, const std::string& type,
                               const std::string& body) {
  mg_printf(connection,
            "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n"
            "Connection: keep-alive\r\n\r\n",
            code, code == 200 ? "OK" : "Service Unavailable", type.c_str(), body.size());
  mg_write(connection, body.data(), body.size());
  return code;
}

int MetricsPort::Parts::OnMetrics(mg_connection* connection, void* owner) {
  const auto& self = *static_cast<Parts*>(owner);
  if (self.answers.before_scrape) self.answers.before_scrape();
  return Answer(connection, 200, "text/plain; version=0.0.4; charset=utf-8",
                prometheus::TextSerializer().Serialize(self.metrics.registry()->Collect()));
}

namespace {
std::string Words(const absl::Status& status) {
  return status.ok() ? "ok\n" : absl::StrCat(std::string(status.message()), "\n");
}
}  // namespace

int MetricsPort::Parts::OnHealth(mg_connection* connection, void* owner) {
  const absl::Status status = static_cast<Parts*>(owner)->answers.health();
  return Answer(connection, status.ok() ? 200 : 503, "text/plain", Words(status));
}

int MetricsPort::Parts::OnReady(mg_connection* connection, void* owner) {
  const Answers& answers = static_cast<Parts*>(owner)->answers;
  const absl::Status status = answers.ready();
  return Answer(connection, status.ok() ? 200 : 503, "text/plain",
                absl::StrCat(Words(status), answers.details ? answers.details() : std::string()));
}

MetricsPort::MetricsPort(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
MetricsPort::~MetricsPort() = default;

absl::StatusOr<std::unique_ptr<MetricsPort>> MetricsPort::Start(const std::string& address,
                                                                Metrics& metrics, Answers answers) {
  auto parts = std::make_unique<Parts>(metrics, std::move(answers));
  const char* options[] = {"listening_ports",
                           address.c_str(),
                           "num_threads",
                           "3",
                           "enable_keep_alive",
                           "yes",
                           "keep_alive_timeout_ms",
                           "5000",
                           "request_timeout_ms",
                           "5000",
                           nullptr};
  parts->server = mg_start(nullptr, nullptr, options);
  mg_server_port bound[1] = {};
  if (parts->server == nullptr || mg_get_server_ports(parts->server, 1, bound) != 1) {
    return absl::UnavailableError(
        absl::StrCat("PEPLINE_METRICS_ADDRESS: cannot listen on ", address,
                     "; is the port taken? Give a free address, or port 0 for any"));
  }
  parts->port = bound[0].port;
  mg_set_request_handler(parts->server, "/metrics$", &Parts::OnMetrics, parts.get());
  mg_set_request_handler(parts->server, "/healthz$", &Parts::OnHealth, parts.get());
  mg_set_request_handler(parts->server, "/readyz$", &Parts::OnReady, parts.get());
  return std::unique_ptr<MetricsPort>(new MetricsPort(std::move(parts)));
}

int MetricsPort::port() const { return parts_->port; }

}  // namespace pepline
