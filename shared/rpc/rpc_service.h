// The base of a service's RPCs: one line says that an RPC is served, and by which function.
// Contract is the class that protoc makes of the service (v1::FundingService). Promises: every RPC
// is authenticated, traced, counted and carried out on the worker pool (grpc_server.h); a service
// that leaves one out does not start. Does not: stream; what is no unary RPC is marked by the
// service itself. Errors: an RPC that is left out ends the program and is named. Threads: handlers
// are called from the worker pool, many at once; the rest is done before the server starts.
#ifndef PEPLINE_SHARED_RPC_RPC_SERVICE_H_
#define PEPLINE_SHARED_RPC_RPC_SERVICE_H_

#include <grpcpp/impl/codegen/server_callback_handlers.h>

#include <functional>
#include <set>
#include <string_view>
#include <utility>

#include "shared/rpc/grpc_server.h"

namespace pepline {

// Ends the program where an RPC of the service that takes one request is not among these.
void CheckAllAreServed(std::string_view service, const std::set<int>& served);

template <class Contract>
class RpcService : public Contract::Service {
 protected:
  template <class Request, class Response>
  using RpcHandler = std::function<grpc::Status(const Call&, const Request&, Response&)>;

  explicit RpcService(RpcServer& server) : server_(server) {}

  // The RPC that takes this request is served by `handler`.
  template <class Request, class Response>
  void Serve(RpcHandler<Request, Response> handler) {
    const int index = MethodTaking(*Request::descriptor()).index();
    this->MarkMethodCallback(
        index,
        new grpc::internal::CallbackUnaryHandler<Request, Response>(
            [this, handler = std::move(handler)](grpc::CallbackServerContext* context,
                                                 const Request* request, Response* response) {
              return server_.Unary<Request, Response>(context, request, response, handler);
            }));
    served_.insert(index);
  }
  // By a function of the service.
  template <class Api, class Request, class Response>
  void Serve(grpc::Status (Api::*rpc)(const Call&, const Request&, Response&) const) {
    Serve<Request, Response>([api = static_cast<const Api*>(this), rpc](
                                 const Call& call, const Request& request, Response& response) {
      return (api->*rpc)(call, request, response);
    });
  }
  // For the end of the constructor.
  void CheckAllAreServed() const {
    pepline::CheckAllAreServed(Contract::service_full_name(), served_);
  }

  RpcServer& server_;

 private:
  std::set<int> served_;  // the places of the RPCs in the contract
};

}  // namespace pepline

#endif  // PEPLINE_SHARED_RPC_RPC_SERVICE_H_
