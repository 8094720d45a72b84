// Every command RPC.
#include <type_traits>
#include <utility>

#include "services/assessments/api/answers.h"
#include "services/assessments/api/grpc_api.h"
#include "services/assessments/api/requests.h"
#include "services/assessments/metrics.h"
#include "shared/rpc/handle_command.h"

namespace pepline::assessments {

namespace {

// The table of authorisation lets nobody else confirm.
Confirmer ConfirmerFor(Role role) {
  return role == Role::kSocialWorker ? Confirmer::kSocialWorker : Confirmer::kVirtualSchool;
}

}  // namespace

absl::StatusOr<PepId> GrpcApi::PepOf(const ChildId& child, const std::string& named) const {
  if (!named.empty()) return PepId(named);
  auto pep = peps_.Find(child);
  if (!pep.ok()) return pep.status();
  return *pep ? (*pep)->id : PepId();
}

template <class Request, class Response>
grpc::Status GrpcApi::HandleSdq(const Call& call, const Request& request, const SdqKey& key,
                                const SdqCommand& command, Response& response) {
  auto resource = children_.ResourceOf(key.child);
  if (!resource.ok()) return FromAbsl(server_.domain(), resource.status());
  return HandleCommand<SdqCodec>(
      server_, engine_, TargetOf(key), command, call.OriginOf(request),
      {.allowed = [&](const SdqState&, const RecordStates&) { return call.MayTouch(*resource); },
       .facts = [this](const SdqState&,
                       const RecordStates& also) { return FactsAt(engine_.clock.Now(), also); }},
      [](const SdqState& state, const std::vector<SdqEvent>&, Response& answer) {
        *answer.mutable_sdq() = ToSdq(state);
      },
      CountSdqEvents, response);
}

template <class Request, class Response>
grpc::Status GrpcApi::HandleViews(const Call& call, const Request& request, const ChildId& child,
                                  const PepId& pep, const PupilViewsCommand& command,
                                  Response& response) {
  auto resource = children_.ResourceOf(child);
  if (!resource.ok()) return FromAbsl(server_.domain(), resource.status());
  return HandleCommand<PupilViewsCodec>(
      server_, engine_, ViewsOf(child, pep), command, call.OriginOf(request),
      {.allowed = [&](const PupilViewsState&,
                      const RecordStates&) { return call.MayTouch(*resource); },
       .facts = [this](const PupilViewsState&,
                       const RecordStates&) { return PupilViewsFacts{engine_.clock.Now()}; }},
      [](const PupilViewsState& state, const std::vector<PupilViewsEvent>&, Response& answer) {
        *answer.mutable_views() = ToPupilViews(state);
      },
      CountPupilViewsEvents, response);
}

template <class Response>
grpc::Status GrpcApi::HandleOnPep(const Call& call, const v1::RequestSdqRequest& request,
                                  const ChildId& child, const PepId& pep, Response& response) {
  Violations checked;  // before; there are none
  const SdqKey key = ReadKey(request, child, pep, checked);
  return HandleSdq(call, request, key, assessments::RequestSdq{key, /*by_itself=*/false}, response);
}

template <class Response>
grpc::Status GrpcApi::HandleOnPep(const Call& call, const v1::CapturePupilViewsRequest& request,
                                  const ChildId& child, const PepId& pep, Response& response) {
  return HandleViews(
      call, request, child, pep,
      assessments::CapturePupilViews{child, pep, request.text(), request.document_reference()},
      response);
}

template <class Response>
grpc::Status GrpcApi::HandleOnPep(const Call& call, const v1::DeclinePupilViewsRequest& request,
                                  const ChildId& child, const PepId& pep, Response& response) {
  return HandleViews(call, request, child, pep,
                     assessments::DeclinePupilViews{child, pep, request.reason()}, response);
}

template <class Request, class Response>
grpc::ServerUnaryReactor* GrpcApi::OnSdqCommand(Context* context, const Request* request,
                                                Response* response) {
  return server_.Unary<Request, Response>(
      context, request, response, [this](const Call& call, const Request& asked, Response& answer) {
        Violations violations;
        const SdqKey key = ReadSdqId(asked.sdq_id(), violations);
        SdqCommand command = ToCommand(asked, violations);
        if (auto* confirming = std::get_if<assessments::ConfirmSdqNotObtained>(&command)) {
          confirming->confirmed_by = ConfirmerFor(call.actor.role);
        }
        if (!violations.empty()) return BadRequestStatus(server_.domain(), violations);
        return HandleSdq(call, asked, key, command, answer);
      });
}

template <class Request, class Response>
grpc::ServerUnaryReactor* GrpcApi::OnPepCommand(Context* context, const Request* request,
                                                Response* response) {
  return server_.Unary<Request, Response>(
      context, request, response, [this](const Call& call, const Request& asked, Response& answer) {
        Violations violations;
        CheckPep(asked.child_id(), asked.pep_id(), violations);
        const ChildId child(asked.child_id());
        // All that is wrong is said at once, before the child's PEP is looked up.
        if constexpr (std::is_same_v<Request, v1::RequestSdqRequest>) {
          ReadKey(asked, child, PepId(asked.pep_id()), violations);
        }
        if (!violations.empty()) return BadRequestStatus(server_.domain(), violations);
        auto pep = PepOf(child, asked.pep_id());
        if (!pep.ok()) return FromAbsl(server_.domain(), pep.status());
        return HandleOnPep(call, asked, child, *pep, answer);
      });
}

grpc::ServerUnaryReactor* GrpcApi::RequestSdq(Context* context,
                                              const v1::RequestSdqRequest* request,
                                              v1::RequestSdqResponse* response) {
  return OnPepCommand(context, request, response);
}

grpc::ServerUnaryReactor* GrpcApi::MarkSdqSent(Context* context,
                                               const v1::MarkSdqSentRequest* request,
                                               v1::MarkSdqSentResponse* response) {
  return OnSdqCommand(context, request, response);
}

grpc::ServerUnaryReactor* GrpcApi::RecordSdqAnswers(Context* context,
                                                    const v1::RecordSdqAnswersRequest* request,
                                                    v1::RecordSdqAnswersResponse* response) {
  return OnSdqCommand(context, request, response);
}

grpc::ServerUnaryReactor* GrpcApi::RecordSdqScores(Context* context,
                                                   const v1::RecordSdqScoresRequest* request,
                                                   v1::RecordSdqScoresResponse* response) {
  return OnSdqCommand(context, request, response);
}

grpc::ServerUnaryReactor* GrpcApi::ReviewSdq(Context* context, const v1::ReviewSdqRequest* request,
                                             v1::ReviewSdqResponse* response) {
  return OnSdqCommand(context, request, response);
}

grpc::ServerUnaryReactor* GrpcApi::CorrectSdq(Context* context,
                                              const v1::CorrectSdqRequest* request,
                                              v1::CorrectSdqResponse* response) {
  return OnSdqCommand(context, request, response);
}

grpc::ServerUnaryReactor* GrpcApi::RecordSdqNotObtained(
    Context* context, const v1::RecordSdqNotObtainedRequest* request,
    v1::RecordSdqNotObtainedResponse* response) {
  return OnSdqCommand(context, request, response);
}

grpc::ServerUnaryReactor* GrpcApi::ConfirmSdqNotObtained(
    Context* context, const v1::ConfirmSdqNotObtainedRequest* request,
    v1::ConfirmSdqNotObtainedResponse* response) {
  return OnSdqCommand(context, request, response);
}

grpc::ServerUnaryReactor* GrpcApi::CapturePupilViews(Context* context,
                                                     const v1::CapturePupilViewsRequest* request,
                                                     v1::CapturePupilViewsResponse* response) {
  return OnPepCommand(context, request, response);
}

grpc::ServerUnaryReactor* GrpcApi::DeclinePupilViews(Context* context,
                                                     const v1::DeclinePupilViewsRequest* request,
                                                     v1::DeclinePupilViewsResponse* response) {
  return OnPepCommand(context, request, response);
}

}  // namespace pepline::assessments
