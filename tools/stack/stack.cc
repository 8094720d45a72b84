#include "tools/stack/stack.h"

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <thread>

#include "absl/strings/str_cat.h"
#include "tools/stack/certificate_authority.h"

namespace pepline {
namespace {

std::string SettingsFile(const std::string& folder, const std::string& process) {
  return absl::StrCat(folder, "/", process, ".settings");
}

// In the form of /proc/<pid>/environ, for whoever works beside the service or in its place; for the
// user alone, as there are secrets in it.
absl::Status WriteSettings(const std::string& path,
                           const std::map<std::string, std::string>& environment) {
  std::string text;
  for (const auto& [name, value] : environment) {
    absl::StrAppend(&text, name, "=", value, std::string(1, '\0'));
  }
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  const bool written =
      file >= 0 && write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  if (file >= 0) close(file);
  return written ? absl::OkStatus() : absl::InternalError(absl::StrCat("cannot write ", path));
}

}  // namespace

Stack::Stack(StackOptions options) : options_(std::move(options)) {}
Stack::~Stack() { Stop(); }

absl::StatusOr<std::unique_ptr<Stack>> Stack::Start(StackOptions options) {
  std::error_code error;
  std::filesystem::create_directories(options.folder, error);
  // Children may run elsewhere: every path they are told is absolute.
  options.folder = std::filesystem::absolute(options.folder, error).lexically_normal().string();
  if (error || !std::filesystem::is_directory(options.folder)) {
    return absl::InternalError(absl::StrCat("cannot make the folder ", options.folder));
  }
  auto stack = std::unique_ptr<Stack>(new Stack(std::move(options)));
  if (absl::Status status = stack->Launch(); !status.ok()) return status;
  return stack;
}

absl::Status Stack::Launch() {
  if (absl::Status status = LaunchServers(); !status.ok()) return status;
  if (absl::Status status = LaunchServices(); !status.ok()) return status;
  if (absl::Status status = WaitReady(options_.ready_bound); !status.ok()) return status;
  return WriteDescription();
}

absl::Status Stack::MakeClock() {
  if (!options_.simulated_start) return absl::OkStatus();
  const std::string file = absl::StrCat(options_.folder, "/clock");
  if (absl::Status made = SimulatedClock::Create(file, *options_.simulated_start); !made.ok()) {
    return made;
  }
  auto clock = SimulatedClock::Open(file);
  if (!clock.ok()) return clock.status();
  clock_ = *std::move(clock);
  surroundings_.clock = absl::StrCat("simulated:", file);
  return absl::OkStatus();
}

absl::Status Stack::LaunchServers() {
  auto keys = FindOrMakeKeys(absl::StrCat(options_.folder, "/keys"));
  if (!keys.ok()) return keys.status();
  auto signer = TokenSigner::Create(keys->signing_key_file, keys->issuer, keys->audience);
  if (!signer.ok()) return signer.status();
  signer_ = *std::move(signer);
  surroundings_.keys = *std::move(keys);
  if (absl::Status made = MakeClock(); !made.ok()) return made;
  if (options_.tls) {
    surroundings_.tls_folder = absl::StrCat(options_.folder, "/tls");
    if (absl::Status made = MakeTlsFiles(surroundings_.tls_folder); !made.ok()) return made;
  }

  auto redis = RedisServer::Start(absl::StrCat(options_.folder, "/redis"));
  if (!redis.ok()) return redis.status();
  redis_ = *std::move(redis);
  surroundings_.redis_port = redis_->port();

  const std::string topics = absl::StrCat(SourceFolder(), "/deploy/topics.yaml");
  const std::string broker_folder = absl::StrCat(options_.folder, "/broker");
  switch (options_.broker) {
    case StackOptions::Broker::kDev: {
      auto broker = DevBroker::Start(broker_folder, topics);
      if (!broker.ok()) return broker.status();
      dev_broker_ = *std::move(broker);
      surroundings_.kafka_bootstrap = dev_broker_->bootstrap();
      break;
    }
    case StackOptions::Broker::kKafka: {
      const std::string jars = options_.kafka_jars.empty()
                                   ? absl::StrCat(SourceFolder(), "/.cache/kafka")
                                   : options_.kafka_jars;
      auto broker =
          KafkaServer::Start(jars, broker_folder, topics, false, options_.kafka_listeners);
      if (!broker.ok()) return broker.status();
      kafka_ = *std::move(broker);
      surroundings_.kafka_bootstrap = kafka_->bootstrap();
      break;
    }
  }
  surroundings_.dev_broker = dev_broker_ != nullptr;

  auto mail = SmtpSink::Start(absl::StrCat(options_.folder, "/smtp"));
  if (!mail.ok()) return mail.status();
  mail_ = *std::move(mail);
  surroundings_.smtp_url = mail_->url();
  surroundings_.mail_folder = absl::StrCat(options_.folder, "/mail-copies");
  return absl::OkStatus();
}

absl::Status Stack::LaunchServices() {
  for (const std::string& name : options_.services) {
    for (int replica = 1; replica <= options_.replicas; ++replica) {
      if (absl::Status launched = LaunchService(name, replica); !launched.ok()) return launched;
    }
  }
  return absl::OkStatus();
}

absl::Status Stack::LaunchService(const std::string& name, int replica) {
  std::map<std::string, std::string> environment = EnvironmentOf(name, surroundings_);
  if (const auto more = options_.environment.find(name); more != options_.environment.end()) {
    for (const auto& [variable, value] : more->second) environment[variable] = value;
  }
  std::string process = name;
  std::string folder = options_.folder;
  if (replica > 1) {
    process = absl::StrCat(name, "-", replica);
    folder = absl::StrCat(folder, "/", process);
    // The members of a consumer group must differ; by itself a member is service and host.
    std::string& kafka = environment["PEPLINE_KAFKA_SETTINGS"];
    absl::StrAppend(&kafka, kafka.empty() ? "" : ",", "group.instance.id=", process);
  }
  if (options_.prepare) options_.prepare(process, environment);
  absl::Status written = WriteSettings(SettingsFile(options_.folder, process), environment);
  if (!written.ok()) return written;
  auto service = ServiceProcess::Start({.service = name,
                                        .folder = folder,
                                        .environment = std::move(environment),
                                        .program_folder = options_.program_folder});
  if (!service.ok()) return service.status();
  if (process == "registry") surroundings_.registry_address = (*service)->grpc_address();
  services_[process] = *std::move(service);
  return absl::OkStatus();
}

std::vector<std::string> Stack::Names() const {
  std::vector<std::string> names = {"redis", "smtp"};
  if (kafka_ != nullptr) names.push_back("kafka");
  for (const auto& [name, process] : services_) names.push_back(name);
  return names;
}

std::vector<Stack::Part> Stack::Parts() {
  std::vector<Part> parts;
  const auto add = [&](const std::string& name, auto& process) -> Part& {
    const std::optional<int> code = process.ExitCode();
    return parts.emplace_back(
        Part{name, process.pid(), !code.has_value(), code.value_or(0), process.log_file(), true});
  };
  add("redis", *redis_);
  if (kafka_ != nullptr) add("kafka", *kafka_);
  if (dev_broker_ != nullptr) add("broker", *dev_broker_).may_start_again = false;
  add("smtp", *mail_);
  for (const auto& [name, service] : services_) add(name, *service);
  return parts;
}

absl::Status Stack::Kill(const std::string& name) {
  if (name == "redis") {
    redis_->Kill();
  } else if (name == "smtp") {
    mail_->Kill();
  } else if (name == "kafka" && kafka_ != nullptr) {
    kafka_->Kill();
  } else if (const auto found = services_.find(name); found != services_.end()) {
    found->second->Kill();
  } else {
    return absl::NotFoundError(absl::StrCat("nothing here is called ", name));
  }
  return absl::OkStatus();
}

absl::Status Stack::Restart(const std::string& name) {
  if (name == "redis") return redis_->Launch();
  if (name == "smtp") return mail_->Restart();
  if (name == "kafka" && kafka_ != nullptr) return kafka_->Launch();
  const auto found = services_.find(name);
  if (found == services_.end()) {
    return absl::NotFoundError(absl::StrCat("nothing here is called ", name));
  }
  return found->second->Restart();
}

bool Stack::Running(const std::string& name) {
  if (name == "redis") return redis_->Running();
  if (name == "smtp") return mail_->Running();
  if (name == "kafka" && kafka_ != nullptr) return kafka_->Running();
  const auto found = services_.find(name);
  return found != services_.end() && found->second->Running();
}

absl::Status Stack::WaitReady(absl::Duration bound) {
  const absl::Time until = absl::Now() + bound;
  for (const auto& [name, process] : services_) {
    absl::Status ready = process->WaitReady(std::max(until - absl::Now(), absl::Milliseconds(1)));
    if (!ready.ok()) return ready;
  }
  return absl::OkStatus();
}

void Stack::Stop() {
  std::error_code error;
  std::filesystem::remove(absl::StrCat(options_.folder, "/stack.json"), error);
  // All are asked at once, as each takes its time to drain; then each is waited for.
  std::vector<std::thread> stoppers;
  for (auto& [name, service] : services_) {
    stoppers.emplace_back([process = service.get()] { process->Stop(); });
  }
  for (std::thread& stopper : stoppers) stopper.join();
  services_.clear();
  // Nobody speaks to these two any more, and they have nothing to put away; asked to end they take
  // seconds over it.
  if (mail_ != nullptr) mail_->Kill();
  if (dev_broker_ != nullptr) dev_broker_->Kill();
  mail_.reset();
  kafka_.reset();
  dev_broker_.reset();
  redis_.reset();
}

std::string Stack::Describe() const {
  nlohmann::ordered_json text;
  text["pid"] = getpid();
  text["folder"] = options_.folder;
  text["clock"] = surroundings_.clock;
  text["redis"] = {{"address", absl::StrCat("127.0.0.1:", redis_->port())}, {"pid", redis_->pid()}};
  text["broker"] = {{"kind", dev_broker_ != nullptr ? "dev" : "kafka"},
                    {"bootstrap_servers", bootstrap()},
                    {"pid", dev_broker_ != nullptr ? dev_broker_->pid() : kafka_->pid()}};
  text["smtp"] = {{"url", mail_->url()}, {"pid", mail_->pid()}};
  text["mail_folder"] = mail_->mail_folder();
  text["tokens"] = {{"issuer", keys().issuer},
                    {"audience", keys().audience},
                    {"jwks_file", keys().jwks_file},
                    {"signing_key_file", keys().signing_key_file}};
  if (options_.tls) {
    const TlsFiles files = TlsFilesOf(surroundings_.tls_folder, "pepctl");
    text["tls"] = {{"certificate_file", files.certificate},
                   {"key_file", files.key},
                   {"authorities_file", files.authorities}};
  }
  for (const auto& [name, service] : services_) {
    text["services"][name] = {{"grpc", service->grpc_address()},
                              {"metrics", service->metrics_address()},
                              {"log", service->log_file()},
                              {"settings", SettingsFile(options_.folder, name)},
                              {"pid", service->pid()}};
  }
  return text.dump(2) + "\n";
}

absl::Status Stack::WriteDescription() const {
  return WriteFile(absl::StrCat(options_.folder, "/stack.json"), Describe());
}

}  // namespace pepline
