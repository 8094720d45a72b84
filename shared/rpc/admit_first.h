// A service of which every unary call is admitted by the RPC server before its message is read.
// gRPC reads the message of a unary RPC first and whole, whoever sent it, so that callers without a
// token could fill the memory; to gRPC these RPCs therefore take a stream, of which one message is
// read here. On the wire the two are the same. Promises: a call that the RPC server refuses is
// answered with all that it says (reason, trace, metrics, audit trail), and costs no more than its
// flow-control window. Bytes that are no message of the contract (cut, changed on the way, with a
// text that is not UTF-8) or no bytes at all are INVALID_ARGUMENT with the reason
// MALFORMED_REQUEST, and no handler sees them. Does not: look at RPCs that take streams; they are
// passed on as they are. Threads: gRPC's.
#ifndef PEPLINE_SHARED_RPC_ADMIT_FIRST_H_
#define PEPLINE_SHARED_RPC_ADMIT_FIRST_H_

#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/service_type.h>

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "shared/rpc/grpc_server.h"

namespace pepline {

class AdmitFirst final : public grpc::Service {
 public:
  // To be served in place of `service`, an RpcService of this full name
  // ("pepline.funding.v1.FundingService"), whose handlers ask the same server. Both must outlive
  // it.
  AdmitFirst(grpc::Service& service, const std::string& full_name, RpcServer& server);

  struct Admission {
    Call call;            // as far as it was admitted
    grpc::Status status;  // not OK: what to answer, instead of doing anything
    absl::Time at;        // when the server looked
  };
  // Of the call whose handler was just called on this thread; for the server, once. None where the
  // handler was not called from here.
  static std::optional<Admission> TakeAdmission();

 private:
  std::vector<std::string> paths_;  // gRPC keeps pointers to them
};

// What a call is answered whose bytes are no message of the contract; counted here. For the
// handlers of RPCs that take streams, too.
grpc::Status MalformedRequest(RpcServer& server, const std::string& rpc);

}  // namespace pepline

#endif  // PEPLINE_SHARED_RPC_ADMIT_FIRST_H_
