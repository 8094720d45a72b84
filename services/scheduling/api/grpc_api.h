// The RPCs of scheduling (proto/pepline/scheduling/v1/scheduling_service.proto): decode, authorise
// on the child's authority and present school, carry out, encode. No rules here. A plan that the
// caller may not see answers NOT_FOUND, as one that does not exist. Threads: gRPC's; handlers run
// on the worker pool and block on the store.
#ifndef PEPLINE_SERVICES_SCHEDULING_API_GRPC_API_H_
#define PEPLINE_SERVICES_SCHEDULING_API_GRPC_API_H_

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "pepline/scheduling/v1/scheduling_service.grpc.pb.h"
#include "services/scheduling/storage/codec.h"
#include "services/scheduling/storage/facts.h"
#include "shared/engine/execute.h"
#include "shared/engine/paging.h"
#include "shared/rpc/grpc_server.h"
#include "shared/rpc/page_tokens.h"

namespace pepline::scheduling {

class GrpcApi final : public v1::SchedulingService::CallbackService {
 public:
  GrpcApi(RpcServer& server, const Engine& engine, const FactsLoader& facts)
      : server_(server), engine_(engine), facts_(facts) {}

  using Reactor = grpc::ServerUnaryReactor;
  using Context = grpc::CallbackServerContext;
  Reactor* SchedulePepMeeting(Context* context, const v1::SchedulePepMeetingRequest* request,
                              v1::SchedulePepMeetingResponse* response) override;
  Reactor* ReschedulePepMeeting(Context* context, const v1::ReschedulePepMeetingRequest* request,
                                v1::ReschedulePepMeetingResponse* response) override;
  Reactor* CancelPepMeeting(Context* context, const v1::CancelPepMeetingRequest* request,
                            v1::CancelPepMeetingResponse* response) override;
  Reactor* StartPepPreparation(Context* context, const v1::StartPepPreparationRequest* request,
                               v1::StartPepPreparationResponse* response) override;
  Reactor* CompleteReadinessItem(Context* context, const v1::CompleteReadinessItemRequest* request,
                                 v1::CompleteReadinessItemResponse* response) override;
  Reactor* HoldPepMeeting(Context* context, const v1::HoldPepMeetingRequest* request,
                          v1::HoldPepMeetingResponse* response) override;
  Reactor* FinaliseEpep(Context* context, const v1::FinaliseEpepRequest* request,
                        v1::FinaliseEpepResponse* response) override;
  Reactor* OpenInterimPep(Context* context, const v1::OpenInterimPepRequest* request,
                          v1::OpenInterimPepResponse* response) override;
  Reactor* WriteOffPep(Context* context, const v1::WriteOffPepRequest* request,
                       v1::WriteOffPepResponse* response) override;
  Reactor* GetPep(Context* context, const v1::GetPepRequest* request,
                  v1::GetPepResponse* response) override;
  Reactor* ListPeps(Context* context, const v1::ListPepsRequest* request,
                    v1::ListPepsResponse* response) override;
  Reactor* ListDeadlines(Context* context, const v1::ListDeadlinesRequest* request,
                         v1::ListDeadlinesResponse* response) override;

 private:
  // The body of every command handler: decodes, then carries out.
  template <class Request, class Response>
  Reactor* OnCommand(Context* context, const Request* request, Response* response);
  // Who may, on what, with which answer.
  template <class Request, class Response>
  grpc::Status Handle(const Call& call, const Request& request, const PlanCommand& command,
                      Response& response);
  // Why no PEP is open, where one is missing (plan.h).
  absl::StatusOr<std::string> WhyNone(const ChildId& child, const PlanState& state) const;
  // Any PEP of the child, open or over, as the plan with that PEP alone; nullopt: there is none.
  absl::StatusOr<std::optional<PlanState>> FindPep(const PlanState& state, const PepId& pep) const;
  // PEPs of the child that are over, each as the plan with that PEP alone. DataLoss: one is
  // missing.
  absl::StatusOr<std::vector<PlanState>> ReadClosed(const ChildId& child,
                                                    const std::vector<ClosedPep>& closed) const;
  // Adds what a plan has for a list.
  absl::Status AddPeps(const PlanState& state, const v1::ListPepsRequest& asked,
                       v1::ListPepsResponse& answer) const;
  // One page of the plans that match and that the caller may see.
  template <class Request>
  absl::StatusOr<StatePage<PlanState>> ReadPage(
      const Call& call, const Request& asked, const AskedPage& page,
      const std::function<bool(const PlanState&)>& matches) const;

  RpcServer& server_;
  const Engine& engine_;
  const FactsLoader& facts_;
};

}  // namespace pepline::scheduling

#endif  // PEPLINE_SERVICES_SCHEDULING_API_GRPC_API_H_
