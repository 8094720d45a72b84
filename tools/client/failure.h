// A failed call, for a person: what kind of failure it is, the service's reason and advice, and
// which fields were wrong.
// Promises: total; any gRPC status gives a text that says what to do next. Threads: pure functions.
#ifndef PEPLINE_TOOLS_CLIENT_FAILURE_H_
#define PEPLINE_TOOLS_CLIENT_FAILURE_H_

#include <grpcpp/grpcpp.h>

#include <string>
#include <vector>

namespace pepline::client {

enum class FailureKind {
  kRefused,       // by the rules: the same call will fail again
  kNotReachable,  // the service, or something that it needs, is away, or it took too long
  kNotAllowed,    // no valid token, or not this role's to do
};

struct FieldProblem {
  std::string field;  // as in the request: "meeting_at"
  std::string description;
};

struct Failure {
  FailureKind kind = FailureKind::kRefused;
  std::string reason;   // of ErrorInfo: "NOT_HELD"; empty where the status carries none
  std::string domain;   // "scheduling.pepline"
  std::string message;  // what is wrong and what to do next
  std::vector<FieldProblem> problems;
};

Failure ReadFailure(const grpc::Status& status);
// The message, the problems of fields that it does not hold already, and the reason in brackets;
// without a final line feed.
std::string FailureText(const Failure& failure);

}  // namespace pepline::client

#endif  // PEPLINE_TOOLS_CLIENT_FAILURE_H_
