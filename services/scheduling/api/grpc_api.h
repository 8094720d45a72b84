// The RPCs of scheduling (proto/pepline/scheduling/v1/scheduling_service.proto): decode, authorise
// on the child's authority and present school, or on the school that a PEP stays with, carry out,
// encode. No rules here. A plan that the caller may not see answers NOT_FOUND, as one that does not
// exist. Threads: gRPC's; handlers run on the worker pool and block on the store.
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
#include "shared/rpc/page_tokens.h"
#include "shared/rpc/rpc_service.h"

namespace pepline::scheduling {

class GrpcApi final : public RpcService<v1::SchedulingService> {
 public:
  GrpcApi(RpcServer& server, const Engine& engine, const FactsLoader& facts)
      : RpcService(server), engine_(engine), facts_(facts) {
    ServeCommands();
    ServeQueries();
    ServeEpeps();
    Serve(&GrpcApi::ListWork);
    CheckAllAreServed();
  }

 private:
  void ServeCommands();  // commands.cc
  void ServeQueries();   // queries.cc
  void ServeEpeps();     // epeps.cc
  grpc::Status GetPep(const Call& call, const v1::GetPepRequest& asked,
                      v1::GetPepResponse& answer) const;
  grpc::Status ListPeps(const Call& call, const v1::ListPepsRequest& asked,
                        v1::ListPepsResponse& answer) const;
  grpc::Status ListDeadlines(const Call& call, const v1::ListDeadlinesRequest& asked,
                             v1::ListDeadlinesResponse& answer) const;
  grpc::Status ListWork(const Call& call, const v1::ListWorkRequest& asked,
                        v1::ListWorkResponse& answer) const;  // work.cc
  // Every command: decodes, then carries out.
  template <class Request, class Response>
  grpc::Status OnCommand(const Call& call, const Request& asked, Response& answer) const;
  // Who may, on what, with which answer.
  template <class Request, class Response>
  grpc::Status Handle(const Call& call, const Request& request, const PlanCommand& command,
                      Response& response) const;
  // Every command on a section of an ePEP (epeps.cc).
  template <class Request, class Response>
  grpc::Status OnSection(const Call& call, const Request& asked, Response& answer) const;
  grpc::Status GetEpep(const Call& call, const v1::GetEpepRequest& asked,
                       v1::GetEpepResponse& answer) const;
  // The PEP that is named, else the child's newest by its plan; 0 where there is none.
  absl::StatusOr<int> NumberAsked(const ChildId& child, const std::string& named) const;
  // What is finalised with that PEP. `stored` is the state of the record of its content.
  absl::StatusOr<PlanFacts::Content> ToFinalise(const PlanState& plan, int pep,
                                                const std::optional<std::string>& stored) const;
  // The content of the PEP as it stands, from the state of its record.
  absl::StatusOr<EpepVersion> ContentOf(const PlanState& alone,
                                        const std::optional<std::string>& stored) const;
  // Why no PEP is open, where one is missing (plan.h).
  absl::StatusOr<std::string> WhyNone(const ChildId& child, const PlanState& state) const;
  // A plan, and whose its child is now.
  struct Owned {
    PlanState state;
    Resource child;
  };
  // An empty plan where the child never had one.
  absl::StatusOr<Owned> ReadOwned(const ChildId& child) const;
  // What somebody asks for of a child's PEPs who may see it: the PEP with that id, or the newest.
  struct AskedPep {
    Owned of;
    std::optional<PlanState> pep;  // the plan with that PEP alone; nullopt: there is none
  };
  // DeniedError where the caller may not see it.
  absl::StatusOr<AskedPep> FindAsked(const Call& call, const ChildId& child,
                                     const std::string& pep_id) const;
  // How it is answered that there is none with that id, or none at all.
  grpc::Status NoSuchPep(const std::string& pep_id) const;
  // Any PEP of the child, open or over, as the plan with that PEP alone; nullopt: there is none.
  absl::StatusOr<std::optional<PlanState>> FindPep(const PlanState& state, const PepId& pep) const;
  // PEPs of the child that are over, each as the plan with that PEP alone. DataLoss: one is
  // missing.
  absl::StatusOr<std::vector<PlanState>> ReadClosed(const ChildId& child,
                                                    const std::vector<ClosedPep>& closed) const;
  struct Page {
    std::vector<Owned> plans;
    std::string next_page_token;
  };
  // Adds what a plan has for a list.
  absl::Status AddPeps(const Call& call, const Owned& plan, const v1::ListPepsRequest& asked,
                       v1::ListPepsResponse& answer) const;
  // One page of the plans that have something for the list.
  template <class Request>
  absl::StatusOr<Page> ReadPage(const Call& call, const Request& asked,
                                const AskedPage& page) const;
  template <class Request>
  absl::StatusOr<Page> ReadFrom(const Call& call, const Request& asked, const IndexEntry& entry,
                                int size, std::string_view position) const;

  const Engine& engine_;
  const FactsLoader& facts_;
};

}  // namespace pepline::scheduling

#endif  // PEPLINE_SERVICES_SCHEDULING_API_GRPC_API_H_
