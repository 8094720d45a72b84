#include "shared/kafka/kafka_settings.h"

#include <librdkafka/rdkafka.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "shared/base/digest.h"
#include "shared/kafka/kafka_token.h"

namespace pepline {
namespace {

enum class For { kBoth, kProducers, kConsumers };

struct Allowed {
  const char* name;
  For whom;
};
constexpr Allowed kAllowed[] = {
    // Who we are to the broker, and how it is known.
    {"security.protocol", For::kBoth},
    {"ssl.ca.location", For::kBoth},
    {"ssl.certificate.location", For::kBoth},
    {"ssl.key.location", For::kBoth},
    {"ssl.key.password", For::kBoth},
    {"ssl.keystore.location", For::kBoth},
    {"ssl.keystore.password", For::kBoth},
    {"ssl.crl.location", For::kBoth},
    {"ssl.cipher.suites", For::kBoth},
    {"ssl.curves.list", For::kBoth},
    {"ssl.sigalgs.list", For::kBoth},
    {"sasl.mechanism", For::kBoth},
    {"sasl.mechanisms", For::kBoth},
    {"sasl.username", For::kBoth},
    {"sasl.oauthbearer.config", For::kBoth},
    {"sasl.oauthbearer.method", For::kBoth},
    {"sasl.oauthbearer.client.id", For::kBoth},
    {"sasl.oauthbearer.scope", For::kBoth},
    {"sasl.oauthbearer.token.endpoint.url", For::kBoth},
    // The way to it.
    {"broker.address.family", For::kBoth},
    {"broker.address.ttl", For::kBoth},
    {"client.dns.lookup", For::kBoth},
    {"client.rack", For::kBoth},
    {"connections.max.idle.ms", For::kBoth},
    {"metadata.max.age.ms", For::kBoth},
    {"reconnect.backoff.max.ms", For::kBoth},
    {"reconnect.backoff.ms", For::kBoth},
    {"retry.backoff.ms", For::kBoth},
    {"socket.connection.setup.timeout.ms", For::kBoth},
    {"socket.keepalive.enable", For::kBoth},
    {"socket.receive.buffer.bytes", For::kBoth},
    {"socket.send.buffer.bytes", For::kBoth},
    {"socket.timeout.ms", For::kBoth},
    {"topic.metadata.refresh.interval.ms", For::kBoth},
    // How much and how long.
    {"batch.size", For::kProducers},
    {"compression.codec", For::kProducers},
    {"compression.level", For::kProducers},
    {"compression.type", For::kProducers},
    {"linger.ms", For::kProducers},
    {"queue.buffering.max.kbytes", For::kProducers},
    {"request.timeout.ms", For::kProducers},
    {"fetch.error.backoff.ms", For::kConsumers},
    {"fetch.max.bytes", For::kConsumers},
    {"fetch.message.max.bytes", For::kConsumers},
    {"fetch.min.bytes", For::kConsumers},
    {"fetch.wait.max.ms", For::kConsumers},
    {"group.instance.id", For::kConsumers},
    {"heartbeat.interval.ms", For::kConsumers},
    {"max.partition.fetch.bytes", For::kConsumers},
    {"max.poll.interval.ms", For::kConsumers},
    {"queued.max.messages.kbytes", For::kConsumers},
    {"queued.min.messages", For::kConsumers},
    {"session.timeout.ms", For::kConsumers},
};

struct Refused {
  const char* name;
  const char* why;
};
constexpr char kOrder[] = "events would be lost, doubled or out of order with another value";
constexpr char kPassed[] =
    "an event is sent until the broker has it; with a time-out younger events would pass older "
    "ones";
constexpr char kOffsets[] = "an offset is stored when its record has had its effect, and only then";
constexpr Refused kRefused[] = {
    {"acks", kOrder},
    {"request.required.acks", kOrder},
    {"enable.idempotence", kOrder},
    {"enable.gapless.guarantee", kOrder},
    {"max.in.flight", kOrder},
    {"max.in.flight.requests.per.connection", kOrder},
    {"message.send.max.retries", kOrder},
    {"delivery.timeout.ms", kPassed},
    {"message.timeout.ms", kPassed},
    {"retries", kOrder},
    {"queue.buffering.max.messages", kOrder},
    {"transactional.id", "the outbox makes events and state one; transactions would add nothing"},
    {"partitioner", "all events of a child must go to the partition that every client finds"},
    {"enable.auto.commit", kOffsets},
    {"enable.auto.offset.store", kOffsets},
    {"auto.commit.interval.ms", kOffsets},
    {"auto.offset.reset", "a new service must hear everything from the beginning"},
    {"isolation.level", "no event is written in a transaction; there is nothing to choose"},
    {"partition.assignment.strategy",
     "replicas of one service must agree on it while old and new "
     "run side by side"},
    {"group.id", "the group is the service's name, \"pepline.<service>\""},
    {"client.id", "the client is the service's name"},
    {"bootstrap.servers", "is PEPLINE_KAFKA_BOOTSTRAP"},
    {"metadata.broker.list", "is PEPLINE_KAFKA_BOOTSTRAP"},
    {"sasl.password", "is a secret, PEPLINE_KAFKA_SASL_PASSWORD"},
    {"sasl.oauthbearer.client.secret", "is a secret, PEPLINE_KAFKA_SASL_PASSWORD"},
    {"ssl.key.pem", "is a secret; give a file in ssl.key.location"},
    {"enable.ssl.certificate.verification",
     "the broker's certificate is always checked; give its authority in ssl.ca.location"},
    {"ssl.endpoint.identification.algorithm",
     "the broker's name is always checked against its certificate; give the name that the "
     "certificate carries in PEPLINE_KAFKA_BOOTSTRAP"},
    {"enable.sasl.oauthbearer.unsecure.jwt",
     "tokens that nobody signed prove nothing; give sasl.oauthbearer.config=file=<token file>"},
    {"sasl.kerberos.kinit.cmd", "it would run a command of the shell"},
    {"plugin.library.paths", "it would load other code into the service"},
};

const Allowed* FindAllowed(const std::string& name) {
  const auto* found =
      std::ranges::find_if(kAllowed, [&](const Allowed& allowed) { return name == allowed.name; });
  return found == std::end(kAllowed) ? nullptr : found;
}

std::string WhyRefused(const std::string& name) {
  for (const Refused& refused : kRefused) {
    if (name == refused.name) return absl::StrCat(name, " cannot be given here: ", refused.why);
  }
  return absl::StrCat(
      name, " is none of the settings that may be given; docs/operations/kafka.md lists them");
}

KafkaSettings Without(KafkaSettings given, For other) {
  std::erase_if(given, [&](const auto& setting) {
    const Allowed* allowed = FindAllowed(setting.first);
    return allowed != nullptr && allowed->whom == other;
  });
  return given;
}

void Silent(const rd_kafka_t*, int, const char*, const char*) {}

// Empty when librdkafka makes a client of these. It has no servers, so it asks nobody.
std::string WhyNoClient(rd_kafka_type_t type, const KafkaSettings& own,
                        const KafkaSettings& given) {
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  rd_kafka_conf_set_log_cb(conf, Silent);
  rd_kafka_conf_set_oauthbearer_token_refresh_cb(conf, RefreshKafkaToken);  // not called: no poll
  char error[512] = "";
  for (const KafkaSettings* settings : {&own, &given}) {
    for (const auto& [name, value] : *settings) {
      if (rd_kafka_conf_set(conf, name.c_str(), value.c_str(), error, sizeof(error)) !=
          RD_KAFKA_CONF_OK) {
        rd_kafka_conf_destroy(conf);
        return error;
      }
    }
  }
  rd_kafka_t* client = rd_kafka_new(type, conf, error, sizeof(error));
  if (client == nullptr) {
    rd_kafka_conf_destroy(conf);
    return error;
  }
  rd_kafka_destroy(client);
  return "";
}

// Empty when librdkafka knows the setting and takes the value. Its own text may repeat the value.
std::string WhyNoValue(const std::string& name, const std::string& value) {
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  char error[512] = "";
  const auto result = rd_kafka_conf_set(conf, name.c_str(), value.c_str(), error, sizeof(error));
  rd_kafka_conf_destroy(conf);
  switch (result) {
    case RD_KAFKA_CONF_OK:
      return "";
    case RD_KAFKA_CONF_UNKNOWN:
      return absl::StrCat(name, " is not known to the installed librdkafka");
    case RD_KAFKA_CONF_INVALID:
      break;
  }
  if (absl::string_view(error).find("not supported in this build") != absl::string_view::npos) {
    return absl::StrCat(name, " is not part of the installed librdkafka: it was built without it");
  }
  return absl::StrCat(name,
                      " was given a value that librdkafka does not take; its documentation, "
                      "CONFIGURATION.md, lists them");
}

bool Has(const KafkaSettings& given, const std::string& name, const std::string& value) {
  const auto found = given.find(name);
  return found != given.end() && found->second == value;
}

}  // namespace

bool ReadsTokenFile(const KafkaSettings& given) {
  return (Has(given, "sasl.mechanism", "OAUTHBEARER") ||
          Has(given, "sasl.mechanisms", "OAUTHBEARER")) &&
         !Has(given, "sasl.oauthbearer.method", "oidc");
}

GivenKafkaSettings ReadKafkaSettings(const std::string& text, const std::string& sasl_password) {
  GivenKafkaSettings given;
  for (const absl::string_view pair : absl::StrSplit(text, ',', absl::SkipWhitespace())) {
    const std::pair<std::string, std::string> setting =
        absl::StrSplit(absl::StripAsciiWhitespace(pair), absl::MaxSplits('=', 1));
    const auto& [name, value] = setting;
    if (name.empty() || value.empty()) {
      given.mistakes.push_back("give name=value pairs, separated by commas");
    } else if (FindAllowed(name) == nullptr) {
      given.mistakes.push_back(WhyRefused(name));
    } else if (std::string why = WhyNoValue(name, value); !why.empty()) {
      given.mistakes.push_back(std::move(why));
    } else if (!given.settings.emplace(name, value).second) {
      given.mistakes.push_back(absl::StrCat(name, " is given twice; give it once"));
    }
  }
  if (!sasl_password.empty()) {
    const bool oidc = Has(given.settings, "sasl.oauthbearer.method", "oidc");
    given.settings[oidc ? "sasl.oauthbearer.client.secret" : "sasl.password"] = sasl_password;
  }
  if (!given.mistakes.empty() || given.settings.empty()) return given;
  if (ReadsTokenFile(given.settings)) {
    const auto token = ReadKafkaToken(given.settings["sasl.oauthbearer.config"]);
    if (!token.ok()) given.mistakes.emplace_back(token.status().message());
  }
  std::string why =
      WhyNoClient(RD_KAFKA_PRODUCER, OwnProducerSettings(), ForProducers(given.settings));
  if (why.empty()) {
    why = WhyNoClient(RD_KAFKA_CONSUMER, OwnConsumerSettings("pepline.settings"),
                      ForConsumers(given.settings));
  }
  if (!why.empty()) {
    given.mistakes.push_back(
        absl::StrCat("librdkafka makes no client of these settings: ", why,
                     "; mend them (the password is PEPLINE_KAFKA_SASL_PASSWORD)"));
  }
  return given;
}

KafkaSettings OwnProducerSettings() {
  return {
      {"enable.idempotence", "true"},
      {"acks", "all"},
      {"linger.ms", "1"},
      {"partitioner", "murmur2_random"},
      {"queue.buffering.max.messages", "200000"},
      // None: librdkafka would fail the messages of a longer outage and send younger ones at once.
      {"message.timeout.ms", "0"},
      // A record that the broker refuses stops the producer before it sends what comes behind.
      {"enable.gapless.guarantee", "true"},
  };
}

KafkaSettings OwnDeadLetterSettings() {
  KafkaSettings settings = OwnProducerSettings();
  // Each stands for itself, and whoever writes it waits for it.
  settings.erase("enable.gapless.guarantee");
  settings["message.timeout.ms"] = "30000";
  // As much as librdkafka can: what a topic took, its dead letters are offered whole.
  settings["message.max.bytes"] = "1000000000";
  return settings;
}

KafkaSettings OwnConsumerSettings(const std::string& group) {
  return {
      {"group.id", group},
      {"enable.auto.commit", "true"},
      {"auto.commit.interval.ms", "500"},
      {"enable.auto.offset.store", "false"},
      {"auto.offset.reset", "earliest"},
      // Eager; librdkafka 2.0.2 has trouble with cooperative-sticky.
      {"partition.assignment.strategy", "range"},
      {"session.timeout.ms", "10000"},
      {"heartbeat.interval.ms", "1000"},
      {"topic.metadata.refresh.interval.ms", "10000"},
  };
}

KafkaSettings ForProducers(KafkaSettings given) {
  return Without(std::move(given), For::kConsumers);
}

KafkaSettings ForConsumers(KafkaSettings given) {
  return Without(std::move(given), For::kProducers);
}

std::string InstanceId(const std::string& given, const std::string& client_id,
                       const std::vector<std::string>& topics) {
  constexpr std::size_t kEnough = 8;
  std::string id = given;
  if (id.empty()) {
    char host[256] = "";
    gethostname(host, sizeof(host) - 1);
    id = absl::StrCat(client_id, ".", host);
  }
  return absl::StrCat(id, ".", LettersFrom(absl::StrJoin(topics, ","), kEnough));
}

}  // namespace pepline
