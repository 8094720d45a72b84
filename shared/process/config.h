// Settings from environment variables PEPLINE_*: each has a name, a default, a check and a help
// line. All mistakes are reported together, each naming the variable, what it was given as, the
// allowed range and the fix; a PEPLINE_ variable that nobody reads is a mistake too (with the
// nearest name). Secrets are masked wherever settings are printed. Threads: use from one thread at
// start.
#ifndef PEPLINE_SHARED_PROCESS_CONFIG_H_
#define PEPLINE_SHARED_PROCESS_CONFIG_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "shared/kafka/kafka_options.h"
#include "shared/redis/redis_store.h"
#include "shared/rpc/grpc_server.h"
#include "shared/security/auth.h"

namespace pepline {

class Settings {
 public:
  explicit Settings(std::map<std::string, std::string> environment);
  static std::map<std::string, std::string> FromProcess();

  // An empty `fallback` in Text with required = true means the setting must be given.
  std::string Text(const std::string& name, const std::string& fallback, const std::string& help,
                   bool required = false);
  std::string Secret(const std::string& name, const std::string& help);
  int Number(const std::string& name, int fallback, int lowest, int highest,
             const std::string& help);
  absl::Duration Milliseconds(const std::string& name, absl::Duration fallback,
                              absl::Duration lowest, absl::Duration highest,
                              const std::string& help);
  bool Flag(const std::string& name, bool fallback, const std::string& help);
  std::string OneOf(const std::string& name, const std::string& fallback,
                    const std::vector<std::string>& allowed, const std::string& help);
  // A mistake found by the caller's own check.
  void Reject(const std::string& name, const std::string& why_and_fix);

  // InvalidArgument with every mistake, one a line; also finds PEPLINE_ variables nobody read.
  absl::Status Check() const;
  // "NAME=value   # help", secrets masked as "***".
  std::string Print() const;

 private:
  struct Entry {
    std::string value;
    std::string help;
    bool secret = false;
  };
  std::string Take(const std::string& name, const std::string& fallback, const std::string& help,
                   bool secret);
  std::map<std::string, std::string> environment_;
  std::map<std::string, Entry> read_;
  std::vector<std::string> mistakes_;
};

// What every service needs. Variables: PEPLINE_GRPC_ADDRESS, PEPLINE_METRICS_ADDRESS,
// PEPLINE_MAX_MESSAGE_BYTES, _MAX_CONCURRENT_STREAMS, _MAX_CONNECTIONS, PEPLINE_GRPC_MEMORY_BYTES,
// PEPLINE_GRPC_TLS_CERTIFICATE_FILE, _KEY_FILE, _CA_FILE, PEPLINE_GRPC_PLAIN_TEXT,
// PEPLINE_REDIS_HOST, _PORT, _USER, _PASSWORD, _TLS, _TLS_CA_FILE, _TLS_CERTIFICATE_FILE,
// _TLS_KEY_FILE, _TLS_SERVER_NAME, _CLUSTER, PEPLINE_PARTITIONS, PEPLINE_REDIS_CONNECTIONS,
// PEPLINE_OUTBOX_LIMIT, PEPLINE_FIRST_START, PEPLINE_KAFKA_BOOTSTRAP, PEPLINE_KAFKA_SETTINGS
// ("name=value,..."), PEPLINE_KAFKA_SASL_PASSWORD, PEPLINE_OTLP_ENDPOINT, PEPLINE_JWKS_FILE,
// PEPLINE_TOKEN_ISSUER, PEPLINE_TOKEN_AUDIENCE, PEPLINE_SERVICE_JWKS_FILE,
// PEPLINE_SERVICE_TOKEN_ISSUER, PEPLINE_TOKEN_LONGEST_LIFE_SECONDS, PEPLINE_WORKERS,
// PEPLINE_DRAIN_MILLISECONDS, PEPLINE_CLOCK (system | simulated:<file>),
// PEPLINE_ALLOW_SIMULATED_CLOCK, PEPLINE_PORTS_FILE (where the bound ports are written).
struct CommonConfig {
  std::string service;
  GrpcServerOptions grpc;
  std::string metrics_address = "127.0.0.1:0";
  RedisStoreOptions redis;
  KafkaOptions kafka;
  AuthOptions auth;
  bool first_start = false;  // an empty Redis is a new one, whatever the topics hold
  int workers = 64;
  absl::Duration drain = absl::Seconds(10);
  std::string clock = "system";
  std::string otlp_endpoint;  // "http://collector:4318"; empty: no traces leave the service
  std::string ports_file;
};
CommonConfig ReadCommonConfig(const std::string& service, Settings& settings);

}  // namespace pepline

#endif  // PEPLINE_SHARED_PROCESS_CONFIG_H_
