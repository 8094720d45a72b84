#include "tools/stack/servers/kafka_server.h"

#include <librdkafka/rdkafka.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "shared/kafka/kafka_client.h"
#include "shared/kafka/kafka_topics.h"

namespace pepline {
namespace {

constexpr int kAskMilliseconds = 1000;
constexpr char kAuthority[] = "authority";

struct Topic {
  std::string name;
  int partitions = 1;
  std::string retention_ms;
  std::string cleanup_policy;
};

// yaml-cpp tells mistakes by exceptions, which end here.
absl::StatusOr<std::vector<Topic>> ReadTopics(const std::string& path) {
  std::vector<Topic> topics;
  try {
    for (const YAML::Node& node : YAML::LoadFile(path)["topics"]) {
      topics.push_back({node["name"].as<std::string>(), node["partitions"].as<int>(),
                        node["retention_ms"].as<std::string>(),
                        node["cleanup_policy"].as<std::string>()});
    }
  } catch (const YAML::Exception& exception) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": ", exception.what()));
  }
  return topics;
}

absl::StatusOr<KafkaHandle> Client(const std::string& bootstrap) {
  return MakeKafka(RD_KAFKA_PRODUCER, {.bootstrap_servers = bootstrap, .client_id = "stack"},
                   {{"log_level", "0"}}, [](rd_kafka_conf_t*) {});
}

absl::Status CreateTopics(const std::string& bootstrap, const std::vector<Topic>& topics) {
  auto client = Client(bootstrap);
  if (!client.ok()) return client.status();
  std::vector<rd_kafka_NewTopic_t*> wanted;
  for (const Topic& topic : topics) {
    rd_kafka_NewTopic_t* added =
        rd_kafka_NewTopic_new(topic.name.c_str(), topic.partitions, 1, nullptr, 0);
    rd_kafka_NewTopic_set_config(added, "retention.ms", topic.retention_ms.c_str());
    rd_kafka_NewTopic_set_config(added, "cleanup.policy", topic.cleanup_policy.c_str());
    wanted.push_back(added);
  }
  rd_kafka_queue_t* queue = rd_kafka_queue_new(client->get());
  rd_kafka_CreateTopics(client->get(), wanted.data(), wanted.size(), nullptr, queue);
  rd_kafka_event_t* event = rd_kafka_queue_poll(queue, 30'000);
  const bool answered =
      event != nullptr && rd_kafka_event_error(event) == RD_KAFKA_RESP_ERR_NO_ERROR;
  if (event != nullptr) rd_kafka_event_destroy(event);
  rd_kafka_queue_destroy(queue);
  rd_kafka_NewTopic_destroy_array(wanted.data(), wanted.size());
  if (!answered) return absl::UnavailableError("Kafka created no topics");
  // Topics that were there already are fine; all must be there now.
  for (const Topic& topic : topics) {
    const auto there = [&] {
      // Whether it is as it must be is the services' business; tests make some that are not.
      const absl::Status found = CheckTopic(client->get(), topic.name, kAskMilliseconds).status();
      return found.ok() || absl::IsFailedPrecondition(found);
    };
    if (!WaitUntil(there, absl::Seconds(30))) {
      return absl::UnavailableError(absl::StrCat("Kafka has no topic ", topic.name));
    }
  }
  return absl::OkStatus();
}

}  // namespace

bool KafkaAnswers(const std::string& bootstrap_servers) {
  auto client = Client(bootstrap_servers);
  if (!client.ok()) return false;
  const rd_kafka_metadata_t* metadata = nullptr;
  const bool answered = rd_kafka_metadata(client->get(), 0, nullptr, &metadata, kAskMilliseconds) ==
                        RD_KAFKA_RESP_ERR_NO_ERROR;
  if (metadata != nullptr) rd_kafka_metadata_destroy(metadata);
  return answered;
}

KafkaServer::KafkaServer(std::string jars, std::string folder, bool outlive_parent)
    : jars_(std::move(jars)),
      folder_(std::move(folder)),
      outlive_parent_(outlive_parent),
      port_(FreePort()),
      controller_port_(FreePort()),
      password_port_(FreePort()),
      token_port_(FreePort()),
      certificate_port_(FreePort()) {}

std::string KafkaServer::bootstrap() const { return absl::StrCat("127.0.0.1:", port_); }
std::string KafkaServer::password_bootstrap() const {
  return absl::StrCat("127.0.0.1:", password_port_);
}
std::string KafkaServer::token_bootstrap() const { return absl::StrCat("127.0.0.1:", token_port_); }
std::string KafkaServer::certificate_bootstrap() const {
  return absl::StrCat("127.0.0.1:", certificate_port_);
}

absl::Status KafkaServer::Available(const std::string& jars) {
  if (auto java = FindProgram("java"); !java.ok()) return java.status();
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(jars, error)) {
    if (entry.path().filename().string().rfind("fetched-", 0) == 0) return absl::OkStatus();
  }
  return absl::NotFoundError(
      absl::StrCat("there is no Kafka in ", jars, "; `make kafka` fetches it"));
}

std::vector<std::string> KafkaServer::Java(std::vector<std::string> settings) const {
  std::vector<std::string> command = {"java", "-XX:TieredStopAtLevel=1"};
  std::ranges::move(settings, std::back_inserter(command));
  // Classes that Java need not read from the jars again (tools/kafka/archive-classes).
  const std::string classes = absl::StrCat(jars_, "/classes.jsa");
  std::error_code error;
  if (std::filesystem::exists(classes, error)) {
    command.push_back(absl::StrCat("-XX:SharedArchiveFile=", classes));
  }
  command.insert(command.end(), {"-cp", absl::StrCat(jars_, "/*")});
  return command;
}

absl::Status KafkaServer::Format() {
  std::error_code error;
  std::filesystem::create_directories(absl::StrCat(folder_, "/data"), error);
  const std::string secured = security_
                                  ? absl::StrCat(",PASSWORD://127.0.0.1:", password_port_,
                                                 ",TOKEN://127.0.0.1:", token_port_,
                                                 ",CERTIFICATE://127.0.0.1:", certificate_port_)
                                  : "";
  std::string listening, advertised, protocols;
  for (std::size_t i = 0; i < listeners_.size(); ++i) {
    absl::StrAppend(&listening, ",LISTENER", i, "://127.0.0.1:", listeners_[i].port);
    absl::StrAppend(&advertised, ",LISTENER", i, "://127.0.0.1:", listeners_[i].advertised_port);
    absl::StrAppend(&protocols, ",LISTENER", i, ":PLAINTEXT");
  }
  std::string properties = absl::StrCat(
      "process.roles=broker,controller\n"
      "node.id=1\n"
      "controller.quorum.voters=1@127.0.0.1:",
      controller_port_,
      "\n"
      "listeners=PLAINTEXT://127.0.0.1:",
      port_, ",CONTROLLER://127.0.0.1:", controller_port_, secured, listening,
      "\n"
      "advertised.listeners=PLAINTEXT://127.0.0.1:",
      port_, secured, advertised,
      "\n"
      "controller.listener.names=CONTROLLER\n"
      "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,"
      "PASSWORD:SASL_SSL,TOKEN:SASL_SSL,CERTIFICATE:SSL",
      protocols,
      "\n"
      "log.dirs=",
      folder_,
      "/data\n"
      "auto.create.topics.enable=false\n"
      "offsets.topic.replication.factor=1\n"
      "offsets.topic.num.partitions=4\n"
      "transaction.state.log.replication.factor=1\n"
      "transaction.state.log.min.isr=1\n"
      "share.coordinator.state.topic.replication.factor=1\n"
      "share.coordinator.state.topic.min.isr=1\n"
      "group.initial.rebalance.delay.ms=0\n"
      // Comes back in seconds after a kill instead of after the defaults of a large cluster.
      "broker.session.timeout.ms=1500\n"
      "broker.heartbeat.interval.ms=300\n"
      "controller.quorum.election.timeout.ms=300\n"
      "controller.quorum.fetch.timeout.ms=600\n"
      "controller.quorum.election.backoff.max.ms=300\n"
      "log.cleaner.enable=false\n"
      "num.network.threads=2\n"
      "num.io.threads=2\n");
  if (security_) properties += SecurityProperties(*security_, folder_, kAuthority);
  const std::string file = absl::StrCat(folder_, "/server.properties");
  if (absl::Status status = WriteFile(file, properties); !status.ok()) return status;
  std::vector<std::string> command = Java({"-Xmx128m"});
  command.insert(command.end(), {"kafka.tools.StorageTool", "format", "--cluster-id",
                                 "cGVwbGluZS1rYWZrYS0wMQ", "--config", file});
  if (security_) {
    command.insert(command.end(),
                   {"--add-scram", absl::StrCat("SCRAM-SHA-512=[name=", security_->user,
                                                ",password=", security_->password, "]")});
  }
  auto format = ChildProcess::Start(
      {.command = std::move(command), .output_file = absl::StrCat(folder_, "/format.log")});
  if (!format.ok()) return format.status();
  WaitUntil([&] { return !(*format)->Running(); }, absl::Seconds(60));
  if ((*format)->ExitCode() == 0) return absl::OkStatus();
  return absl::InternalError(
      absl::StrCat("Kafka could not format its folder; see ", folder_, "/format.log"));
}

absl::Status KafkaServer::Launch() {
  std::vector<std::string> settings = {"-Xms128m", "-Xmx400m", "-XX:+UseSerialGC"};
  if (security_) {
    settings.push_back(absl::StrCat("-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls=file://",
                                    security_->jwks_file));
  }
  std::vector<std::string> command = Java(std::move(settings));
  command.insert(command.end(), {"kafka.Kafka", absl::StrCat(folder_, "/server.properties")});
  auto process = ChildProcess::Start({.command = std::move(command),
                                      .output_file = absl::StrCat(folder_, "/kafka.log"),
                                      .outlive_parent = outlive_parent_});
  if (!process.ok()) return process.status();
  process_ = *std::move(process);
  return absl::OkStatus();
}

bool KafkaServer::Answers() const { return KafkaAnswers(bootstrap()); }

absl::StatusOr<std::unique_ptr<KafkaServer>> KafkaServer::Start(
    const std::string& jars, const std::string& folder, const std::string& topics_file,
    bool outlive_parent, std::vector<KafkaListener> listeners) {
  if (absl::Status status = Available(jars); !status.ok()) return status;
  auto server = std::unique_ptr<KafkaServer>(new KafkaServer(jars, folder, outlive_parent));
  server->listeners_ = std::move(listeners);
  if (absl::Status started = server->StartWith(topics_file); !started.ok()) return started;
  return server;
}

absl::StatusOr<std::unique_ptr<KafkaServer>> KafkaServer::StartSecured(
    const std::string& jars, const std::string& folder, const std::string& topics_file,
    const KafkaSecurity& security) {
  if (absl::Status status = Available(jars); !status.ok()) return status;
  auto server = std::unique_ptr<KafkaServer>(new KafkaServer(jars, folder, false));
  server->security_ = security;
  if (absl::Status made = MakeAuthority(folder, kAuthority); !made.ok()) return made;
  if (absl::Status made = MakeServerCertificate(folder, kAuthority); !made.ok()) return made;
  if (absl::Status started = server->StartWith(topics_file); !started.ok()) return started;
  return server;
}

absl::Status KafkaServer::StartWith(const std::string& topics_file) {
  auto topics = ReadTopics(topics_file);
  if (!topics.ok()) return topics.status();
  if (absl::Status status = Format(); !status.ok()) return status;
  // Somebody may hold one of its ports for a moment, and then it ends at once.
  for (int attempt = 0; attempt < 5; ++attempt) {
    if (absl::Status status = Launch(); !status.ok()) return status;
    WaitUntil([&] { return Answers() || !Running(); }, absl::Seconds(90));
    if (Running()) break;
  }
  if (!Running() || !Answers()) {
    return absl::UnavailableError(
        absl::StrCat("Kafka does not answer; see ", folder_, "/kafka.log"));
  }
  return CreateTopics(bootstrap(), *topics);
}

}  // namespace pepline
