#include "shared/observability/metrics_port.h"

#include <microhttpd.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <deque>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "shared/base/listen_address.h"

namespace pepline {
namespace {

constexpr unsigned kMostConnections = 256;
constexpr unsigned kMostOfOneAddress = 64;
constexpr unsigned kSecondsOfSilence = 5;
constexpr std::size_t kBytesOfAConnection = 8 * 1024;
constexpr int kMostScrapes = 4;

constexpr char kPlain[] = "text/plain";

std::string Words(const absl::Status& status) {
  return status.ok() ? "ok\n" : absl::StrCat(std::string(status.message()), "\n");
}

MHD_Result Answer(MHD_Connection* connection, unsigned code, const char* type,
                  const std::string& body) {
  MHD_Response* response = MHD_create_response_from_buffer(
      body.size(), const_cast<char*>(body.data()), MHD_RESPMEM_MUST_COPY);
  if (response == nullptr) return MHD_NO;
  MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
  const MHD_Result queued = MHD_queue_response(connection, code, response);
  MHD_destroy_response(response);
  return queued;
}

// One request from its first line to its end.
struct Request {
  MHD_Connection* connection;
  std::optional<std::string> scraped = std::nullopt;
};

}  // namespace

struct MetricsPort::Parts {
  Parts(Metrics& given_metrics, Answers given_answers)
      : metrics(given_metrics), answers(std::move(given_answers)), scraping([this] { Scrape(); }) {}
  ~Parts();

  MHD_Result Take(Request& request, std::string_view method, std::string_view path);
  // To the thread of scrapes; the connection rests until it has its answer.
  MHD_Result AskForScrape(Request& request);
  void Scrape();

  static MHD_Result OnRequest(void* owner, MHD_Connection* connection, const char* path,
                              const char* method, const char* version, const char* body,
                              std::size_t* body_bytes, void** request);
  static void OnEnd(void* owner, MHD_Connection* connection, void** request,
                    MHD_RequestTerminationCode why);

  Metrics& metrics;
  const Answers answers;
  MHD_Daemon* server = nullptr;
  absl::Mutex mutex;
  std::deque<Request*> waiting ABSL_GUARDED_BY(mutex);
  int scrapes ABSL_GUARDED_BY(mutex) = 0;  // that wait or run
  bool stopping ABSL_GUARDED_BY(mutex) = false;
  std::thread scraping;
};

MetricsPort::Parts::~Parts() {
  {
    absl::MutexLock lock(&mutex);
    stopping = true;
  }
  // It answers what waits; the server does not end while a connection rests.
  scraping.join();
  if (server != nullptr) MHD_stop_daemon(server);
}

MHD_Result MetricsPort::Parts::OnRequest(void* owner, MHD_Connection* connection, const char* path,
                                         const char* method, const char*, const char*,
                                         std::size_t* body_bytes, void** request) {
  if (*request == nullptr) {  // the headers alone; it is called again
    *request = new Request{.connection = connection};
    return MHD_YES;
  }
  if (*body_bytes > 0) {  // nobody asked for it
    *body_bytes = 0;
    return MHD_YES;
  }
  return static_cast<Parts*>(owner)->Take(*static_cast<Request*>(*request), method, path);
}

void MetricsPort::Parts::OnEnd(void*, MHD_Connection*, void** request, MHD_RequestTerminationCode) {
  delete static_cast<Request*>(*request);
  *request = nullptr;
}

MHD_Result MetricsPort::Parts::Take(Request& request, std::string_view method,
                                    std::string_view path) {
  if (method != MHD_HTTP_METHOD_GET && method != MHD_HTTP_METHOD_HEAD) {
    return Answer(request.connection, MHD_HTTP_METHOD_NOT_ALLOWED, kPlain, "only GET and HEAD\n");
  }
  if (path == "/healthz") {
    const absl::Status status = answers.health();
    return Answer(request.connection, status.ok() ? 200 : 503, kPlain, Words(status));
  }
  if (path == "/readyz") {
    const absl::Status status = answers.ready();
    return Answer(request.connection, status.ok() ? 200 : 503, kPlain,
                  absl::StrCat(Words(status), answers.details ? answers.details() : ""));
  }
  if (path != "/metrics") {
    return Answer(request.connection, 404, kPlain, "there are /metrics, /healthz and /readyz\n");
  }
  if (!request.scraped) return AskForScrape(request);
  return Answer(request.connection, 200, "text/plain; version=0.0.4; charset=utf-8",
                *request.scraped);
}

MHD_Result MetricsPort::Parts::AskForScrape(Request& request) {
  absl::MutexLock lock(&mutex);
  if (stopping || scrapes >= kMostScrapes) {
    return Answer(request.connection, 503, kPlain,
                  "too many scrapes at once; one every few seconds is enough\n");
  }
  ++scrapes;
  MHD_suspend_connection(request.connection);
  waiting.push_back(&request);
  return MHD_YES;
}

void MetricsPort::Parts::Scrape() {
  const auto wanted = [this]()
                          ABSL_NO_THREAD_SAFETY_ANALYSIS { return stopping || !waiting.empty(); };
  while (true) {
    Request* request = nullptr;
    {
      absl::MutexLock lock(&mutex, absl::Condition(&wanted));
      if (waiting.empty()) return;  // and stopping
      request = waiting.front();
      waiting.pop_front();
    }
    if (answers.before_scrape) answers.before_scrape();
    request->scraped = prometheus::TextSerializer().Serialize(metrics.registry()->Collect());
    absl::MutexLock lock(&mutex);
    --scrapes;
    MHD_resume_connection(request->connection);  // the last touch: it may end at any moment
  }
}

MetricsPort::MetricsPort(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
MetricsPort::~MetricsPort() = default;

absl::StatusOr<std::unique_ptr<MetricsPort>> MetricsPort::Start(const std::string& address,
                                                                Metrics& metrics, Answers answers) {
  auto parts = std::make_unique<Parts>(metrics, std::move(answers));
  const auto place = ResolveListenAddress(address);
  if (place != nullptr) {
    const unsigned family = place->ai_family == AF_INET6 ? MHD_USE_DUAL_STACK : MHD_NO_FLAG;
    parts->server = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | family, 0, nullptr, nullptr,
        &Parts::OnRequest, parts.get(), MHD_OPTION_SOCK_ADDR, place->ai_addr,
        MHD_OPTION_NOTIFY_COMPLETED, &Parts::OnEnd, nullptr, MHD_OPTION_CONNECTION_LIMIT,
        kMostConnections, MHD_OPTION_PER_IP_CONNECTION_LIMIT, kMostOfOneAddress,
        MHD_OPTION_CONNECTION_TIMEOUT, kSecondsOfSilence, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        kBytesOfAConnection, MHD_OPTION_END);
  }
  if (parts->server == nullptr) {
    return absl::UnavailableError(
        absl::StrCat("PEPLINE_METRICS_ADDRESS: cannot listen on ", address,
                     "; is the port taken? Give a free address, or port 0 for any"));
  }
  return std::unique_ptr<MetricsPort>(new MetricsPort(std::move(parts)));
}

int MetricsPort::port() const {
  return MHD_get_daemon_info(parts_->server, MHD_DAEMON_INFO_BIND_PORT)->port;
}

}  // namespace pepline
