// Calls to the services of a stack on behalf of one of its people: channel, token, deadline, and a
// repetition with the same request while a service is away.
// Promises: a refusal comes back with its reason; a call that was repeated has one effect, since
// commands carry a request id. Errors: Unavailable when the service stays away.
// Threads: safe from any thread.
#ifndef PEPLINE_TOOLS_STORY_CALLS_H_
#define PEPLINE_TOOLS_STORY_CALLS_H_

#include <grpcpp/grpcpp.h>

#include <map>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "shared/domain/authorisation.h"
#include "tools/stack/stack.h"

namespace pepline::story {

// How a call ended.
struct Outcome {
  grpc::Status status;
  std::string reason;  // of ErrorInfo; empty where there is none

  bool ok() const { return status.ok(); }
  absl::Status ToStatus(const std::string& what) const;
};

class Calls {
 public:
  explicit Calls(Stack& stack);

  std::shared_ptr<grpc::Channel> channel(const std::string& service) const {
    return channels_.at(service);
  }
  std::unique_ptr<grpc::ClientContext> Context(const Actor& actor);
  static std::string ReasonOf(const grpc::ClientContext& context);

  // Call(stub, &Stub::FinaliseEpep, actor, request, response)
  template <class Stub, class Request, class Response>
  Outcome Call(Stub& stub,
               grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
               const Actor& actor, const Request& request, Response& response) {
    const absl::Time until = absl::Now() + kPatience;
    while (true) {
      const auto context = Context(actor);
      const grpc::Status status = (stub.*method)(context.get(), request, &response);
      if (!IsAway(status) || absl::Now() > until) return {status, ReasonOf(*context)};
      absl::SleepFor(absl::Milliseconds(20));
    }
  }

 private:
  static constexpr absl::Duration kPatience = absl::Seconds(30);
  static bool IsAway(const grpc::Status& status);

  const TokenSigner& signer_;
  std::map<std::string, std::shared_ptr<grpc::Channel>> channels_;
  absl::Mutex mutex_;
  std::map<std::string, std::pair<std::string, absl::Time>> tokens_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace pepline::story

#endif  // PEPLINE_TOOLS_STORY_CALLS_H_
