// The audit trail of reads: one log line for each call of an RPC that gives out personal data (the
// contracts mark it), whatever became of it, written before the answer leaves.
// Promises: says who (role, opaque subject, peer), what (RPC; the record, school and authority that
// the request names), with what outcome and how many records; nothing personal: an id that does not
// look like ours is not repeated, and a subject that does not look opaque is said as its SHA-256.
// Does not: name the records of a list's answer. Errors: false, where the line cannot be written.
// Threads: safe from any thread.
#ifndef PEPLINE_SHARED_RPC_ACCESS_AUDIT_H_
#define PEPLINE_SHARED_RPC_ACCESS_AUDIT_H_

#include <string>
#include <string_view>

#include "google/protobuf/message.h"
#include "shared/rpc/grpc_server.h"

namespace pepline {

// "answered"; "denied": somebody else's record, or not for this role or peer; "not-found";
// "refused": the request cannot be met; "unauthenticated"; "failed".
std::string_view ReadOutcome(const Call& call, const grpc::Status& status);

// False: the line could not be written, and the answer must not leave.
[[nodiscard]] bool NoteRead(const Call& call, const grpc::Status& status,
                            const google::protobuf::Message& request,
                            const google::protobuf::Message& response);

}  // namespace pepline

#endif  // PEPLINE_SHARED_RPC_ACCESS_AUDIT_H_
