#include "tools/client/caller.h"

#include <grpcpp/generic/generic_stub.h>

#include <fstream>
#include <random>
#include <sstream>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "shared/rpc/grpc_server.h"

namespace pepline::client {
namespace {

constexpr absl::Duration kTokenLife = absl::Minutes(10);
constexpr absl::Duration kFirstPause = absl::Milliseconds(100);

std::string Key(const Actor& actor) {
  return absl::StrCat(
      actor.subject, "/", std::string(RoleName(actor.role)), "/", actor.authority.text(), "/",
      absl::StrJoin(actor.schools, ",",
                    [](std::string* out, const SchoolUrn& urn) { out->append(urn.text()); }));
}

grpc::Status FromStatus(const absl::Status& status) {
  return {static_cast<grpc::StatusCode>(status.code()), std::string(status.message())};
}

bool MayBeRepeated(const grpc::Status& status) {
  return status.error_code() == grpc::StatusCode::UNAVAILABLE ||
         status.error_code() == grpc::StatusCode::ABORTED;
}

// "scheduling" of "pepline.scheduling.v1.SchedulingService/GetPep".
std::string ServiceOf(const std::string& rpc) {
  const std::vector<std::string> parts = absl::StrSplit(rpc, '.');
  return parts.size() > 1 ? parts[1] : "";
}

// What else may be wrong, as far as gRPC's words tell.
std::string HintOnTls(const grpc::Status& status, bool tls) {
  const std::string& words = status.error_message();
  if (absl::StrContains(words, "Connection refused")) return "";
  if (!tls) return ", and does it want TLS (--tls-ca, --tls-certificate, --tls-key)";
  if (absl::StrContains(words, "wrong version number")) {
    return " in plain text, while TLS files are given";
  }
  if (absl::StrContains(words, "ostname")) return " under a name that its certificate lacks";
  if (absl::StrContains(words, "certificate verify failed")) {
    return " with a certificate that has expired or that --tls-ca does not vouch for";
  }
  return ", and does it know the authority of --tls-certificate";
}

}  // namespace

Actor DefaultActor() {
  return {.subject = "stf-commandline000000001",
          .role = Role::kVirtualSchool,
          .authority = AuthorityCode("931"),
          .schools = {}};
}

absl::StatusOr<std::unique_ptr<Caller>> Caller::Create(CallerOptions options) {
  auto caller = std::unique_ptr<Caller>(new Caller(std::move(options)));
  if (absl::Status status = caller->Prepare(); !status.ok()) return status;
  return caller;
}

absl::Status Caller::Prepare() {
  if (!options_.stack_folder.empty()) {
    auto stack = ReadStackFile(options_.stack_folder);
    if (!stack.ok()) return stack.status();
    stack_ = *std::move(stack);
  }
  for (const auto& [service, address] : options_.addresses) stack_.services[service] = address;
  if (absl::Status status = PrepareTls(); !status.ok()) return status;
  if (!options_.token_file.empty()) {
    std::ifstream file(options_.token_file);
    std::stringstream text;
    text << file.rdbuf();
    given_token_ = std::string(absl::StripAsciiWhitespace(text.str()));
    if (!file || given_token_.empty()) {
      return absl::InvalidArgumentError(absl::StrCat("there is no token in ", options_.token_file,
                                                     "; put one bearer token there"));
    }
    return absl::OkStatus();
  }
  if (stack_.signing_key_file.empty()) {
    return absl::InvalidArgumentError(
        "no token and no key to sign one; give a file that holds a token with --token-file");
  }
  auto signer = TokenSigner::Create(stack_.signing_key_file, stack_.issuer, stack_.audience);
  if (!signer.ok()) return signer.status();
  signer_ = *std::move(signer);
  return absl::OkStatus();
}

absl::Status Caller::PrepareTls() {
  TlsFiles& files = options_.tls;
  const bool some = !(files.certificate + files.key + files.authorities).empty();
  const bool all = !files.certificate.empty() && !files.key.empty() && !files.authorities.empty();
  if (some && !all) {
    return absl::InvalidArgumentError(
        "mutual TLS needs three files; give all of --tls-ca, --tls-certificate and --tls-key");
  }
  if (!some) files = stack_.tls;
  if (files.certificate.empty()) return absl::OkStatus();
  auto tls = GrpcTls::Create(
      files, {.certificate = "--tls-certificate", .key = "--tls-key", .authorities = "--tls-ca"},
      nullptr);
  if (!tls.ok()) return tls.status();
  tls_ = *std::move(tls);
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<grpc::Channel>> Caller::Channel(const std::string& service) {
  const auto address = stack_.services.find(service);
  if (address == stack_.services.end() || address->second.empty()) {
    return absl::NotFoundError(absl::StrCat("no address of ", service, " is known; give it with --",
                                            service, " HOST:PORT, or start a stack that has it"));
  }
  absl::MutexLock lock(&mutex_);
  auto& channel = channels_[service];
  if (channel == nullptr) {
    grpc::ChannelArguments arguments;
    // A service that was away is tried again soon; a person waits.
    arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 50);
    arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 200);
    channel = grpc::CreateCustomChannel(
        address->second, tls_ == nullptr ? grpc::InsecureChannelCredentials() : tls_->ForChannels(),
        arguments);
  }
  return channel;
}

absl::StatusOr<std::string> Caller::Token(const Actor& actor, absl::Duration valid_for) {
  if (!given_token_.empty()) return given_token_;
  return signer_->Sign(actor, valid_for);
}

absl::StatusOr<std::string> Caller::KeptToken(const Actor& actor) {
  const absl::Time now = absl::Now();
  absl::MutexLock lock(&mutex_);
  Kept& kept = tokens_[Key(actor)];
  if (kept.token.empty() || now > kept.good_until) {
    auto token = Token(actor, kTokenLife);
    if (!token.ok()) return token.status();
    kept = {*std::move(token), now + kTokenLife / 2};
  }
  return kept.token;
}

absl::StatusOr<std::unique_ptr<grpc::ClientContext>> Caller::Context(const Actor& actor,
                                                                     absl::Duration deadline) {
  auto token = KeptToken(actor);
  if (!token.ok()) return token.status();
  auto context = std::make_unique<grpc::ClientContext>();
  context->AddMetadata("authorization", "Bearer " + *token);
  context->set_deadline(absl::ToChronoTime(absl::Now() + deadline));
  return context;
}

grpc::Status Caller::Once(const std::shared_ptr<grpc::Channel>& channel, const std::string& rpc,
                          const Actor& actor, const std::string& request,
                          google::protobuf::Message& response) {
  auto context = Context(actor, options_.deadline);
  if (!context.ok()) return FromStatus(context.status());
  grpc::GenericStub stub(channel);
  const grpc::Slice slice(request);
  const grpc::ByteBuffer sent(&slice, 1);
  grpc::ByteBuffer got;
  grpc::Status status;
  absl::Notification done;
  stub.UnaryCall(context->get(), "/" + rpc, grpc::StubOptions(), &sent, &got,
                 [&](grpc::Status ended) {
                   status = std::move(ended);
                   done.Notify();
                 });
  done.WaitForNotification();
  if (!status.ok()) return status;
  grpc::Slice whole;
  if (!got.DumpToSingleSlice(&whole).ok() ||
      !response.ParseFromArray(whole.begin(), static_cast<int>(whole.size()))) {
    return {grpc::StatusCode::INTERNAL, absl::StrCat("the answer of ", rpc, " cannot be read")};
  }
  return status;
}

grpc::Status Caller::Repeatedly(const std::function<grpc::Status()>& once) const {
  absl::Duration pause = kFirstPause;
  for (int attempt = 1;; ++attempt) {
    const grpc::Status status = once();
    if (!MayBeRepeated(status) || attempt >= options_.attempts) return status;
    absl::SleepFor(pause);
    pause *= 2;
  }
}

grpc::Status Caller::Call(const google::protobuf::Message& request,
                          google::protobuf::Message& response) {
  return Call(options_.actor, request, response);
}

grpc::Status Caller::Call(const Actor& actor, const google::protobuf::Message& request,
                          google::protobuf::Message& response) {
  const std::string rpc = RpcTaking(*request.GetDescriptor());
  const std::string service = ServiceOf(rpc);
  auto channel = Channel(service);
  if (!channel.ok())
    return {grpc::StatusCode::UNAVAILABLE, std::string(channel.status().message())};
  const std::unique_ptr<google::protobuf::Message> named(request.New());
  named->CopyFrom(request);
  GiveRequestId(*named);
  const std::string bytes = named->SerializeAsString();
  grpc::Status status = Repeatedly([&] { return Once(*channel, rpc, actor, bytes, response); });
  // What gRPC itself says does not tell which service is away.
  if (status.error_code() == grpc::StatusCode::UNAVAILABLE && status.error_details().empty()) {
    return {status.error_code(),
            absl::StrCat(service, " does not answer at ", stack_.services.at(service), " (",
                         status.error_message(), "); is it up", HintOnTls(status, tls_ != nullptr),
                         "?")};
  }
  if (status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED) {
    return {status.error_code(), absl::StrCat(service, " did not answer within ",
                                              absl::FormatDuration(options_.deadline),
                                              "; whether a command was carried out is not known")};
  }
  return status;
}

std::string NewRequestId() {
  constexpr absl::string_view kLetters = "abcdefghijklmnopqrstuvwxyz0123456789";
  std::random_device source;
  std::uniform_int_distribution<std::size_t> letter(0, kLetters.size() - 1);
  std::string id = "cli-";
  for (int i = 0; i < 24; ++i) id.push_back(kLetters[letter(source)]);
  return id;
}

void GiveRequestId(google::protobuf::Message& request) {
  const auto* field = request.GetDescriptor()->FindFieldByName("request_id");
  if (field == nullptr) return;
  const auto* reflection = request.GetReflection();
  if (reflection->GetString(request, field).empty()) {
    reflection->SetString(&request, field, NewRequestId());
  }
}

}  // namespace pepline::client
