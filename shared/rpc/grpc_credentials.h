// Mutual TLS of gRPC, both ends: our certificate is shown to the other end, and the other end must
// show one of the same authorities; a client checks the server's name too. Who may call what is the
// RPC server's question (shared/domain/access/peers.h).
// Promises: the files are looked at twice a second and used for new connections within two seconds;
// what ReadTls refuses (a half-changed pair, say) is not used: the old ones stay in force, and that
// is counted and logged. Running connections go on with what they began with. Errors: those of
// ReadTls. Threads: safe from any thread.
#ifndef PEPLINE_SHARED_RPC_GRPC_CREDENTIALS_H_
#define PEPLINE_SHARED_RPC_GRPC_CREDENTIALS_H_

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "shared/observability/metrics.h"
#include "shared/security/tls_material.h"

namespace pepline {

class GrpcTls {
 public:
  // Metrics may be null: then nothing is counted.
  static absl::StatusOr<std::unique_ptr<GrpcTls>> Create(TlsFiles files, TlsNames names,
                                                         Metrics* metrics);
  ~GrpcTls();  // from then on the files are not looked at any more

  // A client must show a certificate of the authorities.
  std::shared_ptr<grpc::ServerCredentials> ForServer() const;
  std::shared_ptr<grpc::ChannelCredentials> ForChannels() const;

 private:
  struct Parts;
  explicit GrpcTls(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

// Who called, as the client certificate of the connection says; empty in plain text.
std::string PeerIdentity(const grpc::CallbackServerContext& context);

// Errors of gRPC's own, such as a handshake that failed, go to our log; once at start.
void LogGrpcErrors();

}  // namespace pepline

#endif  // PEPLINE_SHARED_RPC_GRPC_CREDENTIALS_H_
