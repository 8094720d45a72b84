// What the program of every service is built of: settings, clock, authenticator, store, relay,
// waker, consumer and the gRPC server, made in the right order. A main makes its own parts of it
// and hands them over:
//   ServiceHost host(argc, argv, {.name = "funding"}, settings, config.common, FundingMetrics());
//   funding::GrpcApi api(host.server(), host.engine(), children);
//   return host.Run({.api = &api, .api_name = ..., .on_record = ..., .operations = ...});
// Promises: nothing runs before Run, and nothing of what was handed over is called after it. Calls,
// alarms and consumed records have workers of their own, so that none starves another.
// Errors: the process ends in the constructor where a question is answered at once (--help) or the
// settings cannot be used (exit code 2, with every mistake on standard error).
#ifndef PEPLINE_SHARED_PROCESS_SERVICE_HOST_H_
#define PEPLINE_SHARED_PROCESS_SERVICE_HOST_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "shared/engine/command.h"
#include "shared/process/operations.h"
#include "shared/process/service.h"

namespace pepline {

// From the name follow topic, CloudEvents source, consumer group and the domain of refusals.
struct ServiceIdentity {
  std::string name;  // "funding"
  std::vector<std::string> topics_read;
};

class ServiceHost {
 public:
  struct Parts {
    grpc::Service* api;    // every unary call is admitted before its message is read
    std::string api_name;  // in full: "pepline.funding.v1.FundingService"
    std::function<absl::Status(const InboundRecord&)> on_record;
    std::function<absl::Status(const DueAlarm&)> on_alarm = {};  // none: no rule sets an alarm
    std::function<absl::Status()> count = {};                    // gauges; none: it has none
    OperationParts operations;                                   // --check, --rebuild and the like
  };

  // All must outlive this.
  ServiceHost(int argc, char** argv, ServiceIdentity identity, const Settings& settings,
              const CommonConfig& config, std::vector<MetricDefinition> metrics);
  ~ServiceHost();
  ServiceHost(const ServiceHost&) = delete;
  ServiceHost& operator=(const ServiceHost&) = delete;

  RedisStore& store() { return *store_; }
  const Clock& clock() const { return *basics_.clock; }
  Metrics& metrics() { return *basics_.metrics; }
  const Engine& engine() const { return engine_; }
  RpcServer& server() { return server_; }
  PartitionOwnership& ownership() { return ownership_; }
  // See Consumer.
  absl::Time CaughtUpSince(const std::string& topic, const std::string& key) const {
    return consumer_.CaughtUpSince(topic, key);
  }
  // Workers beside those of calls, alarms and records, as many as each of these have.
  std::unique_ptr<WorkerPool> MoreWorkers() const;

  // Carries out the operation that the command line asks for; or runs until SIGTERM or SIGINT.
  // Returns the exit code.
  int Run(Parts parts);

 private:
  struct Basics {
    std::unique_ptr<Metrics> metrics;
    std::unique_ptr<Clock> clock;
    std::unique_ptr<Authenticator> authenticator;
  };
  static Basics Begin(int argc, char** argv, const ServiceIdentity& identity,
                      const Settings& settings, const CommonConfig& config,
                      std::vector<MetricDefinition> metrics);

  const int argc_;
  char** const argv_;
  const CommonConfig& config_;
  const Basics basics_;
  const std::unique_ptr<RedisStore> store_;
  PartitionOwnership ownership_;
  const std::string topic_;
  OutboxRelay relay_;
  std::unique_ptr<WorkerPool> call_workers_, alarm_workers_, record_workers_;
  std::optional<Parts> parts_;  // from Run on
  Waker waker_;
  Consumer consumer_;
  RpcServer server_;
  const Engine engine_;
};

}  // namespace pepline

#endif  // PEPLINE_SHARED_PROCESS_SERVICE_HOST_H_
