// Every command RPC.
#include <utility>

#include "services/funding/api/answers.h"
#include "services/funding/api/grpc_api.h"
#include "services/funding/api/requests.h"
#include "services/funding/metrics.h"
#include "services/funding/storage/facts.h"
#include "shared/rpc/handle_command.h"

namespace pepline::funding {
namespace {

// One function per command RPC: the request in the words of the rules.
FundingCommand ToCommand(const v1::SubmitFundingRequestRequest&, const Actor& actor) {
  return SubmitFundingRequest{actor.subject};
}
FundingCommand ToCommand(const v1::WithdrawFundingRequestRequest&, const Actor& actor) {
  return WithdrawFundingRequest{actor.subject};
}
FundingCommand ToCommand(const v1::ApproveFundingRequestRequest& request, const Actor& actor) {
  return ApproveFundingRequest{actor.subject, {request.approved_pence()}};
}
FundingCommand ToCommand(const v1::DeclineFundingRequestRequest& request, const Actor& actor) {
  return DeclineFundingRequest{actor.subject, request.reason()};
}
FundingCommand ToCommand(const v1::ReleaseFundingRequest&, const Actor& actor) {
  return ReleaseFunding{actor.subject};
}

}  // namespace

template <class Request, class Response>
grpc::Status GrpcApi::HandleOnLine(const Call& call, const Request& request,
                                   const FundLineName& line, const FundLineCommand& command,
                                   Response& response) {
  return HandleCommand<FundLineCodec>(
      server_, engine_, TargetOf(line), command, call.OriginOf(request),
      {.allowed = [&](const FundLineState&,
                      const RecordStates&) { return call.MayTouch(OwnedBy(line)); },
       .facts = [](const FundLineState&, const RecordStates&) { return FundLineFacts(); }},
      [](const FundLineState& state, const std::vector<FundLineEvent>&, Response& answer) {
        *answer.mutable_fund_line() = ToFundLine(*state.line);
      },
      [](Metrics& metrics, const std::vector<FundLineEvent>& events) {
        CountEvents(metrics, events);
      },
      response);
}

template <class Request, class Response>
grpc::Status GrpcApi::HandleOnRequest(const Call& call, const Request& request,
                                      const Target& target, const FundingCommand& command,
                                      bool allowed, Response& response) {
  Inputs<FundingCodec> inputs;
  inputs.allowed = [allowed](const FundingState&, const RecordStates&) { return allowed; };
  inputs.facts = [&](const FundingState& state,
                     const RecordStates&) -> absl::StatusOr<FundingFacts> {
    FundingFacts facts = FactsAt(engine_.clock.Now());
    const auto* draft = std::get_if<funding::DraftFundingRequest>(&command);
    if (!NeedsChild(command) || (draft == nullptr && !state.request)) return facts;
    auto child = children_.Find(draft ? draft->costing.child : state.request->costing.child);
    if (!child.ok()) return child.status();
    if (*child) facts.child = ChildFacts{(*child)->authority, (*child)->looked_after};
    return facts;
  };
  return HandleCommand<FundingCodec>(
      server_, engine_, target, command, call.OriginOf(request), std::move(inputs),
      [](const FundingState& state, const std::vector<FundingEvent>&, Response& answer) {
        *answer.mutable_funding_request() = ToFundingRequest(*state.request);
      },
      [](Metrics& metrics, const std::vector<FundingEvent>& events) {
        CountEvents(metrics, events);
      },
      response);
}

absl::StatusOr<bool> GrpcApi::MayTouch(const Call& call, const FundLineName& line,
                                       const Target& target) const {
  if (call.MayTouch(OwnedBy(line))) return true;
  // Whose a request is never changes, so it may be read before the command.
  auto state = Read<FundingCodec>(engine_.store, target);
  if (!state.ok()) return state.status();
  if (!*state || !(*state)->request) return false;
  return MayTouch(call, line, (*state)->request->costing.child);
}

template <class Request, class Response>
grpc::ServerUnaryReactor* GrpcApi::OnRequest(Context* context, const Request* request,
                                             Response* response) {
  return server_.Unary<Request, Response>(
      context, request, response, [this](const Call& call, const Request& asked, Response& answer) {
        Violations violations;
        const FundLineName line = ReadFundingRequestId(asked.funding_request_id(), violations);
        if (!violations.empty()) return BadRequestStatus(server_.domain(), violations);
        const Target target = TargetOf(FundingRequestId(asked.funding_request_id()), line);
        const auto allowed = MayTouch(call, line, target);
        if (!allowed.ok()) return FromAbsl(server_.domain(), allowed.status());
        return HandleOnRequest(call, asked, target, ToCommand(asked, call.actor), *allowed, answer);
      });
}

grpc::ServerUnaryReactor* GrpcApi::SubmitFundingRequest(
    Context* context, const v1::SubmitFundingRequestRequest* request,
    v1::SubmitFundingRequestResponse* response) {
  return OnRequest(context, request, response);
}

grpc::ServerUnaryReactor* GrpcApi::WithdrawFundingRequest(
    Context* context, const v1::WithdrawFundingRequestRequest* request,
    v1::WithdrawFundingRequestResponse* response) {
  return OnRequest(context, request, response);
}

grpc::ServerUnaryReactor* GrpcApi::ApproveFundingRequest(
    Context* context, const v1::ApproveFundingRequestRequest* request,
    v1::ApproveFundingRequestResponse* response) {
  return OnRequest(context, request, response);
}

grpc::ServerUnaryReactor* GrpcApi::DeclineFundingRequest(
    Context* context, const v1::DeclineFundingRequestRequest* request,
    v1::DeclineFundingRequestResponse* response) {
  return OnRequest(context, request, response);
}

grpc::ServerUnaryReactor* GrpcApi::ReleaseFunding(Context* context,
                                                  const v1::ReleaseFundingRequest* request,
                                                  v1::ReleaseFundingResponse* response) {
  return OnRequest(context, request, response);
}

grpc::ServerUnaryReactor* GrpcApi::OpenFundLine(Context* context,
                                                const v1::OpenFundLineRequest* request,
                                                v1::OpenFundLineResponse* response) {
  return server_.Unary<v1::OpenFundLineRequest, v1::OpenFundLineResponse>(
      context, request, response,
      [this](const Call& call, const v1::OpenFundLineRequest& asked,
             v1::OpenFundLineResponse& answer) {
        Violations violations;
        const FundLineName line =
            ReadFundLineName(asked.authority_code(), asked.financial_year(), violations);
        if (!violations.empty()) return BadRequestStatus(server_.domain(), violations);
        return HandleOnLine(call, asked, line, funding::OpenFundLine{line, {asked.amount_pence()}},
                            answer);
      });
}

grpc::ServerUnaryReactor* GrpcApi::ChangeFundLine(Context* context,
                                                  const v1::ChangeFundLineRequest* request,
                                                  v1::ChangeFundLineResponse* response) {
  return server_.Unary<v1::ChangeFundLineRequest, v1::ChangeFundLineResponse>(
      context, request, response,
      [this](const Call& call, const v1::ChangeFundLineRequest& asked,
             v1::ChangeFundLineResponse& answer) {
        Violations violations;
        const FundLineName line = ReadFundLineId(asked.fund_line_id(), violations);
        if (!violations.empty()) return BadRequestStatus(server_.domain(), violations);
        return HandleOnLine(call, asked, line, funding::ChangeFundLine{{asked.amount_pence()}},
                            answer);
      });
}

grpc::ServerUnaryReactor* GrpcApi::DraftFundingRequest(
    Context* context, const v1::DraftFundingRequestRequest* request,
    v1::DraftFundingRequestResponse* response) {
  return server_.Unary<v1::DraftFundingRequestRequest, v1::DraftFundingRequestResponse>(
      context, request, response,
      [this](const Call& call, const v1::DraftFundingRequestRequest& asked,
             v1::DraftFundingRequestResponse& answer) {
        Violations violations;
        Costing costing = ReadCosting(asked, violations);
        if (!violations.empty()) return BadRequestStatus(server_.domain(), violations);
        // There is no request yet, so it is the child that must be within reach.
        const auto child = children_.ResourceOf(costing.child);
        if (!child.ok()) return FromAbsl(server_.domain(), child.status());
        const Target target = TargetOf(costing.id, costing.line);
        return HandleOnRequest(call, asked, target,
                               funding::DraftFundingRequest{std::move(costing)},
                               call.MayTouch(*child), answer);
      });
}

}  // namespace pepline::funding
