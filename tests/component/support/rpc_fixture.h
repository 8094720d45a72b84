// A ServiceFixture that calls the service: each call by the usual caller unless another is named,
// each command with a request_id of its own.
//   class FundingTest : public RpcFixture<v1::FundingService::Stub> {
//    protected:
//     FundingTest() : RpcFixture("funding", {.caller = VirtualSchool()}) {}
//   };
//   const auto answer = Done(&Stub::SubmitFundingRequest, request);
//   EXPECT_EQ(Refused(&Stub::GetFundLine, request, Finance()), "FUND_LINE_NOT_OPEN");
// Does not know any service's words. Errors are failures of the running test. Threads: one at a
// time, but Call, and the rest with a request_id and a caller of their own.
#ifndef PEPLINE_TESTS_COMPONENT_SUPPORT_RPC_FIXTURE_H_
#define PEPLINE_TESTS_COMPONENT_SUPPORT_RPC_FIXTURE_H_

#include <grpcpp/grpcpp.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "tests/component/support/refusal_of.h"
#include "tests/component/support/service_fixture.h"

namespace pepline {

// What is meant where a test does not say.
struct UsualCall {
  Actor caller;
  std::string child_id = {};
};

template <class StubOfService>
class RpcFixture : public ServiceFixture {
 protected:
  using Stub = StubOfService;
  template <class Request, class Response>
  using Rpc = grpc::Status (Stub::*)(grpc::ClientContext*, const Request&, Response*);

  RpcFixture(std::string service, UsualCall usual)
      : service_name_(std::move(service)), usual_(std::move(usual)) {}

  void StartService(absl::Time now, std::map<std::string, std::string> environment = {}) {
    ASSERT_NO_FATAL_FAILURE(
        ServiceFixture::StartService(service_name_, now, std::move(environment)));
    stub_ = std::make_unique<Stub>(service_->channel());
  }

  // The request as it is, whatever the answer.
  template <class Request, class Response>
  grpc::Status Call(Rpc<Request, Response> rpc, const std::type_identity_t<Request>& request,
                    Response& response, const std::optional<Actor>& actor = {}) {
    auto context = service_->Context(actor.value_or(usual_.caller));
    return (stub_.get()->*rpc)(context.get(), request, &response);
  }
  // The request with a request_id and the usual child where it has none and wants one.
  template <class Request>
  Request Complete(Request request) {
    if constexpr (requires { request.set_request_id(""); }) {
      if (request.request_id().empty()) request.set_request_id(NextRequestId());
    }
    if constexpr (requires { request.set_child_id(""); }) {
      if (request.child_id().empty()) request.set_child_id(usual_.child_id);
    }
    return request;
  }
  // A completed call that must be carried out.
  template <class Request, class Response>
  Response Done(Rpc<Request, Response> rpc, const std::type_identity_t<Request>& request,
                const std::optional<Actor>& actor = {}) {
    Response response;
    const grpc::Status status = Call(rpc, Complete(request), response, actor);
    EXPECT_TRUE(status.ok()) << ReasonOf(status) << ": " << status.error_message();
    return response;
  }
  // A completed call that must be refused, with advice; the whole status is in refused_.
  template <class Request, class Response>
  std::string Refused(Rpc<Request, Response> rpc, const std::type_identity_t<Request>& request,
                      const std::optional<Actor>& actor = {}) {
    Response response;
    refused_ = Call(rpc, Complete(request), response, actor);
    EXPECT_FALSE(refused_.ok()) << "was not refused";
    EXPECT_FALSE(refused_.error_message().empty()) << "no advice";
    return ReasonOf(refused_);
  }

  // Of a refused call; FieldOf is of refusal_of.h.
  std::string ReasonOf(const grpc::Status& status) const {
    return pepline::ReasonOf(status, service_name_);
  }

  std::unique_ptr<Stub> stub_;
  grpc::Status refused_;

 private:
  const std::string service_name_;
  const UsualCall usual_;
};

}  // namespace pepline

#endif  // PEPLINE_TESTS_COMPONENT_SUPPORT_RPC_FIXTURE_H_
