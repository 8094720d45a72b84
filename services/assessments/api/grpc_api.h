// The RPCs of assessments (proto/pepline/assessments/v1/assessments_service.proto): decode,
// authorise on the child's authority and present school, carry out, encode. No rules here. What the
// caller may not see answers NOT_FOUND, as what does not exist. Commands and lists answer without
// content; GetSdq and GetPupilViews alone answer with it. Threads: gRPC's; handlers run on the
// worker pool and block on the store.
#ifndef PEPLINE_SERVICES_ASSESSMENTS_API_GRPC_API_H_
#define PEPLINE_SERVICES_ASSESSMENTS_API_GRPC_API_H_

#include <map>
#include <string>
#include <vector>

#include "pepline/assessments/v1/assessments_service.grpc.pb.h"
#include "services/assessments/storage/codec.h"
#include "services/assessments/storage/peps.h"
#include "shared/engine/execute.h"
#include "shared/projections/known_children.h"
#include "shared/rpc/grpc_server.h"

namespace pepline::assessments {

class GrpcApi final : public v1::AssessmentsService::CallbackService {
 public:
  GrpcApi(RpcServer& server, const Engine& engine, const KnownChildren& children, const Peps& peps)
      : server_(server), engine_(engine), children_(children), peps_(peps) {}

  using Reactor = grpc::ServerUnaryReactor;
  using Context = grpc::CallbackServerContext;
  Reactor* RequestSdq(Context* context, const v1::RequestSdqRequest* request,
                      v1::RequestSdqResponse* response) override;
  Reactor* MarkSdqSent(Context* context, const v1::MarkSdqSentRequest* request,
                       v1::MarkSdqSentResponse* response) override;
  Reactor* RecordSdqAnswers(Context* context, const v1::RecordSdqAnswersRequest* request,
                            v1::RecordSdqAnswersResponse* response) override;
  Reactor* RecordSdqScores(Context* context, const v1::RecordSdqScoresRequest* request,
                           v1::RecordSdqScoresResponse* response) override;
  Reactor* CorrectSdq(Context* context, const v1::CorrectSdqRequest* request,
                      v1::CorrectSdqResponse* response) override;
  Reactor* ReviewSdq(Context* context, const v1::ReviewSdqRequest* request,
                     v1::ReviewSdqResponse* response) override;
  Reactor* RecordSdqNotObtained(Context* context, const v1::RecordSdqNotObtainedRequest* request,
                                v1::RecordSdqNotObtainedResponse* response) override;
  Reactor* ConfirmSdqNotObtained(Context* context, const v1::ConfirmSdqNotObtainedRequest* request,
                                 v1::ConfirmSdqNotObtainedResponse* response) override;
  Reactor* CapturePupilViews(Context* context, const v1::CapturePupilViewsRequest* request,
                             v1::CapturePupilViewsResponse* response) override;
  Reactor* DeclinePupilViews(Context* context, const v1::DeclinePupilViewsRequest* request,
                             v1::DeclinePupilViewsResponse* response) override;
  Reactor* GetSdq(Context* context, const v1::GetSdqRequest* request,
                  v1::GetSdqResponse* response) override;
  Reactor* ListSdqs(Context* context, const v1::ListSdqsRequest* request,
                    v1::ListSdqsResponse* response) override;
  Reactor* GetPupilViews(Context* context, const v1::GetPupilViewsRequest* request,
                         v1::GetPupilViewsResponse* response) override;

 private:
  // The body of every command on an SDQ that was requested: decodes, then carries out.
  template <class Request, class Response>
  Reactor* OnSdqCommand(Context* context, const Request* request, Response* response);
  // The body of every command on a child's PEP.
  template <class Request, class Response>
  Reactor* OnPepCommand(Context* context, const Request* request, Response* response);

  // Who may, on what, with which answer.
  template <class Request, class Response>
  grpc::Status HandleSdq(const Call& call, const Request& request, const SdqKey& key,
                         const SdqCommand& command, Response& response);
  template <class Request, class Response>
  grpc::Status HandleViews(const Call& call, const Request& request, const ChildId& child,
                           const PepId& pep, const PupilViewsCommand& command, Response& response);
  template <class Response>
  grpc::Status HandleOnPep(const Call& call, const v1::RequestSdqRequest& request,
                           const ChildId& child, const PepId& pep, Response& response);
  template <class Response>
  grpc::Status HandleOnPep(const Call& call, const v1::CapturePupilViewsRequest& request,
                           const ChildId& child, const PepId& pep, Response& response);
  template <class Response>
  grpc::Status HandleOnPep(const Call& call, const v1::DeclinePupilViewsRequest& request,
                           const ChildId& child, const PepId& pep, Response& response);

  grpc::Status AnswerSdq(const Call& call, const v1::GetSdqRequest& asked,
                         v1::GetSdqResponse& answer) const;
  grpc::Status AnswerSdqs(const Call& call, const v1::ListSdqsRequest& asked,
                          v1::ListSdqsResponse& answer) const;
  grpc::Status AnswerViews(const Call& call, const v1::GetPupilViewsRequest& asked,
                           v1::GetPupilViewsResponse& answer) const;
  // The PEP that is named, else the child's current one; empty where there is none.
  absl::StatusOr<PepId> PepOf(const ChildId& child, const std::string& named) const;

  RpcServer& server_;
  const Engine& engine_;
  const KnownChildren& children_;
  const Peps& peps_;
};

}  // namespace pepline::assessments

#endif  // PEPLINE_SERVICES_ASSESSMENTS_API_GRPC_API_H_
