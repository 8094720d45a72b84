#include "shared/process/config.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "shared/kafka/kafka_settings.h"
#include "shared/observability/otlp_exporter.h"
#include "shared/redis/redis_tls.h"

extern char** environ;

namespace pepline {
namespace {

constexpr std::string_view kPrefix = "PEPLINE_";

// What class of value was given, without repeating it: it might be a secret in the wrong place.
std::string ClassOf(const std::string& value) {
  std::int64_t number = 0;
  if (value.empty()) return "empty";
  if (absl::SimpleAtoi(value, &number)) return absl::StrCat("the number ", number);
  return absl::StrCat("a text of ", value.size(), " characters");
}

// Letters to insert, delete or replace (Levenshtein), for "did you mean".
std::size_t Distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row[b.size()];
}

// "name=value,..." pairs, such as librdkafka's settings, without the values that are secret.
std::string WithoutSecrets(const std::string& value) {
  std::vector<std::string> pairs = absl::StrSplit(value, ',');
  for (std::string& pair : pairs) {
    const std::string name = pair.substr(0, pair.find('='));
    const bool secret = absl::StrContains(name, "password") || absl::StrContains(name, "secret") ||
                        absl::StrContains(name, ".pem");
    if (secret && name.size() < pair.size()) pair = absl::StrCat(name, "=***");
  }
  return absl::StrJoin(pairs, ",");
}

}  // namespace

Settings::Settings(std::map<std::string, std::string> environment)
    : environment_(std::move(environment)) {}

std::map<std::string, std::string> Settings::FromProcess() {
  std::map<std::string, std::string> environment;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const auto equals = text.find('=');
    if (equals == std::string_view::npos || text.substr(0, kPrefix.size()) != kPrefix) continue;
    environment.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return environment;
}

std::string Settings::Take(const std::string& name, const std::string& fallback,
                           const std::string& help, bool secret) {
  const auto given = environment_.find(name);
  std::string value = given == environment_.end() ? fallback : given->second;
  read_[name] = {value, help, secret};
  return value;
}

void Settings::Reject(const std::string& name, const std::string& why_and_fix) {
  mistakes_.push_back(absl::StrCat(name, ": ", why_and_fix));
}

std::string Settings::Text(const std::string& name, const std::string& fallback,
                           const std::string& help, bool required) {
  std::string value = Take(name, fallback, help, false);
  if (required && value.empty()) Reject(name, absl::StrCat("must be set: ", help));
  return value;
}

std::string Settings::Secret(const std::string& name, const std::string& help) {
  return Take(name, "", help, true);
}

int Settings::Number(const std::string& name, int fallback, int lowest, int highest,
                     const std::string& help) {
  const std::string range = absl::StrCat(lowest, " to ", highest);
  const std::string text =
      Take(name, std::to_string(fallback), absl::StrCat(help, " (", range, ")"), false);
  int number = 0;
  if (absl::SimpleAtoi(text, &number) && number >= lowest && number <= highest) return number;
  Reject(name, absl::StrCat("was given ", ClassOf(text), "; give a whole number from ", range));
  return fallback;
}

absl::Duration Settings::Milliseconds(const std::string& name, absl::Duration fallback,
                                      absl::Duration lowest, absl::Duration highest,
                                      const std::string& help) {
  return absl::Milliseconds(Number(name, static_cast<int>(absl::ToInt64Milliseconds(fallback)),
                                   static_cast<int>(absl::ToInt64Milliseconds(lowest)),
                                   static_cast<int>(absl::ToInt64Milliseconds(highest)), help));
}

bool Settings::Flag(const std::string& name, bool fallback, const std::string& help) {
  return OneOf(name, fallback ? "true" : "false", {"true", "false"}, help) == "true";
}

std::string Settings::OneOf(const std::string& name, const std::string& fallback,
                            const std::vector<std::string>& allowed, const std::string& help) {
  const std::string choice = absl::StrJoin(allowed, ", ");
  std::string value = Take(name, fallback, absl::StrCat(help, " (", choice, ")"), false);
  if (std::find(allowed.begin(), allowed.end(), value) != allowed.end()) return value;
  Reject(name, absl::StrCat("was given ", ClassOf(value), "; give one of: ", choice));
  return fallback;
}

absl::Status Settings::Check() const {
  std::vector<std::string> mistakes = mistakes_;
  for (const auto& [name, value] : environment_) {
    if (read_.contains(name)) continue;
    const auto nearest =
        std::min_element(read_.begin(), read_.end(), [&name = name](const auto& a, const auto& b) {
          return Distance(name, a.first) < Distance(name, b.first);
        });
    mistakes.push_back(absl::StrCat(
        name, ": no such setting",
        nearest == read_.end() ? "" : absl::StrCat("; did you mean ", nearest->first, "?"),
        " Unset it, or see --help"));
  }
  if (mistakes.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrJoin(mistakes, "\n"));
}

std::string Settings::Print() const {
  std::string text;
  for (const auto& [name, entry] : read_) {
    const std::string value =
        entry.secret && !entry.value.empty() ? "***" : WithoutSecrets(entry.value);
    absl::StrAppend(&text, name, "=", value, "\n    # ", entry.help, "\n");
  }
  return text;
}

namespace {

// Mutual TLS is all three files; plain text must be asked for by name.
TlsFiles ReadGrpcTls(Settings& settings) {
  TlsFiles tls;
  tls.certificate = settings.Text("PEPLINE_GRPC_TLS_CERTIFICATE_FILE", "",
                                  "PEM file with the service's own certificate chain");
  tls.key = settings.Text("PEPLINE_GRPC_TLS_KEY_FILE", "", "PEM file with its private key");
  tls.authorities = settings.Text("PEPLINE_GRPC_TLS_CA_FILE", "",
                                  "PEM file with the authorities that vouch for callers");
  const bool plain_text = settings.Flag("PEPLINE_GRPC_PLAIN_TEXT", false,
                                        "true: gRPC without TLS, for development alone");
  const int given = static_cast<int>(!tls.certificate.empty()) +
                    static_cast<int>(!tls.key.empty()) + static_cast<int>(!tls.authorities.empty());
  if (plain_text && given > 0) {
    settings.Reject("PEPLINE_GRPC_PLAIN_TEXT",
                    "is true while TLS files are given; unset it, or unset PEPLINE_GRPC_TLS_*");
  } else if (!plain_text && given < 3) {
    settings.Reject("PEPLINE_GRPC_TLS_CERTIFICATE_FILE",
                    "mutual TLS needs PEPLINE_GRPC_TLS_CERTIFICATE_FILE, _KEY_FILE and _CA_FILE; "
                    "give all three, or PEPLINE_GRPC_PLAIN_TEXT=true for development");
  }
  return tls;
}

void ReadRedisAccess(Settings& settings, RedisStoreOptions& redis) {
  redis.user = settings.Text("PEPLINE_REDIS_USER", "", "Redis ACL user; empty: the default user");
  redis.password = settings.Secret("PEPLINE_REDIS_PASSWORD", "Redis password; empty: none");
  redis.tls_on = settings.Flag("PEPLINE_REDIS_TLS", false, "speak TLS to Redis");
  redis.tls.authorities = settings.Text("PEPLINE_REDIS_TLS_CA_FILE", "",
                                        "PEM file with the authorities that vouch for Redis");
  redis.tls.certificate = settings.Text("PEPLINE_REDIS_TLS_CERTIFICATE_FILE", "",
                                        "PEM file with our certificate for Redis; empty: none");
  redis.tls.key = settings.Text("PEPLINE_REDIS_TLS_KEY_FILE", "", "PEM file with its private key");
  redis.server_name =
      settings.Text("PEPLINE_REDIS_TLS_SERVER_NAME", "",
                    "name that Redis's certificate must carry; empty: PEPLINE_REDIS_HOST");
  redis.cluster = settings.Flag("PEPLINE_REDIS_CLUSTER", false,
                                "PEPLINE_REDIS_HOST is one node of a Redis Cluster");
  if (!redis.user.empty() && redis.password.empty()) {
    settings.Reject("PEPLINE_REDIS_PASSWORD", "must be set with PEPLINE_REDIS_USER");
  }
  if (redis.tls_on && !RedisTlsIsBuiltIn()) {
    settings.Reject("PEPLINE_REDIS_TLS",
                    "this build speaks no TLS to Redis; use the images, which are built on Debian "
                    "13 (hiredis with TLS), or unset it and keep Redis on a closed network");
  }
  if (redis.tls_on && redis.tls.authorities.empty()) {
    settings.Reject("PEPLINE_REDIS_TLS_CA_FILE", "must be set with PEPLINE_REDIS_TLS=true");
  }
  if (redis.tls.certificate.empty() != redis.tls.key.empty()) {
    settings.Reject("PEPLINE_REDIS_TLS_CERTIFICATE_FILE",
                    "needs PEPLINE_REDIS_TLS_KEY_FILE beside it; give both or neither");
  }
}

void ReadAuth(Settings& settings, AuthOptions& auth) {
  auth.jwks_path =
      settings.Text("PEPLINE_JWKS_FILE", "",
                    "file with the public keys of whoever signs people's tokens (JWKS)", true);
  auth.issuer =
      settings.Text("PEPLINE_TOKEN_ISSUER", "", "the iss that people's tokens must carry", true);
  auth.audience =
      settings.Text("PEPLINE_TOKEN_AUDIENCE", "pepline", "the aud that tokens must carry", true);
  auth.service_jwks_path = settings.Text(
      "PEPLINE_SERVICE_JWKS_FILE", "",
      "file with the public keys of Pepline's own services (JWKS); empty: none may call");
  auth.service_issuer =
      settings.Text("PEPLINE_SERVICE_TOKEN_ISSUER", "pepline-services",
                    "the iss of the tokens that Pepline's own services sign; these say the role "
                    "service and no other, and nobody else says it",
                    true);
  auth.longest_life = absl::Seconds(
      settings.Number("PEPLINE_TOKEN_LONGEST_LIFE_SECONDS",
                      static_cast<int>(absl::ToInt64Seconds(auth.longest_life)), 60, 24 * 60 * 60,
                      "how long a token may live, from its iat to its exp"));
  if (auth.service_issuer == auth.issuer) {
    settings.Reject("PEPLINE_SERVICE_TOKEN_ISSUER",
                    "is the issuer of people's tokens too (PEPLINE_TOKEN_ISSUER); give services "
                    "another one");
  }
}

}  // namespace

CommonConfig ReadCommonConfig(const std::string& service, Settings& settings) {
  CommonConfig config;
  config.service = service;
  config.grpc.address = settings.Text("PEPLINE_GRPC_ADDRESS", "127.0.0.1:0",
                                      "address of the gRPC port; port 0 takes any", true);
  config.grpc.max_message_bytes =
      settings.Number("PEPLINE_MAX_MESSAGE_BYTES", config.grpc.max_message_bytes, 64 * 1024,
                      64 * 1024 * 1024, "largest gRPC message that is accepted, bytes");
  config.grpc.max_concurrent_streams =
      settings.Number("PEPLINE_MAX_CONCURRENT_STREAMS", config.grpc.max_concurrent_streams, 1,
                      10'000, "RPCs at once on one connection");
  config.grpc.max_connections =
      settings.Number("PEPLINE_MAX_CONNECTIONS", config.grpc.max_connections, 8, 65'536,
                      "connections to the gRPC port at once; a quarter of them from one address");
  config.grpc.memory_bytes =
      settings.Number("PEPLINE_GRPC_MEMORY_BYTES", config.grpc.memory_bytes, 16 * 1024 * 1024,
                      1024 * 1024 * 1024, "what calls on their way may take together, bytes");
  config.grpc.tls = ReadGrpcTls(settings);
  config.metrics_address = settings.Text("PEPLINE_METRICS_ADDRESS", "127.0.0.1:0",
                                         "address of /metrics, /healthz and /readyz", true);
  config.redis.service = service;
  config.redis.host = settings.Text("PEPLINE_REDIS_HOST", "127.0.0.1", "Redis host", true);
  config.redis.port = settings.Number("PEPLINE_REDIS_PORT", 6379, 1, 65535, "Redis port");
  ReadRedisAccess(settings, config.redis);
  config.redis.partitions =
      settings.Number("PEPLINE_PARTITIONS", 16, 1, 1024,
                      "logical partitions of the store; fixed at the first start");
  config.redis.connections =
      settings.Number("PEPLINE_REDIS_CONNECTIONS", 2, 1, 64, "pipelined connections to Redis");
  config.redis.outbox_limit =
      settings.Number("PEPLINE_OUTBOX_LIMIT", 100'000, 100, 100'000'000,
                      "events that may wait for Kafka, per partition; above it commands are "
                      "refused");
  config.first_start = settings.Flag(
      "PEPLINE_FIRST_START", false,
      "true, for one start: begin with an empty Redis although the service's topic has records");
  config.kafka.bootstrap_servers =
      settings.Text("PEPLINE_KAFKA_BOOTSTRAP", "", "Kafka bootstrap servers, host:port,...", true);
  config.kafka.client_id = service;
  const std::string extra =
      settings.Text("PEPLINE_KAFKA_SETTINGS", "", "further librdkafka settings, name=value,...");
  const std::string sasl_password = settings.Secret(
      "PEPLINE_KAFKA_SASL_PASSWORD", "sasl.password of librdkafka, kept out of the other settings");
  GivenKafkaSettings given = ReadKafkaSettings(extra, sasl_password);
  for (const std::string& mistake : given.mistakes) {
    settings.Reject("PEPLINE_KAFKA_SETTINGS", mistake);
  }
  config.kafka.extra = std::move(given.settings);
  config.otlp_endpoint = settings.Text(
      "PEPLINE_OTLP_ENDPOINT", "",
      "where traces are sent by OTLP/HTTP, e.g. http://collector:4318; empty: nowhere");
  if (!config.otlp_endpoint.empty()) {
    if (const absl::Status status = CheckOtlpEndpoint(config.otlp_endpoint); !status.ok()) {
      settings.Reject("PEPLINE_OTLP_ENDPOINT", std::string(status.message()));
    }
  }
  ReadAuth(settings, config.auth);
  config.workers = settings.Number("PEPLINE_WORKERS", 64, 2, 1024, "worker threads");
  config.drain = settings.Milliseconds("PEPLINE_DRAIN_MILLISECONDS", absl::Seconds(10),
                                       absl::Milliseconds(100), absl::Minutes(5),
                                       "bound of a graceful stop, milliseconds");
  config.clock = settings.Text("PEPLINE_CLOCK", "system",
                               "system, or simulated:<file> for demo and training", true);
  const bool simulated_allowed =
      settings.Flag("PEPLINE_ALLOW_SIMULATED_CLOCK", false, "must be true for a simulated clock");
  const bool simulated = config.clock.rfind("simulated:", 0) == 0;
  if (!simulated && config.clock != "system") {
    settings.Reject("PEPLINE_CLOCK", "give system, or simulated:<file>");
  } else if (simulated && !simulated_allowed) {
    settings.Reject("PEPLINE_CLOCK",
                    "a simulated clock is for demo and training alone; give system, or set "
                    "PEPLINE_ALLOW_SIMULATED_CLOCK=true");
  }
  config.ports_file =
      settings.Text("PEPLINE_PORTS_FILE", "", "file to write the bound ports to; empty: none");
  return config;
}

}  // namespace pepline
