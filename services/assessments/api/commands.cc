// Every command RPC.
#include <type_traits>
#include <utility>

#include "services/assessments/api/answers.h"
#include "services/assessments/api/grpc_api.h"
#include "services/assessments/api/requests.h"
#include "services/assessments/metrics.h"
#include "shared/projections/policy_conversions.h"
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
                                const SdqCommand& command, Response& response) const {
  auto resource = children_.ResourceOf(key.child);
  if (!resource.ok()) return FromAbsl(server_.domain(), resource.status());
  return HandleCommand<SdqCodec>(
      server_, engine_, TargetOf(key), command, call.OriginOf(request),
      {.allowed = [&](const SdqState&, const RecordStates&) { return call.MayTouch(*resource); },
       .facts = [&](const SdqState&, const RecordStates& also) -> absl::StatusOr<SdqFacts> {
         auto facts = FactsAt(engine_.clock.Now(), also);
         if (!facts.ok() || !NeedsProfile(command)) return facts;
         auto profile = children_.ProfileOf(resource->authority);
         if (!profile.ok()) return profile.status();
         facts->strategies = StrategiesAskedFor(profile->get());
         return facts;
       }},
      [](const SdqState& state, const std::vector<SdqEvent>&, Response& answer) {
        *answer.mutable_sdq() = ToSdq(state);
      },
      CountSdqEvents, response);
}

template <class Request, class Response>
grpc::Status GrpcApi::HandleViews(const Call& call, const Request& request, const ChildId& child,
                                  const PepId& pep, const PupilViewsCommand& command,
                                  Response& response) const {
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
                                  const ChildId& child, const PepId& pep,
                                  Response& response) const {
  Violations checked;  // before; there are none
  const SdqKey key = ReadKey(request, child, pep, checked);
  return HandleSdq(call, request, key, assessments::RequestSdq{key, /*by_itself=*/false}, response);
}

template <class Response>
grpc::Status GrpcApi::HandleOnPep(const Call& call, const v1::CapturePupilViewsRequest& request,
                                  const ChildId& child, const PepId& pep,
                                  Response& response) const {
  return HandleViews(
      call, request, child, pep,
      assessments::CapturePupilViews{child, pep, request.text(), request.document_reference()},
      response);
}

template <class Response>
grpc::Status GrpcApi::HandleOnPep(const Call& call, const v1::DeclinePupilViewsRequest& request,
                                  const ChildId& child, const PepId& pep,
                                  Response& response) const {
  return HandleViews(call, request, child, pep,
                     assessments::DeclinePupilViews{child, pep, request.reason()}, response);
}

template <class Response>
grpc::Status GrpcApi::HandleOnPep(const Call& call, const v1::CorrectPupilViewsRequest& request,
                                  const ChildId& child, const PepId& pep,
                                  Response& response) const {
  Violations checked;  // before; there are none
  return HandleViews(
      call, request, child, pep,
      assessments::CorrectPupilViews{ReadRightViews(request, checked), request.reason()}, response);
}

template <class Request, class Response>
grpc::Status GrpcApi::OnSdq(const Call& call, const Request& asked, Response& answer) const {
  Violations violations;
  const SdqKey key = ReadSdqId(asked.sdq_id(), violations);
  SdqCommand command = ToCommand(asked, violations);
  if (auto* confirming = std::get_if<assessments::ConfirmSdqNotObtained>(&command)) {
    confirming->confirmed_by = ConfirmerFor(call.actor.role);
  }
  if (!violations.empty()) return BadRequestStatus(server_.domain(), violations);
  return HandleSdq(call, asked, key, command, answer);
}

template <class Request, class Response>
grpc::Status GrpcApi::OnPep(const Call& call, const Request& asked, Response& answer) const {
  Violations violations;
  CheckPep(asked.child_id(), asked.pep_id(), violations);
  const ChildId child(asked.child_id());
  // All that is wrong is said at once, before the child's PEP is looked up.
  if constexpr (std::is_same_v<Request, v1::RequestSdqRequest>) {
    ReadKey(asked, child, PepId(asked.pep_id()), violations);
  } else if constexpr (std::is_same_v<Request, v1::CorrectPupilViewsRequest>) {
    ReadRightViews(asked, violations);
  }
  if (!violations.empty()) return BadRequestStatus(server_.domain(), violations);
  auto pep = PepOf(child, asked.pep_id());
  if (!pep.ok()) return FromAbsl(server_.domain(), pep.status());
  return HandleOnPep(call, asked, child, *pep, answer);
}

void GrpcApi::ServeCommands() {
  Serve(&GrpcApi::OnPep<v1::RequestSdqRequest, v1::RequestSdqResponse>);
  Serve(&GrpcApi::OnSdq<v1::MarkSdqSentRequest, v1::MarkSdqSentResponse>);
  Serve(&GrpcApi::OnSdq<v1::RecordSdqAnswersRequest, v1::RecordSdqAnswersResponse>);
  Serve(&GrpcApi::OnSdq<v1::RecordSdqScoresRequest, v1::RecordSdqScoresResponse>);
  Serve(&GrpcApi::OnSdq<v1::ReviewSdqRequest, v1::ReviewSdqResponse>);
  Serve(&GrpcApi::OnSdq<v1::CorrectSdqRequest, v1::CorrectSdqResponse>);
  Serve(&GrpcApi::OnSdq<v1::RecordSdqNotObtainedRequest, v1::RecordSdqNotObtainedResponse>);
  Serve(&GrpcApi::OnSdq<v1::ConfirmSdqNotObtainedRequest, v1::ConfirmSdqNotObtainedResponse>);
  Serve(&GrpcApi::OnPep<v1::CapturePupilViewsRequest, v1::CapturePupilViewsResponse>);
  Serve(&GrpcApi::OnPep<v1::DeclinePupilViewsRequest, v1::DeclinePupilViewsResponse>);
  Serve(&GrpcApi::OnPep<v1::CorrectPupilViewsRequest, v1::CorrectPupilViewsResponse>);
}

}  // namespace pepline::assessments
