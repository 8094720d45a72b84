// Accepts the connections of the gRPC port, no more than a number in all and a quarter of that from
// one address: gRPC itself takes as many as come, and each costs memory and a file. Cuts off those
// that open streams faster than gRPC can end them (CVE-2023-44487).
// Promises: a connection beyond the bound is closed at once, and one of which gRPC holds more than
// four times the streams that may run (held_streams.h) within a tenth of a second; both are counted
// (pepline_rpc_refused_total{cause="overloaded"}) and logged once a minute; one that has ended
// makes room. Does not: look at what a connection says. Threads: one of its own.
#ifndef PEPLINE_SHARED_RPC_GRPC_LISTENER_H_
#define PEPLINE_SHARED_RPC_GRPC_LISTENER_H_

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "shared/observability/metrics.h"

namespace pepline {

class GrpcListener {
 public:
  struct Bounds {
    int connections;  // in all
    int streams;      // that may run on one connection
  };
  // Listens, and accepts nothing yet. 0.0.0.0 takes IPv6 as well where the machine has it.
  // Unavailable when the address cannot be had. `metrics` must outlive it.
  static absl::StatusOr<std::unique_ptr<GrpcListener>> Listen(const std::string& address,
                                                              const Bounds& bounds,
                                                              Metrics& metrics);
  ~GrpcListener();  // accepts no more; open connections are gRPC's
  int port() const;
  // From now on connections go to this server, which has started.
  void Start(std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> server);

 private:
  struct Parts;
  explicit GrpcListener(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace pepline

#endif  // PEPLINE_SHARED_RPC_GRPC_LISTENER_H_
