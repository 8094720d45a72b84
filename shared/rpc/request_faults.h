// What can be seen to be wrong with a request from its contract alone, once for all RPCs: a number
// that its enum does not have, a request_id that is missing or too long, and a filter of a list
// (school_urn, authority_code, child_id, ...) that no record can ever match.
// Promises: every fault is named by its path, never with the value; a request without faults gives
// none whatever else its handler finds. Does not: look up anything. Threads: pure.
#ifndef PEPLINE_SHARED_RPC_REQUEST_FAULTS_H_
#define PEPLINE_SHARED_RPC_REQUEST_FAULTS_H_

#include <vector>

#include "google/protobuf/message.h"
#include "shared/rpc/grpc_server.h"

namespace pepline {

std::vector<FieldViolation> FaultsOf(const google::protobuf::Message& request);

// Both lists, each field once, as its handler says it.
std::vector<FieldViolation> Together(const std::vector<FieldViolation>& handlers,
                                     const std::vector<FieldViolation>& faults);

}  // namespace pepline

#endif  // PEPLINE_SHARED_RPC_REQUEST_FAULTS_H_
