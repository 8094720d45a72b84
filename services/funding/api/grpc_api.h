// The RPCs of funding (proto/pepline/funding/v1/funding_service.proto): decode, authorise on the
// fund line's authority and the child's present school, carry out, encode. No rules here. A record
// that the caller may not see answers NOT_FOUND, as one that does not exist. Threads: gRPC's;
// handlers run on the worker pool and block on the store.
#ifndef PEPLINE_SERVICES_FUNDING_API_GRPC_API_H_
#define PEPLINE_SERVICES_FUNDING_API_GRPC_API_H_

#include "pepline/funding/v1/funding_service.grpc.pb.h"
#include "services/funding/storage/codec.h"
#include "services/funding/storage/facts.h"
#include "shared/engine/execute.h"
#include "shared/projections/child_peps.h"
#include "shared/projections/known_children.h"
#include "shared/rpc/rpc_service.h"

namespace pepline::funding {

class GrpcApi final : public RpcService<v1::FundingService> {
 public:
  GrpcApi(RpcServer& server, const Engine& engine, const KnownChildren& children,
          const FactsLoader& facts)
      : RpcService(server),
        engine_(engine),
        children_(children),
        facts_(facts),
        peps_(engine.store) {
    ServeCommands();
    ServeQueries();
    Serve(&GrpcApi::ListWork);
    CheckAllAreServed();
  }

 private:
  void ServeCommands();  // commands.cc
  void ServeQueries();   // queries.cc
  grpc::Status OpenFundLine(const Call& call, const v1::OpenFundLineRequest& asked,
                            v1::OpenFundLineResponse& answer) const;
  grpc::Status ChangeFundLine(const Call& call, const v1::ChangeFundLineRequest& asked,
                              v1::ChangeFundLineResponse& answer) const;
  grpc::Status DraftFundingRequest(const Call& call, const v1::DraftFundingRequestRequest& asked,
                                   v1::DraftFundingRequestResponse& answer) const;
  grpc::Status GetFundLine(const Call& call, const v1::GetFundLineRequest& asked,
                           v1::GetFundLineResponse& answer) const;
  grpc::Status GetFundingRequest(const Call& call, const v1::GetFundingRequestRequest& asked,
                                 v1::GetFundingRequestResponse& answer) const;
  grpc::Status ListFundingRequests(const Call& call, const v1::ListFundingRequestsRequest& asked,
                                   v1::ListFundingRequestsResponse& answer) const;
  grpc::Status ListWork(const Call& call, const v1::ListWorkRequest& asked,
                        v1::ListWorkResponse& answer) const;  // work.cc
  // Carries a command out on a fund line.
  template <class Request, class Response>
  grpc::Status HandleOnLine(const Call& call, const Request& request, const FundLineName& line,
                            const FundLineCommand& command, Response& response) const;
  // Every command on a request that exists: decodes, then carries out.
  template <class Request, class Response>
  grpc::Status OnRequest(const Call& call, const Request& asked, Response& answer) const;
  // Carries a command out on a request, when it is allowed.
  template <class Request, class Response>
  grpc::Status HandleOnRequest(const Call& call, const Request& request, const Target& target,
                               const FundingCommand& command, bool allowed,
                               Response& response) const;
  static Resource OwnedBy(const FundLineName& line);
  // Whether the call may reach a request: by its authority, else by where its child is now.
  absl::StatusOr<bool> MayTouch(const Call& call, const FundLineName& line,
                                const ChildId& child) const;
  // The same for a request that is not loaded yet; false where there is none.
  absl::StatusOr<bool> MayTouch(const Call& call, const FundLineName& line,
                                const Target& target) const;

  const Engine& engine_;
  const KnownChildren& children_;
  const FactsLoader& facts_;
  const ChildPeps peps_;
};

}  // namespace pepline::funding

#endif  // PEPLINE_SERVICES_FUNDING_API_GRPC_API_H_
