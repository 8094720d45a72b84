// Calls to Pepline's services on behalf of one actor: addresses, token, deadline, repetition.
//   auto caller = Caller::Create({.stack_folder = ".run"});
//   scheduling::v1::GetPepRequest request; scheduling::v1::GetPepResponse response;
//   grpc::Status status = (*caller)->Call(request, response);
// Promises: the RPC follows from the request's type; a command without request_id is given one;
// UNAVAILABLE and ABORTED are repeated with the same request_id a bounded number of times, so that
// a command has one effect. Signs its own tokens where the stack's signing key is there.
// Errors: of Create NotFound (no stack; how to start one), InvalidArgument (the fix); of calls the
// status of the last attempt, see failure.h. Threads: safe from any thread, calls block.
#ifndef PEPLINE_TOOLS_CLIENT_CALLER_H_
#define PEPLINE_TOOLS_CLIENT_CALLER_H_

#include <grpcpp/grpcpp.h>

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"
#include "shared/domain/authorisation.h"
#include "shared/rpc/grpc_credentials.h"
#include "shared/security/auth.h"
#include "tools/client/stack_file.h"

namespace pepline::client {

// A member of the Virtual School of authority 931.
Actor DefaultActor();

struct CallerOptions {
  // With a folder: addresses and signing key are of its stack.json.
  std::string stack_folder;
  // Added to and stronger than the stack's: {"registry", "10.0.0.1:7701"}.
  std::map<std::string, std::string> addresses;
  // Our client certificate, for services that speak TLS; instead of the stack's.
  TlsFiles tls;
  // A file with one bearer token; instead of signing one.
  std::string token_file;
  Actor actor = DefaultActor();
  absl::Duration deadline = absl::Seconds(10);
  int attempts = 4;
};

class Caller {
 public:
  static absl::StatusOr<std::unique_ptr<Caller>> Create(CallerOptions options);

  // One unary RPC, the one whose request is of this type. The second has another actor's token.
  grpc::Status Call(const google::protobuf::Message& request, google::protobuf::Message& response);
  grpc::Status Call(const Actor& actor, const google::protobuf::Message& request,
                    google::protobuf::Message& response);

  // Calls once, and again after a growing pause while the answer is that something is away, at most
  // options().attempts times. `once` must have the same effect however often it is called.
  grpc::Status Repeatedly(const std::function<grpc::Status()>& once) const;

  // For streams and for stubs of one's own. NotFound when the service has no address.
  absl::StatusOr<std::shared_ptr<grpc::Channel>> Channel(const std::string& service);
  // A context with token and deadline. Errors: no token can be had.
  absl::StatusOr<std::unique_ptr<grpc::ClientContext>> Context(const Actor& actor,
                                                               absl::Duration deadline);
  absl::StatusOr<std::string> Token(const Actor& actor, absl::Duration valid_for);

  const CallerOptions& options() const { return options_; }
  // Empty fields where only addresses were given.
  const StackFile& stack() const { return stack_; }

 private:
  explicit Caller(CallerOptions options) : options_(std::move(options)) {}
  absl::Status Prepare();
  absl::Status PrepareTls();
  absl::StatusOr<std::string> KeptToken(const Actor& actor);
  grpc::Status Once(const std::shared_ptr<grpc::Channel>& channel, const std::string& rpc,
                    const Actor& actor, const std::string& request,
                    google::protobuf::Message& response);

  struct Kept {
    std::string token;
    absl::Time good_until;
  };

  CallerOptions options_;
  StackFile stack_;
  std::string given_token_;
  std::unique_ptr<TokenSigner> signer_;
  std::unique_ptr<GrpcTls> tls_;  // null: plain text
  absl::Mutex mutex_;
  std::map<std::string, std::shared_ptr<grpc::Channel>> channels_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, Kept> tokens_ ABSL_GUARDED_BY(mutex_);  // by actor
};

// A request id that nobody else makes: "cli-" and 24 letters and digits.
std::string NewRequestId();
// Fills an empty field request_id; nothing where the message has none.
void GiveRequestId(google::protobuf::Message& request);

}  // namespace pepline::client

#endif  // PEPLINE_TOOLS_CLIENT_CALLER_H_
