// What happens to a request whose bytes are no message of the contract: cut, changed on the way, or
// with a text that is not UTF-8. gRPC would answer UNIMPLEMENTED without a word; this makes it
// INVALID_ARGUMENT with ErrorInfo (MALFORMED_REQUEST), for every unary RPC of every service.
// Promises: no handler sees such a request; each is counted like one that the door refuses
// (pepline_rpc_refused_total{cause="malformed"}). Does not: look at streams, whose handlers read
// their messages themselves. Threads: gRPC's.
#ifndef PEPLINE_SHARED_RUNTIME_MALFORMED_REQUESTS_H_
#define PEPLINE_SHARED_RUNTIME_MALFORMED_REQUESTS_H_

#include <grpcpp/support/server_interceptor.h>

#include <memory>

#include "shared/runtime/metrics.h"

namespace pepline {

// For ServerBuilder. `metrics` must outlive the server.
std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface> AnswerMalformedRequests(
    Metrics& metrics);

}  // namespace pepline

#endif  // PEPLINE_SHARED_RUNTIME_MALFORMED_REQUESTS_H_
