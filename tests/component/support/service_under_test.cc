#include "tests/component/support/service_under_test.h"

#include <optional>
#include <set>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/util/time_util.h"
#include "shared/engine/event_mapping.h"
#include "tools/stack/environment.h"

namespace pepline {
namespace {

constexpr absl::Duration kStart = absl::Seconds(30);
constexpr absl::Duration kTokenLife = absl::Minutes(10);

Actor Person(const std::string& subject, Role role, std::set<SchoolUrn> schools = {}) {
  return {.subject = subject,
          .role = role,
          .authority = AuthorityCode("931"),
          .schools = std::move(schools)};
}

std::string HeaderOf(const ReadRecord& record, const std::string& name) {
  for (const auto& [key, value] : record.headers) {
    if (key == name) return value;
  }
  return "";
}

void NoteDelivery(rd_kafka_t*, const rd_kafka_message_t* message, void*) {
  auto& note = *static_cast<std::optional<rd_kafka_resp_err_t>*>(message->_private);
  note = message->err;
}

}  // namespace

Actor VirtualSchool() { return Person("stf-virtualschool0000001", Role::kVirtualSchool); }
Actor DesignatedTeacher(const std::string& urn) {
  return Person("stf-teacher0000000000001", Role::kDesignatedTeacher, {SchoolUrn(urn)});
}
Actor SocialWorker() { return Person("stf-socialworker00000001", Role::kSocialWorker); }
Actor Finance() { return Person("stf-finance0000000000001", Role::kFinance); }
Actor PeplineService() {
  return {
      .subject = "pepline-notifications", .role = Role::kService, .authority = {}, .schools = {}};
}
Actor Operator() {
  return {.subject = "stf-operator000000000001",
          .role = Role::kOperator,
          .authority = {},
          .schools = {}};
}
Actor OfAuthority(Role role, const std::string& code) {
  return {.subject = "stf-elsewhere00000000001",
          .role = role,
          .authority = AuthorityCode(code),
          .schools = {}};
}

absl::StatusOr<std::unique_ptr<ServiceUnderTest>> ServiceUnderTest::Start(
    ServiceUnderTestOptions options) {
  auto made = std::unique_ptr<ServiceUnderTest>(new ServiceUnderTest());
  if (absl::Status status = made->Launch(options); !status.ok()) return status;
  return made;
}

ServiceUnderTest::~ServiceUnderTest() {
  // The service first: it says goodbye to the others.
  process_.reset();
}

absl::Status ServiceUnderTest::Launch(const ServiceUnderTestOptions& options) {
  auto keys = FindOrMakeKeys(folder() + "/keys");
  if (!keys.ok()) return keys.status();
  jwks_file_ = keys->jwks_file;
  auto signer = TokenSigner::Create(keys->signing_key_file, keys->issuer, keys->audience);
  if (!signer.ok()) return signer.status();
  signer_ = *std::move(signer);
  auto service_signer =
      TokenSigner::Create(keys->service_signing_key_file, keys->service_issuer, keys->audience);
  if (!service_signer.ok()) return service_signer.status();
  service_signer_ = *std::move(service_signer);

  const std::string clock_file = folder() + "/clock";
  if (absl::Status status = SimulatedClock::Create(clock_file, options.now); !status.ok()) {
    return status;
  }
  auto clock = SimulatedClock::Open(clock_file);
  if (!clock.ok()) return clock.status();
  clock_ = *std::move(clock);

  auto redis = RedisServer::Start(folder() + "/redis");
  if (!redis.ok()) return redis.status();
  redis_ = *std::move(redis);
  auto broker = DevBroker::Start(folder() + "/broker", SourceFolder() + "/deploy/topics.yaml");
  if (!broker.ok()) return broker.status();
  broker_ = *std::move(broker);

  Surroundings surroundings{.redis_port = redis_->port(),
                            .kafka_bootstrap = broker_->bootstrap(),
                            .dev_broker = true,
                            .keys = *keys,
                            .clock = "simulated:" + clock_file,
                            .smtp_url = {},
                            .mail_folder = folder() + "/mail-copies",
                            .registry_address = "127.0.0.1:9"};  // nobody answers there
  if (options.service == "notifications") {
    auto mail = SmtpSink::Start(folder() + "/smtp");
    if (!mail.ok()) return mail.status();
    mail_ = *std::move(mail);
    surroundings.smtp_url = mail_->url();
  }
  std::map<std::string, std::string> environment = EnvironmentOf(options.service, surroundings);
  for (const auto& [name, value] : options.environment) environment[name] = value;
  auto process = ServiceProcess::Start({.service = options.service,
                                        .folder = folder(),
                                        .environment = std::move(environment),
                                        .program_folder = options.program_folder});
  if (!process.ok()) return process.status();
  process_ = *std::move(process);
  if (absl::Status status = process_->WaitReady(kStart); !status.ok()) {
    // The folder goes with the object, so the log is told here.
    return absl::Status(status.code(), absl::StrCat(status.message(), "\n",
                                                    ReadFile(process_->log_file()).value_or("")));
  }
  grpc::ChannelArguments arguments;
  // A service that was killed is tried again soon, as tests do not wait for seconds.
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 50);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 200);
  channel_ = grpc::CreateCustomChannel(process_->grpc_address(), grpc::InsecureChannelCredentials(),
                                       arguments);
  return absl::OkStatus();
}

std::unique_ptr<grpc::ClientContext> ServiceUnderTest::Context(const Actor& actor,
                                                               absl::Duration deadline) {
  auto context = std::make_unique<grpc::ClientContext>();
  auto token = (actor.role == Role::kService ? service_signer_ : signer_)->Sign(actor, kTokenLife);
  if (token.ok()) context->AddMetadata("authorization", "Bearer " + *token);
  context->set_deadline(absl::ToChronoTime(absl::Now() + deadline));
  // The way to a service that was just started again has to be made first.
  context->set_wait_for_ready(true);
  return context;
}

absl::Status ServiceUnderTest::PublishBytes(
    const std::string& topic, const std::string& key, const std::string& value,
    const std::vector<std::pair<std::string, std::string>>& headers) {
  if (producer_ == nullptr) {
    auto producer =
        MakeProducer({.bootstrap_servers = bootstrap(), .client_id = "others"}, NoteDelivery,
                     nullptr, {{"linger.ms", "0"}, {"partitioner", "murmur2_random"}});
    if (!producer.ok()) return producer.status();
    producer_ = *std::move(producer);
  }
  std::optional<rd_kafka_resp_err_t> note;
  if (absl::Status status = Produce(producer_.get(), topic, key, value, headers, &note);
      !status.ok()) {
    return status;
  }
  const absl::Time until = absl::Now() + absl::Seconds(10);
  while (!note && absl::Now() < until) rd_kafka_poll(producer_.get(), 50);
  if (!note) {
    producer_.reset();  // it would note on what is gone
    return absl::UnavailableError("the broker does not take the record");
  }
  if (*note == RD_KAFKA_RESP_ERR_NO_ERROR) return absl::OkStatus();
  return absl::UnavailableError(rd_kafka_err2str(*note));
}

common::v1::EventHeader ServiceUnderTest::Header(const std::string& aggregate_id,
                                                 std::uint64_t version, absl::Time occurred_at) {
  common::v1::EventHeader header;
  header.set_event_id(absl::StrCat(aggregate_id, ":", version));
  header.set_aggregate_id(aggregate_id);
  header.set_aggregate_version(version);
  *header.mutable_occurred_at() =
      google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(occurred_at));
  return header;
}

std::vector<std::pair<std::string, std::string>> ServiceUnderTest::HeadersOf(
    const google::protobuf::Message& event, const common::v1::EventHeader& header) {
  std::string type;
  const auto* oneof = event.GetDescriptor()->FindOneofByName("event");
  if (oneof != nullptr) {
    const auto* field = event.GetReflection()->GetOneofFieldDescriptor(event, oneof);
    if (field != nullptr) type = EventType(*field->containing_type(), *field->message_type());
  }
  const std::vector<std::string> names = absl::StrSplit(header.aggregate_id(), '/');
  return {{"ce_specversion", "1.0"},
          {"ce_id", header.event_id()},
          {"ce_source", absl::StrCat("/pepline/", names.front())},
          {"ce_type", type},
          {"ce_subject", header.aggregate_id()},
          {"ce_time", google::protobuf::util::TimeUtil::ToString(header.occurred_at())},
          {"content-type", "application/protobuf"}};
}

absl::StatusOr<std::vector<ReadRecord>> ServiceUnderTest::Events(const std::string& topic) {
  auto& reader = readers_[topic];
  if (reader == nullptr) {
    reader = std::make_unique<TopicReader>(bootstrap(), std::vector<std::string>{topic});
  }
  auto records = reader->Read(absl::Seconds(15));
  if (!records.ok()) return records.status();
  return **records;
}

absl::StatusOr<ReadRecord> ServiceUnderTest::AwaitEvent(
    const std::string& topic, const std::function<bool(const ReadRecord&)>& fits,
    absl::Duration deadline) {
  ReadRecord found;
  std::vector<std::string> types;
  const bool came = WaitUntil(
      [&] {
        auto records = Events(topic);
        if (!records.ok()) return false;
        types.clear();
        for (ReadRecord& record : *records) {
          if (fits(record)) {
            found = std::move(record);
            return true;
          }
          types.push_back(HeaderOf(record, "ce_type"));
        }
        return false;
      },
      deadline);
  if (came) return found;
  return absl::DeadlineExceededError(
      absl::StrCat("no such event on ", topic, " yet; there are: ", absl::StrJoin(types, ", ")));
}

double ServiceUnderTest::MetricIn(const std::string& text, const std::string& sample) {
  const std::string begin = absl::StrCat("\n", sample, " ");  // a comment is always before it
  const auto found = text.find(begin);
  if (found == std::string::npos) return 0;
  const auto at = found + begin.size();
  double value = 0;
  return absl::SimpleAtod(text.substr(at, text.find('\n', at) - at), &value) ? value : 0;
}

}  // namespace pepline
