#include "shared/rpc/grpc_server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/impl/server_builder_option.h>
#include <grpcpp/impl/server_initializer.h>

#include <array>
#include <chrono>
#include <map>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "grpc/health/v1/health.pb.h"
#include "shared/base/digest.h"
#include "shared/domain/access/peers.h"
#include "shared/observability/log.h"
#include "shared/observability/trace.h"
#include "shared/rpc/access_audit.h"
#include "shared/rpc/admit_first.h"
#include "shared/rpc/grpc_credentials.h"
#include "shared/rpc/grpc_listener.h"
#include "shared/rpc/request_faults.h"

namespace pepline {
namespace {

constexpr int kLongestConnectionMs = 60 * 60 * 1000;
constexpr int kLastCallsMs = 60 * 1000;
constexpr int kLongestHandshakeMs = 10 * 1000;
constexpr int kLongestIdleMs = 30 * 60 * 1000;
constexpr int kMostThreads = 16;

// What a call may bring along; HTTP/2 counts 32 bytes beside each name and value. gRPC's own bound
// is above it, since beyond that the whole connection ends, with the calls of everybody on it.
constexpr std::size_t kMostMetadata = 16 * 1024;
constexpr int kMetadataThatEndsAConnection = 64 * 1024;
constexpr std::size_t kBytesBesideAField = 32;
// From when a call was admitted until it is looked at anew: by then its token may have expired.
constexpr absl::Duration kAdmissionLasts = absl::Seconds(1);

std::size_t BytesOf(const std::multimap<grpc::string_ref, grpc::string_ref>& metadata) {
  std::size_t bytes = 0;
  for (const auto& [name, value] : metadata) {
    bytes += name.size() + value.size() + kBytesBesideAField;
  }
  return bytes;
}

std::string MetadataValue(const grpc::CallbackServerContext& context, const char* name) {
  const auto found = context.client_metadata().find(name);
  if (found == context.client_metadata().end()) return "";
  return std::string(found->second.data(), found->second.size());
}

std::string_view CodeName(grpc::StatusCode code) {
  // Both use the same canonical codes.
  static const auto* const names = [] {
    auto* made = new std::array<std::string, 17>;
    for (int i = 0; i < 17; ++i) {
      (*made)[static_cast<std::size_t>(i)] =
          absl::StatusCodeToString(static_cast<absl::StatusCode>(i));
    }
    return made;
  }();
  const int number = static_cast<int>(code);
  return number >= 0 && number < 17 ? std::string_view((*names)[static_cast<std::size_t>(number)])
                                    : std::string_view("UNKNOWN");
}

constexpr std::string_view kFailed = "failed";  // what whoever runs us has to look at
std::string_view OutcomeOf(grpc::StatusCode code) {
  switch (code) {
    case grpc::OK:
      return "ok";
    case grpc::UNAVAILABLE:
    case grpc::INTERNAL:
    case grpc::UNKNOWN:
    case grpc::DATA_LOSS:
    case grpc::RESOURCE_EXHAUSTED:
    case grpc::ABORTED:
    case grpc::DEADLINE_EXCEEDED:
      return kFailed;
    default:
      return "refused";
  }
}

}  // namespace

const google::protobuf::MethodDescriptor& MethodTaking(
    const google::protobuf::Descriptor& request) {
  const google::protobuf::FileDescriptor& file = *request.file();
  for (int s = 0; s < file.service_count(); ++s) {
    for (int m = 0; m < file.service(s)->method_count(); ++m) {
      const google::protobuf::MethodDescriptor& method = *file.service(s)->method(m);
      if (method.input_type() == &request) return method;
    }
  }
  std::fprintf(stderr, "bug: no RPC takes %s\n", request.full_name().c_str());
  std::abort();
}

std::string RpcTaking(const google::protobuf::Descriptor& request) {
  const google::protobuf::MethodDescriptor& method = MethodTaking(request);
  return absl::StrCat(method.service()->full_name(), "/", method.name());
}

Origin Call::OriginOf(const google::protobuf::Message& request) const {
  if (!faults.empty()) return Origin::Request("", "", traceparent);
  const std::unique_ptr<google::protobuf::Message> copy(request.New());
  copy->CopyFrom(request);
  // What this version does not know changes nothing, so it makes no other command either: a caller
  // that repeats its request through a newer program would be refused.
  copy->DiscardUnknownFields();
  const google::protobuf::FieldDescriptor* field =
      copy->GetDescriptor()->FindFieldByName("request_id");
  std::string request_id = copy->GetReflection()->GetString(*copy, field);
  copy->GetReflection()->ClearField(copy.get(), field);
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream out(&stream);
    out.SetSerializationDeterministic(true);
    copy->SerializeToCodedStream(&out);
  }
  // Lengths keep the three parts apart.
  return Origin::Request(
      std::move(request_id),
      Sha256(absl::StrCat(rpc.size(), ":", rpc, actor.subject.size(), ":", actor.subject, bytes)),
      traceparent, actor.subject);
}

RpcServer::RpcServer(WorkerPool& pool, const Authenticator& authenticator, Metrics& metrics,
                     std::string domain)
    : pool_(pool), authenticator_(authenticator), metrics_(metrics), domain_(std::move(domain)) {}

Call RpcServer::Arrived(const grpc::CallbackServerContext& context, std::string rpc) {
  return {.rpc = std::move(rpc),
          .actor = {},
          .traceparent = MetadataValue(context, "traceparent"),
          .peer = PeerIdentity(context)};
}

grpc::Status RpcServer::Admit(const grpc::CallbackServerContext& context, Call& call) const {
  const auto refuse = [this](std::string_view cause, grpc::Status status) {
    metrics_.Count("pepline_rpc_refused_total", {{"cause", cause}});
    return status;
  };
  if (draining_) {
    return refuse("draining", RefusalStatus(domain_, {grpc::UNAVAILABLE, "DRAINING"},
                                            "this instance is stopping; try again", ""));
  }
  if (BytesOf(context.client_metadata()) > kMostMetadata) {
    return refuse("malformed",
                  RefusalStatus(domain_, {grpc::INVALID_ARGUMENT, "METADATA_TOO_LARGE"},
                                "send at most 16 KiB of metadata with a call", ""));
  }
  if (context.deadline() == std::chrono::system_clock::time_point::max()) {
    return refuse("no-deadline", RefusalStatus(domain_, {grpc::INVALID_ARGUMENT, "NO_DEADLINE"},
                                               "set a deadline on every call", ""));
  }
  if (const std::string& peer = call.peer; peers_asked_for_ && !PeerMayCall(peer, call.rpc)) {
    return refuse("peer", RefusalStatus(domain_, {grpc::PERMISSION_DENIED, "PEER_NOT_ALLOWED"},
                                        absl::StrCat("the client certificate ",
                                                     peer.empty() ? "without an identity" : "of ",
                                                     peer, " may not be used to call ", call.rpc,
                                                     "; see deploy/peers.yaml"),
                                        ""));
  }
  auto actor = authenticator_.Authenticate(MetadataValue(context, "authorization"));
  if (!actor.ok()) {
    return refuse("unauthenticated",
                  RefusalStatus(domain_, {grpc::UNAUTHENTICATED, "UNAUTHENTICATED"},
                                std::string(actor.status().message()), ""));
  }
  call.actor = *std::move(actor);
  if (!MayCall(AccessTo(call.rpc).grants, call.actor.role)) {
    return refuse("role",
                  RefusalStatus(domain_, {grpc::PERMISSION_DENIED, "ROLE_NOT_ALLOWED"},
                                absl::StrCat("the role ", std::string(RoleName(call.actor.role)),
                                             " may not call ", call.rpc),
                                ""));
  }
  return grpc::Status::OK;
}

void RpcServer::CountCall(const std::string& rpc, const grpc::Status& status,
                          absl::Time start) const {
  const std::string_view outcome = OutcomeOf(status.error_code());
  metrics_.Count("pepline_rpc_requests_total", {{"rpc", rpc}, {"outcome", outcome}});
  if (outcome == kFailed) {
    metrics_.Count("pepline_rpc_failures_total", {{"code", CodeName(status.error_code())}});
  }
  metrics_.Observe("pepline_rpc_seconds", {}, absl::Now() - start);
}

grpc::Status RpcServer::RecordAccess(const Call& call, grpc::Status status,
                                     const google::protobuf::Message& request,
                                     google::protobuf::Message& response) const {
  const bool written = NoteRead(call, status, request, response);
  metrics_.Count("pepline_personal_data_reads_total",
                 {{"outcome", written ? ReadOutcome(call, status) : "unwritten"}});
  if (written || !status.ok()) return status;
  response.Clear();
  return RefusalStatus(domain_, {grpc::UNAVAILABLE, "AUDIT_TRAIL_AWAY"},
                       "this read cannot be put on the audit trail, so nothing is given out; "
                       "tell whoever runs Pepline, and try again",
                       "");
}

grpc::ServerUnaryReactor* RpcServer::Run(grpc::CallbackServerContext* context,
                                         const std::string& rpc,
                                         const google::protobuf::Message& request,
                                         google::protobuf::Message& response,
                                         std::function<grpc::Status(const Call&)> handler) {
  const absl::Time start = absl::Now();
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  const auto finish = [this, context, reactor, start, &request, &response](const Call& call,
                                                                           grpc::Status status) {
    if (AccessTo(call.rpc).gives_personal_data) {
      status = RecordAccess(call, std::move(status), request, response);
    }
    CountCall(call.rpc, status, start);
    // The last touch: the call is gone after it.
    reactor->Finish(ReturnTrace(*context, call, status));
  };
  const bool accepted =
      pool_.TrySubmit([this, context, finish, &rpc, &request, &response,
                       handler = std::move(handler), admission = AdmitFirst::TakeAdmission()] {
        Call call = admission ? admission->call : Arrived(*context, rpc);
        if (context->IsCancelled() || context->deadline() <= std::chrono::system_clock::now()) {
          metrics_.Count("pepline_rpc_refused_total", {{"cause", "too-late"}});
          return finish(call, RefusalStatus(domain_, {grpc::DEADLINE_EXCEEDED, "TOO_LATE"},
                                            "the deadline passed before the call could begin", ""));
        }
        grpc::Status status;
        {
          Span span(SpanKind::kServer, call.rpc, call.traceparent);
          // Once more where the message or its turn here took its time.
          const bool lasts = admission && (!admission->status.ok() ||
                                           absl::Now() < admission->at + kAdmissionLasts);
          status = lasts ? admission->status : Admit(*context, call);
          call.traceparent = span.traceparent();
          if (status.ok()) status = Handle(call, request, response, handler);
          span.Note(SpanNote::kRpc, call.rpc);
          span.Note(SpanNote::kStatusCode, std::string(CodeName(status.error_code())));
          if (!status.ok()) span.Fail(std::string(CodeName(status.error_code())));
        }
        finish(call, std::move(status));
      });
  if (!accepted) {
    metrics_.Count("pepline_rpc_refused_total", {{"cause", "overloaded"}});
    finish(Arrived(*context, rpc),
           RefusalStatus(domain_, {grpc::RESOURCE_EXHAUSTED, "OVERLOADED"},
                         "too many calls at once; try again in a moment", ""));
  }
  return reactor;
}

grpc::Status RpcServer::Handle(Call& call, const google::protobuf::Message& request,
                               google::protobuf::Message& response,
                               const std::function<grpc::Status(const Call&)>& handler) const {
  call.faults = FaultsOf(request);
  grpc::Status status = handler(call);
  if (call.faults.empty()) return status;
  response.Clear();
  return WithFaults(domain_, call.faults, status);
}

grpc::Status RpcServer::ReturnTrace(grpc::CallbackServerContext& context, const Call& call,
                                    const grpc::Status& status) {
  if (!IsTraceparent(call.traceparent)) return status;
  context.AddTrailingMetadata("traceresponse", call.traceparent);
  return WithTrace(status, TraceIdOf(call.traceparent));
}

namespace {

// The full names of what a server serves, as they are once it is built.
class ServiceNames final : public grpc::ServerBuilderPlugin {
 public:
  explicit ServiceNames(std::vector<std::string>& names) : names_(names) {}
  std::string name() override { return "pepline service names"; }
  void InitServer(grpc::ServerInitializer*) override {}
  void Finish(grpc::ServerInitializer* server) override { names_ = *server->GetServiceList(); }
  void ChangeArguments(const std::string&, void*) override {}

 private:
  std::vector<std::string>& names_;
};
class WithServiceNames final : public grpc::ServerBuilderOption {
 public:
  explicit WithServiceNames(std::vector<std::string>& names) : names_(names) {}
  void UpdateArguments(grpc::ChannelArguments*) override {}
  void UpdatePlugins(std::vector<std::unique_ptr<grpc::ServerBuilderPlugin>>* plugins) override {
    plugins->push_back(std::make_unique<ServiceNames>(names_));
  }

 private:
  std::vector<std::string>& names_;
};

// What callers may cost together.
void SetBounds(const GrpcServerOptions& options, grpc::ServerBuilder& builder) {
  builder.SetMaxReceiveMessageSize(options.max_message_bytes);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, options.max_concurrent_streams);
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kMetadataThatEndsAConnection);
  builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, kLongestHandshakeMs);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS, kLongestIdleMs);
  // Who asks whether we live is answered, with or without calls, and sent away if he does not stop.
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(
      GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
      static_cast<int>(absl::ToInt64Milliseconds(options.least_between_pings)));
  grpc::ResourceQuota quota("calls");
  quota.Resize(static_cast<std::size_t>(options.memory_bytes));
  // Only reflection has a thread for each stream; beyond these it is answered RESOURCE_EXHAUSTED.
  quota.SetMaxThreads(kMostThreads);
  builder.SetResourceQuota(quota);
  builder.SetSyncServerOption(grpc::ServerBuilder::NUM_CQS, 1);
  builder.SetSyncServerOption(grpc::ServerBuilder::MAX_POLLERS, 1);
}

}  // namespace

struct GrpcServer::Parts {
  std::unique_ptr<GrpcTls> tls;  // null in plain text
  std::unique_ptr<GrpcListener> listener;
  std::vector<std::string> service_names;
  std::unique_ptr<grpc::Server> server;
};

GrpcServer::GrpcServer(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
GrpcServer::~GrpcServer() { Shutdown(absl::ZeroDuration()); }

absl::StatusOr<std::unique_ptr<GrpcServer>> GrpcServer::Start(GrpcServerOptions options,
                                                              std::vector<grpc::Service*> services,
                                                              Metrics& metrics) {
  grpc::EnableDefaultHealthCheckService(true);
  // Reflection describes what the program knows of; gRPC answers for health without the contract.
  grpc::health::v1::HealthCheckRequest::descriptor();
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  auto parts = std::make_unique<Parts>();
  auto credentials = grpc::InsecureServerCredentials();
  grpc::ServerBuilder builder;
  if (!options.tls.certificate.empty()) {
    auto tls = GrpcTls::Create(options.tls, TlsNames(), &metrics);
    if (!tls.ok()) return tls.status();
    parts->tls = *std::move(tls);
    credentials = parts->tls->ForServer();
    // A certificate is looked at when a connection begins; none outlives its owner's for long.
    builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS, kLongestConnectionMs);
    builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, kLastCallsMs);
  }
  SetBounds(options, builder);
  auto acceptor = builder.experimental().AddExternalConnectionAcceptor(
      grpc::ServerBuilder::experimental_type::ExternalConnectionType::FROM_FD, credentials);
  for (grpc::Service* service : services) builder.RegisterService(service);
  builder.SetOption(std::make_unique<WithServiceNames>(parts->service_names));
  auto listener = GrpcListener::Listen(
      options.address, {options.max_connections, options.max_concurrent_streams}, metrics);
  if (!listener.ok()) {
    return absl::UnavailableError(
        absl::StrCat("PEPLINE_GRPC_ADDRESS: cannot listen on ", options.address, ": ",
                     listener.status().message(),
                     "; is the port taken? Give a free address, or port 0 for any"));
  }
  parts->listener = *std::move(listener);
  parts->server = builder.BuildAndStart();
  if (parts->server == nullptr) return absl::InternalError("gRPC does not start");
  parts->listener->Start(std::move(acceptor));
  auto server = std::unique_ptr<GrpcServer>(new GrpcServer(std::move(parts)));
  server->SetServing(false);
  return server;
}

int GrpcServer::port() const { return parts_->listener->port(); }

void GrpcServer::SetServing(bool serving) {
  grpc::HealthCheckServiceInterface& health = *parts_->server->GetHealthCheckService();
  health.SetServingStatus(serving);
  for (const std::string& name : parts_->service_names) health.SetServingStatus(name, serving);
}

void GrpcServer::Shutdown(absl::Duration bound) {
  if (parts_->server == nullptr) return;
  parts_->listener.reset();
  parts_->server->Shutdown(absl::ToChronoTime(absl::Now() + bound));
  parts_->server->Wait();
  parts_->server.reset();
}

}  // namespace pepline
