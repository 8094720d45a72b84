#include "shared/process/service.h"

#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iostream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "shared/domain/access/peers.h"
#include "shared/engine/clock_set_back.h"
#include "shared/observability/heartbeat.h"
#include "shared/observability/log.h"
#include "shared/observability/metrics_port.h"
#include "shared/observability/otlp_exporter.h"
#include "shared/process/first_start.h"
#include "shared/redis/store_measures.h"
#include "shared/rpc/grpc_credentials.h"

namespace pepline {
namespace {

constexpr int kBadSettings = 2;
constexpr int kCouldNotStart = 3;
constexpr absl::Duration kDrainGrace = absl::Milliseconds(100);
constexpr absl::Duration kQuiet = absl::Milliseconds(50);
constexpr absl::Duration kLongestUntilQuiet = absl::Seconds(1);
constexpr absl::Duration kWheelMayStand = absl::Seconds(15);
// What a burst of calls took and gave back stays with the process until it is asked for.
constexpr absl::Duration kBetweenTrims = absl::Seconds(10);
// What is at least as large (bytes; larger than nearly every record) has pages of its own, which go
// when it does. glibc raises its own bound to the largest that was ever given back, and then a
// large message lies among small things that outlive it.
constexpr int kOfItsOwnPages = 64 * 1024;
// How long the last spans may take to leave.
constexpr absl::Duration kLongestFarewell = absl::Seconds(2);

// Signals arrive through a pipe, so that the loop below sees them where it waits anyway.
std::atomic<int> signal_pipe = -1;
void OnSignal(int) {
  const char byte = 0;
  if (write(signal_pipe, &byte, 1) < 0) _exit(kCouldNotStart);  // nobody would ever hear it
}

void Complain(const absl::Status& status) { std::cerr << status.message() << "\n"; }

class ServiceRunner {
 public:
  ServiceRunner(const CommonConfig& config, Metrics& metrics, const ServiceParts& parts)
      : config_(config), metrics_(metrics), parts_(parts) {}
  int Run();

 private:
  bool WaitForSignal(absl::Duration longest) const;  // true when one came
  absl::Status CheckTls() const;
  std::optional<int> AwaitStore();
  absl::Status FindReadiness();
  void ReportServed(std::string remark);
  void UpdateReadiness();
  void SendHeartbeat(RedisStore::Presence presence);
  absl::Status WritePorts() const;
  void DrainCalls() const;
  void StartTraces();
  void Stop();
  absl::Status Ready() const {
    absl::MutexLock lock(&mutex_);
    return ready_;
  }
  void SetReady(absl::Status status) {
    absl::MutexLock lock(&mutex_);
    ready_ = std::move(status);
  }

  const CommonConfig& config_;
  Metrics& metrics_;
  const ServiceParts& parts_;
  int pipe_[2] = {-1, -1};
  std::unique_ptr<MetricsPort> http_;
  std::unique_ptr<GrpcServer> grpc_;
  std::unique_ptr<OtlpExporter> traces_;  // null: traces leave this service in no form
  mutable absl::Mutex mutex_;
  absl::Status ready_ ABSL_GUARDED_BY(mutex_) = absl::UnavailableError("starting");
  std::string remark_ ABSL_GUARDED_BY(mutex_);
  std::atomic<SteadyTime> last_turn_ = std::chrono::steady_clock::now();
};

bool ServiceRunner::WaitForSignal(absl::Duration longest) const {
  pollfd readable{pipe_[0], POLLIN, 0};
  return poll(&readable, 1, static_cast<int>(absl::ToInt64Milliseconds(longest))) > 0;
}

// Before anything is started or waited for: a certificate that callers would refuse, or somebody
// else's, is a mistake of the settings.
absl::Status ServiceRunner::CheckTls() const {
  const TlsFiles& files = config_.grpc.tls;
  if (files.certificate.empty()) {
    LogWarning(
        "gRPC is in plain text: whoever reaches the port can read everything and call as "
        "anybody whose token he has; for development alone",
        {{LogField::kSetting, "PEPLINE_GRPC_PLAIN_TEXT"}});
    return absl::OkStatus();
  }
  const auto material = ReadTls(files, TlsNames(), absl::Now());
  if (!material.ok()) return material.status();
  const std::string_view ours = IdentityOf(config_.service).value_or("");
  if (material->identity == ours) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      TlsNames().certificate, ": the certificate in ", files.certificate, " is that of ",
      material->identity, "; give the one whose URI is ", std::string(ours)));
}

std::optional<int> ServiceRunner::AwaitStore() {
  absl::Status known, logged;
  while (true) {
    const absl::Status status = parts_.store->CheckLayout([this] {
      if (config_.first_start) return absl::OkStatus();
      return MayStartFirst(config_.kafka, absl::StrCat("pepline.", config_.service, ".events.v1"));
    });
    if (status.ok()) return std::nullopt;
    if (!absl::IsUnavailable(status)) {
      Complain(status);
      return kCouldNotStart;
    }
    // What is still so at the second look; connections are made in the background.
    if (status == known && status != logged) {
      logged = status;
      LogWarning("Redis cannot be used yet; waiting",
                 {{LogField::kAddress, absl::StrCat(config_.redis.host, ":", config_.redis.port)},
                  {LogField::kCause, std::string(status.message())}});
    }
    known = status;
    SetReady(status);
    last_turn_ = std::chrono::steady_clock::now();
    if (WaitForSignal(absl::Milliseconds(10))) return 0;
  }
}

absl::Status ServiceRunner::FindReadiness() {
  const RedisStore::Service store = parts_.store->Served();
  ReportServed(MeasureServed(store, parts_.store->partitions(), metrics_));
  // The part of a cluster that lives goes on with its children.
  if (store.partitions == 0) return store.trouble;
  if (absl::Status status = parts_.relay->Ready(); !status.ok()) return status;
  if (parts_.consumer != nullptr) {
    if (absl::Status status = parts_.consumer->Ready(); !status.ok()) return status;
  }
  return metrics_.heartbeats().Moving();
}

// What readiness does not tell: a part of the store is away.
void ServiceRunner::ReportServed(std::string remark) {
  absl::MutexLock lock(&mutex_);
  if (remark.empty() != remark_.empty()) {
    if (remark.empty()) {
      LogInfo("the whole store is served again");
    } else {
      LogWarning("a part of the store is not served", {{LogField::kCause, remark}});
    }
  }
  remark_ = std::move(remark);
}

void ServiceRunner::UpdateReadiness() {
  absl::Status now = FindReadiness();
  if (const absl::Status before = Ready(); before.ok() != now.ok()) {
    grpc_->SetServing(now.ok());
    if (now.ok()) {
      LogInfo("ready");
    } else {
      LogWarning("not ready", {{LogField::kCause, std::string(now.message())}});
    }
  }
  metrics_.Set("pepline_ready", {}, now.ok() ? 1 : 0);
  SetReady(std::move(now));
  last_turn_ = std::chrono::steady_clock::now();
}

// Without an answer the ownership holds what was learnt for a while, and then everything is ours.
void ServiceRunner::SendHeartbeat(RedisStore::Presence presence) {
  auto living =
      parts_.store->Heartbeat(parts_.ownership->replica(), PartitionOwnership::kLivesOn, presence);
  if (living.ok()) parts_.ownership->Learn(*std::move(living));
}

absl::Status ServiceRunner::WritePorts() const {
  if (config_.ports_file.empty()) return absl::OkStatus();
  const std::string beside = absl::StrCat(config_.ports_file, ".new");
  std::ofstream file(beside);
  file << "grpc=" << grpc_->port() << "\nmetrics=" << http_->port() << "\n";
  file.close();
  if (file && std::rename(beside.c_str(), config_.ports_file.c_str()) == 0) {
    return absl::OkStatus();
  }
  return absl::UnavailableError(absl::StrCat("PEPLINE_PORTS_FILE: cannot write ",
                                             config_.ports_file,
                                             "; give a file in a folder that can be written"));
}

void ServiceRunner::StartTraces() {
  if (config_.otlp_endpoint.empty()) return;
  char host[256] = "";
  gethostname(host, sizeof(host) - 1);
  traces_ =
      std::make_unique<OtlpExporter>(OtlpOptions{.endpoint = config_.otlp_endpoint,
                                                 .service = config_.service,
                                                 .version = PEPLINE_VERSION,
                                                 .instance = absl::StrCat(host, ":", getpid())},
                                     metrics_);
  SetSpanSink(traces_.get());
}

int ServiceRunner::Run() {
  mallopt(M_MMAP_THRESHOLD, kOfItsOwnPages);
  SetLogService(config_.service);
  LogGrpcErrors();
  if (const absl::Status usable = CheckTls(); !usable.ok()) {
    Complain(usable);
    return kBadSettings;
  }
  if (!config_.grpc.tls.certificate.empty()) parts_.server->AskForPeers();
  if (pipe(pipe_) != 0) {
    std::cerr << "cannot make a pipe: " << strerror(errno) << "\n";
    return kCouldNotStart;
  }
  signal_pipe = pipe_[1];
  struct sigaction action = {};
  action.sa_handler = OnSignal;
  action.sa_flags = SA_RESTART;
  sigaction(SIGTERM, &action, nullptr);
  sigaction(SIGINT, &action, nullptr);
  signal(SIGPIPE, SIG_IGN);

  const ClockSetBack clock_set_back(kCouldNotStart);
  auto http = MetricsPort::Start(
      config_.metrics_address, metrics_,
      {.before_scrape = [this] { metrics_.UpdateLoops(); },
       .health =
           [this] {
             const auto stands = std::chrono::steady_clock::now() - last_turn_.load();
             return absl::FromChrono(stands) < kWheelMayStand
                        ? absl::OkStatus()
                        : absl::UnavailableError("the main loop stands still");
           },
       .ready = [this] { return Ready(); },
       .details =
           [this] {
             absl::MutexLock lock(&mutex_);
             return absl::StrCat(remark_, LoopLines(metrics_.heartbeats().Ages()));
           }});
  if (!http.ok()) {
    Complain(http.status());
    return kCouldNotStart;
  }
  http_ = *std::move(http);
  if (const std::optional<int> ended = AwaitStore()) return *ended;

  StartTraces();
  parts_.relay->Start();
  if (parts_.consumer != nullptr) parts_.consumer->Start();
  if (parts_.waker != nullptr) parts_.waker->Start();
  auto grpc = GrpcServer::Start(config_.grpc, parts_.grpc_services, metrics_);
  if (grpc.ok()) grpc_ = *std::move(grpc);
  if (const absl::Status ports = grpc.ok() ? WritePorts() : grpc.status(); !ports.ok()) {
    Complain(ports);
    Stop();
    return kCouldNotStart;
  }
  LogInfo("started", {{LogField::kAddress, absl::StrCat("grpc port ", grpc_->port(),
                                                        ", metrics port ", http_->port())}});
  absl::Time measure_at = absl::InfinitePast(), heartbeat_at = absl::InfinitePast();
  absl::Time trim_at = absl::Now() + kBetweenTrims;
  do {
    UpdateReadiness();
    if (absl::Now() >= trim_at) {
      malloc_trim(0);
      trim_at = absl::Now() + kBetweenTrims;
    }
    if (absl::Now() >= heartbeat_at) {
      SendHeartbeat(RedisStore::Presence::kLives);
      heartbeat_at = absl::Now() + PartitionOwnership::kBetweenHeartbeats;
    }
    if (absl::Now() >= measure_at) {
      MeasureOutbox(*parts_.store, config_.redis.outbox_limit, metrics_);
      MeasureAlarms(*parts_.store, parts_.clock->Now(), metrics_);
      measure_at = absl::Now() + absl::Seconds(1);
    }
    // Readiness is looked for often until it is there, and then now and then.
  } while (!WaitForSignal(Ready().ok() ? absl::Milliseconds(100) : absl::Milliseconds(5)));
  LogInfo("stopping");
  Stop();
  LogInfo("stopped");
  return 0;
}

// Until nobody has called for a moment: the draining server says UNAVAILABLE, which callers try
// again elsewhere; once gRPC itself stops, it says CANCELLED to whoever comes.
void ServiceRunner::DrainCalls() const {
  const auto turned_away = [this] {
    return metrics_.Value("pepline_rpc_refused_total", {{"cause", "draining"}});
  };
  const absl::Time until = absl::Now() + kLongestUntilQuiet;
  double before = 0;
  do {
    before = turned_away();
    absl::SleepFor(kQuiet);
  } while (turned_away() != before && absl::Now() < until);
}

void ServiceRunner::Stop() {
  SetReady(absl::UnavailableError("stopping"));
  metrics_.Set("pepline_ready", {}, 0);
  if (grpc_ != nullptr) grpc_->SetServing(false);
  if (parts_.server != nullptr) {
    parts_.server->Drain(config_.drain / 2);
    DrainCalls();
  }
  // No call runs any more. The server itself would wait for the connections of idle callers too,
  // who look at theirs only every few seconds.
  if (grpc_ != nullptr) grpc_->Shutdown(kDrainGrace);
  if (parts_.consumer != nullptr) parts_.consumer->Stop();
  if (parts_.waker != nullptr) parts_.waker->Stop();
  parts_.relay->Stop();
  SendHeartbeat(RedisStore::Presence::kGoes);
  if (traces_ == nullptr) return;
  SetSpanSink(nullptr);
  traces_->Stop(std::min(config_.drain / 4, kLongestFarewell));
}

}  // namespace

int Serve(const CommonConfig& config, Metrics& metrics, const ServiceParts& parts) {
  // Debian's Abseil is compiled to look for deadlocks at every lock; the tests have it do so.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  return ServiceRunner(config, metrics, parts).Run();
}

}  // namespace pepline
