// The RPCs of funding (proto/pepline/funding/v1/funding_service.proto): decode, authorise on the
// fund line's authority and the child's present school, carry out, encode. No rules here. A record
// that the caller may not see answers NOT_FOUND, as one that does not exist. Threads: gRPC's;
// handlers run on the worker pool and block on the store.
#ifndef PEPLINE_SERVICES_FUNDING_API_GRPC_API_H_
#define PEPLINE_SERVICES_FUNDING_API_GRPC_API_H_

#include "pepline/funding/v1/funding_service.grpc.pb.h"
#include "services/funding/storage/codec.h"
#include "shared/engine/execute.h"
#include "shared/projections/known_children.h"
#include "shared/rpc/grpc_server.h"

namespace pepline::funding {

class GrpcApi final : public v1::FundingService::CallbackService {
 public:
  GrpcApi(RpcServer& server, const Engine& engine, const KnownChildren& children)
      : server_(server), engine_(engine), children_(children) {}

  using Reactor = grpc::ServerUnaryReactor;
  using Context = grpc::CallbackServerContext;
  Reactor* OpenFundLine(Context* context, const v1::OpenFundLineRequest* request,
                        v1::OpenFundLineResponse* response) override;
  Reactor* ChangeFundLine(Context* context, const v1::ChangeFundLineRequest* request,
                          v1::ChangeFundLineResponse* response) override;
  Reactor* DraftFundingRequest(Context* context, const v1::DraftFundingRequestRequest* request,
                               v1::DraftFundingRequestResponse* response) override;
  Reactor* SubmitFundingRequest(Context* context, const v1::SubmitFundingRequestRequest* request,
                                v1::SubmitFundingRequestResponse* response) override;
  Reactor* WithdrawFundingRequest(Context* context,
                                  const v1::WithdrawFundingRequestRequest* request,
                                  v1::WithdrawFundingRequestResponse* response) override;
  Reactor* ApproveFundingRequest(Context* context, const v1::ApproveFundingRequestRequest* request,
                                 v1::ApproveFundingRequestResponse* response) override;
  Reactor* DeclineFundingRequest(Context* context, const v1::DeclineFundingRequestRequest* request,
                                 v1::DeclineFundingRequestResponse* response) override;
  Reactor* ReleaseFunding(Context* context, const v1::ReleaseFundingRequest* request,
                          v1::ReleaseFundingResponse* response) override;
  Reactor* GetFundLine(Context* context, const v1::GetFundLineRequest* request,
                       v1::GetFundLineResponse* response) override;
  Reactor* GetFundingRequest(Context* context, const v1::GetFundingRequestRequest* request,
                             v1::GetFundingRequestResponse* response) override;
  Reactor* ListFundingRequests(Context* context, const v1::ListFundingRequestsRequest* request,
                               v1::ListFundingRequestsResponse* response) override;

 private:
  // Carries a command out on a fund line.
  template <class Request, class Response>
  grpc::Status HandleOnLine(const Call& call, const Request& request, const FundLineName& line,
                            const FundLineCommand& command, Response& response);
  // The body of every command handler on a request that exists.
  template <class Request, class Response>
  Reactor* OnRequest(Context* context, const Request* request, Response* response);
  // Carries a command out on a request, when it is allowed.
  template <class Request, class Response>
  grpc::Status HandleOnRequest(const Call& call, const Request& request, const Target& target,
                               const FundingCommand& command, bool allowed, Response& response);
  static Resource OwnedBy(const FundLineName& line);
  // Whether the call may reach a request: by its authority, else by where its child is now.
  absl::StatusOr<bool> MayTouch(const Call& call, const FundLineName& line,
                                const ChildId& child) const;
  // The same for a request that is not loaded yet; false where there is none.
  absl::StatusOr<bool> MayTouch(const Call& call, const FundLineName& line,
                                const Target& target) const;

  RpcServer& server_;
  const Engine& engine_;
  const KnownChildren& children_;
};

}  // namespace pepline::funding

#endif  // PEPLINE_SERVICES_FUNDING_API_GRPC_API_H_
