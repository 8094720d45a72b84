// What every service does from its start to its end: start-up, the metrics port, truth about
// readiness, graceful stop. ServiceHost (service_host.h) makes the parts and calls these functions.
// Order at start: layout check (retried while Redis is away), relay and consumer, waker, gRPC;
// SERVING and /readyz 200 only while Redis answers, topic metadata is warm and partitions are
// assigned. /healthz is 200 as long as the process turns its wheel. SIGTERM: not ready at once,
// running calls finish, waker and consumer stop, the relay empties what it can, all inside
// config.drain; exit 0. Exit codes: 0 stopped by signal, 2 bad settings (also TLS files that cannot
// be used), 3 could not start (port taken, layout differs).
#ifndef PEPLINE_SHARED_PROCESS_SERVICE_H_
#define PEPLINE_SHARED_PROCESS_SERVICE_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "shared/base/clock.h"
#include "shared/base/worker_pool.h"
#include "shared/engine/waker.h"
#include "shared/kafka/consumer.h"
#include "shared/kafka/outbox_relay.h"
#include "shared/observability/metrics.h"
#include "shared/process/config.h"
#include "shared/redis/redis_store.h"
#include "shared/rpc/grpc_server.h"
#include "shared/store/partition_ownership.h"

namespace pepline {

// Handles --help, --version and --print-config and reports setting mistakes. A value means: exit
// with that code now.
std::optional<int> HandleArguments(int argc, char** argv, const std::string& service,
                                   const Settings& settings);

// The clock that config.clock names; reports to standard error and gives null when it cannot be had
// (simulated without PEPLINE_ALLOW_SIMULATED_CLOCK is already refused by ReadCommonConfig).
std::unique_ptr<Clock> MakeClock(const CommonConfig& config);
// The authenticator, or null after reporting to standard error.
std::unique_ptr<Authenticator> MakeAuthenticator(const CommonConfig& config, Metrics& metrics);
// Our certificate as a client of another service, or plain text where the service itself speaks it;
// null after reporting to standard error. Lives as long as the process.
std::shared_ptr<grpc::ChannelCredentials> MakeChannelCredentials(const CommonConfig& config);

struct ServiceParts {
  std::vector<grpc::Service*> grpc_services;
  RpcServer* server = nullptr;
  RedisStore* store = nullptr;
  OutboxRelay* relay = nullptr;
  Waker* waker = nullptr;        // null: no rule of the service sets an alarm
  Consumer* consumer = nullptr;  // null: the service consumes nothing
  const Clock* clock = nullptr;
  PartitionOwnership* ownership = nullptr;
};

// Runs until SIGTERM or SIGINT. Returns the exit code. Besides the RPC and runtime metrics it sets
// every second (and at every scrape) pepline_outbox_entries, pepline_outbox_oldest_age_seconds,
// pepline_alarms_due and pepline_alarm_oldest_due_age_seconds.
int Serve(const CommonConfig& config, Metrics& metrics, const ServiceParts& parts);

}  // namespace pepline

#endif  // PEPLINE_SHARED_PROCESS_SERVICE_H_
