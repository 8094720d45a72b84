// The RPCs of assessments (proto/pepline/assessments/v1/assessments_service.proto): decode,
// authorise on the child's authority and present school, carry out, encode. No rules here. What the
// caller may not see answers NOT_FOUND, as what does not exist. Commands and lists answer without
// content; GetSdq, GetPupilViews and GetOutcomes alone answer with it. Threads: gRPC's; handlers
// run on the worker pool and block on the store.
#ifndef PEPLINE_SERVICES_ASSESSMENTS_API_GRPC_API_H_
#define PEPLINE_SERVICES_ASSESSMENTS_API_GRPC_API_H_

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "pepline/assessments/v1/assessments_service.grpc.pb.h"
#include "services/assessments/api/requests.h"
#include "services/assessments/storage/codec.h"
#include "services/assessments/storage/peps.h"
#include "shared/engine/execute.h"
#include "shared/projections/known_children.h"
#include "shared/rpc/rpc_service.h"

namespace pepline::assessments {

class GrpcApi final : public RpcService<v1::AssessmentsService> {
 public:
  GrpcApi(RpcServer& server, const Engine& engine, const KnownChildren& children, const Peps& peps)
      : RpcService(server), engine_(engine), children_(children), peps_(peps) {
    ServeCommands();
    ServeQueries();
    ServeOutcomes();
    Serve(&GrpcApi::ListWork);
    CheckAllAreServed();
  }

 private:
  void ServeCommands();  // commands.cc
  void ServeQueries();   // queries.cc
  void ServeOutcomes();  // outcomes.cc
  // Every command on an SDQ that was requested: decodes, then carries out.
  template <class Request, class Response>
  grpc::Status OnSdq(const Call& call, const Request& asked, Response& answer) const;
  // Every command on a child's PEP.
  template <class Request, class Response>
  grpc::Status OnPep(const Call& call, const Request& asked, Response& answer) const;

  // Who may, on what, with which answer.
  template <class Request, class Response>
  grpc::Status HandleSdq(const Call& call, const Request& request, const SdqKey& key,
                         const SdqCommand& command, Response& response) const;
  template <class Request, class Response>
  grpc::Status HandleViews(const Call& call, const Request& request, const ChildId& child,
                           const PepId& pep, const PupilViewsCommand& command,
                           Response& response) const;
  template <class Response>
  grpc::Status HandleOnPep(const Call& call, const v1::RequestSdqRequest& request,
                           const ChildId& child, const PepId& pep, Response& response) const;
  template <class Response>
  grpc::Status HandleOnPep(const Call& call, const v1::CapturePupilViewsRequest& request,
                           const ChildId& child, const PepId& pep, Response& response) const;
  template <class Response>
  grpc::Status HandleOnPep(const Call& call, const v1::DeclinePupilViewsRequest& request,
                           const ChildId& child, const PepId& pep, Response& response) const;
  template <class Response>
  grpc::Status HandleOnPep(const Call& call, const v1::CorrectPupilViewsRequest& request,
                           const ChildId& child, const PepId& pep, Response& response) const;

  grpc::Status SetOutcome(const Call& call, const v1::SetOutcomeRequest& asked,
                          v1::SetOutcomeResponse& answer) const;
  // Every command on an outcome that was set.
  template <class Request, class Response>
  grpc::Status OnOutcome(const Call& call, const Request& asked, Response& answer) const;
  template <class Request, class Response>
  grpc::Status HandleOutcomes(const Call& call, const Request& request, const ChildId& child,
                              const PepId& pep, const OutcomesCommand& command,
                              Response& response) const;
  absl::StatusOr<OutcomesFacts> FactsOf(const ChildId& child, const OutcomesCommand& command) const;
  grpc::Status GetOutcomes(const Call& call, const v1::GetOutcomesRequest& asked,
                           v1::GetOutcomesResponse& answer) const;

  grpc::Status GetSdq(const Call& call, const v1::GetSdqRequest& asked,
                      v1::GetSdqResponse& answer) const;
  grpc::Status ListSdqs(const Call& call, const v1::ListSdqsRequest& asked,
                        v1::ListSdqsResponse& answer) const;
  grpc::Status GetPupilViews(const Call& call, const v1::GetPupilViewsRequest& asked,
                             v1::GetPupilViewsResponse& answer) const;
  grpc::Status ListWork(const Call& call, const v1::ListWorkRequest& asked,
                        v1::ListWorkResponse& answer) const;  // work.cc
  // For whoever reads what a child's PEP has one record of: the PEP that is asked for; nullopt
  // where the caller may not see the child.
  template <class Request>
  absl::StatusOr<std::optional<PepId>> ReadPepOf(const Call& call, const Request& asked,
                                                 Violations& violations) const {
    CheckPep(asked.child_id(), asked.pep_id(), violations);
    if (!violations.empty()) return std::nullopt;
    const ChildId child(asked.child_id());
    auto resource = children_.ResourceOf(child);
    if (!resource.ok()) return resource.status();
    if (!call.MayTouch(*resource)) return std::nullopt;
    auto pep = PepOf(child, asked.pep_id());
    if (!pep.ok()) return pep.status();
    return *std::move(pep);
  }
  // The PEP that is named, else the child's current one; empty where there is none.
  absl::StatusOr<PepId> PepOf(const ChildId& child, const std::string& named) const;

  const Engine& engine_;
  const KnownChildren& children_;
  const Peps& peps_;
};

}  // namespace pepline::assessments

#endif  // PEPLINE_SERVICES_ASSESSMENTS_API_GRPC_API_H_
