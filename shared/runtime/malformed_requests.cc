#include "shared/runtime/malformed_requests.h"

#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "shared/runtime/grpc_server.h"

namespace pepline {
namespace {

using grpc::experimental::InterceptionHookPoints;
using grpc::experimental::Interceptor;
using grpc::experimental::InterceptorBatchMethods;
using grpc::experimental::ServerRpcInfo;

// "pepline.scheduling.v1.SchedulingService/GetPep" is answered for by "scheduling.pepline".
std::string DomainOf(const std::string& rpc) {
  const std::vector<std::string> parts = absl::StrSplit(rpc, '.');
  return parts.size() > 2 ? absl::StrCat(parts[1], ".", parts[0]) : parts[0];
}

// Of one call.
class MalformedRequest final : public Interceptor {
 public:
  MalformedRequest(std::string rpc, Metrics& metrics) : rpc_(std::move(rpc)), metrics_(metrics) {}

  void Intercept(InterceptorBatchMethods* methods) override {
    if (methods->QueryInterceptionHookPoint(InterceptionHookPoints::POST_RECV_MESSAGE) &&
        methods->GetRecvMessage() == nullptr) {
      unreadable_ = true;
    }
    if (unreadable_ &&
        methods->QueryInterceptionHookPoint(InterceptionHookPoints::PRE_SEND_STATUS)) {
      metrics_.Count("pepline_rpc_refused_total", {{"cause", "malformed"}});
      metrics_.Count("pepline_rpc_requests_total", {{"rpc", rpc_}, {"outcome", "refused"}});
      methods->ModifySendStatus(RefusalStatus(
          DomainOf(rpc_), {grpc::INVALID_ARGUMENT, "MALFORMED_REQUEST"},
          absl::StrCat("the bytes are no request of ", rpc_,
                       ": they were cut or changed on their "
                       "way, are another message's, or a text in them is not UTF-8; serialise the "
                       "message of the contract, with texts in UTF-8"),
          ""));
    }
    methods->Proceed();
  }

 private:
  const std::string rpc_;
  Metrics& metrics_;
  bool unreadable_ = false;
};

class Factory final : public grpc::experimental::ServerInterceptorFactoryInterface {
 public:
  explicit Factory(Metrics& metrics) : metrics_(metrics) {}
  // gRPC deletes it after the call.
  Interceptor* CreateServerInterceptor(ServerRpcInfo* call) override {
    // A stream ends without a message too, which is no fault.
    if (call->type() != ServerRpcInfo::Type::UNARY) return nullptr;
    return new MalformedRequest(std::string(absl::StripPrefix(call->method(), "/")), metrics_);
  }

 private:
  Metrics& metrics_;
};

}  // namespace

std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface> AnswerMalformedRequests(
    Metrics& metrics) {
  return std::make_unique<Factory>(metrics);
}

}  // namespace pepline
