// The RPC server, once for all services: every unary RPC runs as straight-line code on the worker
// pool, with an authenticated actor, a deadline, a trace and metrics. rpc_service.h says how a
// service names its handlers.
// Refused before the handler runs: bytes that are no request of the RPC and more than 16 KiB of
// metadata (INVALID_ARGUMENT), under TLS a peer without a row (PERMISSION_DENIED), no or bad token
// (UNAUTHENTICATED), role without a row (PERMISSION_DENIED), no deadline (INVALID_ARGUMENT, "set a
// deadline"), deadline passed, pool full (RESOURCE_EXHAUSTED), draining (UNAVAILABLE). What the
// contract alone forbids (request_faults.h) is answered together with what the handler finds, and
// nothing is carried out. Messages above the limit: RESOURCE_EXHAUSTED by gRPC. Every answer says
// its trace (trailing metadata "traceresponse", as W3C has it), and an error has the trace's id as
// google.rpc.RequestInfo, too. Every call of an RPC that gives out
// personal data leaves its line on the audit trail (access_audit.h) before it is answered; where
// that cannot be written, nothing is given out (UNAVAILABLE). Threads: safe from any thread.
#ifndef PEPLINE_SHARED_RPC_GRPC_SERVER_H_
#define PEPLINE_SHARED_RPC_GRPC_SERVER_H_

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/message.h"
#include "shared/base/worker_pool.h"
#include "shared/domain/decider.h"
#include "shared/engine/command.h"
#include "shared/observability/metrics.h"
#include "shared/security/auth.h"
#include "shared/security/rpc_access.h"
#include "shared/security/tls_files.h"

namespace pepline {

struct FieldViolation {
  std::string field;        // its path in the request: "answers[3]"
  std::string description;  // what is wrong with it and the fix; never the value
};

// What a handler knows about its call.
struct Call {
  std::string rpc;  // "pepline.scheduling.v1.SchedulingService/FinaliseEpep"
  Actor actor;
  std::string traceparent;
  std::string peer = {};  // identity of the client certificate; empty in plain text
  std::vector<FieldViolation> faults = {};  // what the contract alone forbids; not carried out
  mutable bool denied = false;              // the last answer of MayTouch: somebody else's record

  bool MayTouch(const Resource& resource) const {
    const bool may = pepline::MayTouch(AccessTo(rpc).grants, actor, resource);
    // What is nobody's is not on record.
    denied = !may && !(resource.authority.empty() && resource.school.empty());
    return may;
  }
  // The origin of a command RPC: fingerprint over rpc, subject and what this version knows of the
  // request, without request_id. None (no command_id) where the call has faults: it is not carried
  // out. The request must have a string field request_id.
  Origin OriginOf(const google::protobuf::Message& request) const;
};

// The RPC whose request is this message, and its name as a Call has it. Every RPC has a request
// message of its own, in the file of its service.
const google::protobuf::MethodDescriptor& MethodTaking(const google::protobuf::Descriptor& request);
std::string RpcTaking(const google::protobuf::Descriptor& request);

class RpcServer {
 public:
  // `authenticator` must outlive the server. domain is "<service>.pepline" (for ErrorInfo).
  RpcServer(WorkerPool& pool, const Authenticator& authenticator, Metrics& metrics,
            std::string domain);

  template <class Request, class Response>
  grpc::ServerUnaryReactor* Unary(
      grpc::CallbackServerContext* context, const Request* request, Response* response,
      std::function<grpc::Status(const Call&, const Request&, Response&)> handler) {
    static const std::string rpc = RpcTaking(*Request::descriptor());
    return Run(context, rpc, *request, *response,
               [request, response, handler = std::move(handler)](const Call& call) {
                 return handler(call, *request, *response);
               });
  }

  // From now on new calls are answered UNAVAILABLE. Returns when the running ones have finished, or
  // after the bound.
  void Drain(absl::Duration bound) {
    draining_ = true;
    pool_.AwaitIdle(bound);
  }
  const std::string& domain() const { return domain_; }
  // From now on the caller's certificate must allow the call too: the server speaks TLS.
  void AskForPeers() { peers_asked_for_ = true; }

  // What is known of a call before it is admitted: `traceparent` is the caller's.
  static Call Arrived(const grpc::CallbackServerContext& context, std::string rpc);
  // The checks that every kind of RPC makes of what arrived before its handler; for streaming RPCs,
  // too. Fills in the actor.
  grpc::Status Admit(const grpc::CallbackServerContext& context, Call& call) const;
  // Counts a call that is answered now; for streaming RPCs, too.
  void CountCall(const std::string& rpc, const grpc::Status& status, absl::Time start) const;
  // Puts the call's trace on its answer, for streaming RPCs, too: the status to answer with.
  static grpc::Status ReturnTrace(grpc::CallbackServerContext& context, const Call& call,
                                  const grpc::Status& status);
  WorkerPool& pool() { return pool_; }
  Metrics& metrics() { return metrics_; }

 private:
  grpc::ServerUnaryReactor* Run(grpc::CallbackServerContext* context, const std::string& rpc,
                                const google::protobuf::Message& request,
                                google::protobuf::Message& response,
                                std::function<grpc::Status(const Call&)> handler);
  // The handler's answer, or what is wrong with the request.
  grpc::Status Handle(Call& call, const google::protobuf::Message& request,
                      google::protobuf::Message& response,
                      const std::function<grpc::Status(const Call&)>& handler) const;
  // Puts the call on the audit trail. The status to answer with: the given one, or that the trail
  // cannot be written, and then the response is empty.
  grpc::Status RecordAccess(const Call& call, grpc::Status status,
                            const google::protobuf::Message& request,
                            google::protobuf::Message& response) const;

  WorkerPool& pool_;
  const Authenticator& authenticator_;
  Metrics& metrics_;
  std::string domain_;
  std::atomic<bool> draining_ = false;
  std::atomic<bool> peers_asked_for_ = false;
};

// How a refusal leaves through gRPC.
struct RefusalCode {
  grpc::StatusCode code;
  std::string reason;  // UPPER_SNAKE_CASE for ErrorInfo
};
RefusalCode CodeOf(const RefusalReason& reason);

// Status with ErrorInfo and, when field is not empty, a BadRequest field violation.
grpc::Status RefusalStatus(const std::string& domain, const RefusalCode& code,
                           const std::string& message, const std::string& field);
inline grpc::Status RefusalStatus(const std::string& domain, const RefusalReason& reason,
                                  const std::string& message, const std::string& field) {
  return RefusalStatus(domain, CodeOf(reason), message, field);
}
// INVALID_ARGUMENT with one violation per bad field, reason INVALID_FIELD.
grpc::Status BadRequestStatus(const std::string& domain,
                              const std::vector<FieldViolation>& violations);
// Unavailable, Aborted, ResourceExhausted, DataLoss...: the same code with ErrorInfo.
grpc::Status FromAbsl(const std::string& domain, const absl::Status& status);
// NOT_FOUND, the same answer as for a record that does not exist: existence is itself a secret.
grpc::Status DeniedStatus(const std::string& domain);
// The same as a status, which FromAbsl turns into that answer.
absl::Status DeniedError();
grpc::Status CommandIdReusedStatus(const std::string& domain);
// INVALID_ARGUMENT with these faults, and with the violations of `status` where it has some.
grpc::Status WithFaults(const std::string& domain, const std::vector<FieldViolation>& faults,
                        const grpc::Status& status);
// The same failure with a google.rpc.RequestInfo that holds the trace's id; OK stays OK.
grpc::Status WithTrace(const grpc::Status& status, std::string_view trace_id);

struct GrpcServerOptions {
  std::string address = "127.0.0.1:0";
  int max_message_bytes = 4 * 1024 * 1024;
  int max_concurrent_streams = 256;  // on one connection
  int max_connections = 512;         // in all; a quarter of them from one address
  // What connections, calls and messages on their way may take together, bytes.
  int memory_bytes = 64 * 1024 * 1024;
  // A client may ask whether we live as often as this, with or without calls; more often ends its
  // connection.
  absl::Duration least_between_pings = absl::Seconds(5);
  // All three files: mutual TLS. All empty: plain text, for development alone.
  TlsFiles tls;
};

// The server with health (grpc.health.v1: SERVING only while `SetServing(true)`, for the server,
// "", and by the full name of each service), reflection and limits.
class GrpcServer {
 public:
  // InvalidArgument: the TLS files, see tls_material.h; Unavailable: the address.
  static absl::StatusOr<std::unique_ptr<GrpcServer>> Start(GrpcServerOptions options,
                                                           std::vector<grpc::Service*> services,
                                                           Metrics& metrics);
  ~GrpcServer();
  int port() const;
  void SetServing(bool serving);
  // Stops accepting, lets running calls finish until the deadline, then cancels them.
  void Shutdown(absl::Duration bound);

 private:
  struct Parts;
  explicit GrpcServer(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace pepline

#endif  // PEPLINE_SHARED_RPC_GRPC_SERVER_H_
