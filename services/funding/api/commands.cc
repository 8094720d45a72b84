// Every command RPC.
#include <utility>

#include "services/funding/api/answers.h"
#include "services/funding/api/grpc_api.h"
#include "services/funding/api/requests.h"
#include "services/funding/metrics.h"
#include "shared/projections/child_outcomes.h"
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
                                   Response& response) const {
  return HandleCommand<FundLineCodec>(
      server_, engine_, TargetOf(line), command, call.OriginOf(request),
      {.allowed = [&](const FundLineState&,
                      const RecordStates&) { return call.MayTouch(OwnedBy(line)); },
       .facts = [this](const FundLineState&,
                       const RecordStates&) { return FundLineFacts{engine_.clock.Now()}; }},
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
                                      bool allowed, Response& response) const {
  Inputs<FundingCodec> inputs;
  inputs.allowed = [allowed](const FundingState&, const RecordStates&) { return allowed; };
  inputs.facts = [&](const FundingState& state,
                     const RecordStates&) -> absl::StatusOr<FundingFacts> {
    const auto line = LineOf(FundingRequestId(target.keys.front().id)).value_or(FundLineName());
    auto loaded = facts_.Load(line.authority);
    if (!loaded.ok()) return loaded.status();
    FundingFacts facts = *std::move(loaded);
    const auto* draft = std::get_if<funding::DraftFundingRequest>(&command);
    if (!NeedsChild(command) || (draft == nullptr && !state.request)) return facts;
    auto child = children_.Find(draft ? draft->costing.child : state.request->costing.child);
    if (!child.ok()) return child.status();
    if (*child) facts.child = ChildFacts{(*child)->authority, (*child)->looked_after};
    if (draft != nullptr) {
      auto newest = peps_.NewestOf(draft->costing.child);
      if (!newest.ok()) return newest.status();
      facts.newest_pep = *newest;
      auto profile = children_.ProfileOf(line.authority);
      if (!profile.ok()) return profile.status();
      if (*profile && (*profile)->finalise_needs_outcomes()) {
        auto pursued = IsPursued(engine_.store, draft->costing.child, draft->costing.outcome);
        if (!pursued.ok()) return pursued.status();
        facts.outcome_is_pursued = *pursued;
      }
    }
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
grpc::Status GrpcApi::OnRequest(const Call& call, const Request& asked, Response& answer) const {
  Violations violations;
  const FundLineName line = ReadFundingRequestId(asked.funding_request_id(), violations);
  if (!violations.empty()) return BadRequestStatus(server_.domain(), violations);
  const Target target = TargetOf(FundingRequestId(asked.funding_request_id()), line);
  const auto allowed = MayTouch(call, line, target);
  if (!allowed.ok()) return FromAbsl(server_.domain(), allowed.status());
  return HandleOnRequest(call, asked, target, ToCommand(asked, call.actor), *allowed, answer);
}

grpc::Status GrpcApi::OpenFundLine(const Call& call, const v1::OpenFundLineRequest& asked,
                                   v1::OpenFundLineResponse& answer) const {
  Violations violations;
  const FundLineName line =
      ReadFundLineName(asked.authority_code(), asked.financial_year(), violations);
  if (!violations.empty()) return BadRequestStatus(server_.domain(), violations);
  return HandleOnLine(call, asked, line, funding::OpenFundLine{line, {asked.amount_pence()}},
                      answer);
}

grpc::Status GrpcApi::ChangeFundLine(const Call& call, const v1::ChangeFundLineRequest& asked,
                                     v1::ChangeFundLineResponse& answer) const {
  Violations violations;
  const FundLineName line = ReadFundLineId(asked.fund_line_id(), violations);
  if (!violations.empty()) return BadRequestStatus(server_.domain(), violations);
  return HandleOnLine(call, asked, line,
                      funding::ChangeFundLine{{asked.amount_pence()}, asked.reason()}, answer);
}

grpc::Status GrpcApi::DraftFundingRequest(const Call& call,
                                          const v1::DraftFundingRequestRequest& asked,
                                          v1::DraftFundingRequestResponse& answer) const {
  Violations violations;
  Costing costing = ReadCosting(asked, violations);
  if (!violations.empty()) return BadRequestStatus(server_.domain(), violations);
  // There is no request yet, so it is the child that must be within reach.
  const auto child = children_.ResourceOf(costing.child);
  if (!child.ok()) return FromAbsl(server_.domain(), child.status());
  const Target target = TargetOf(costing.id, costing.line);
  return HandleOnRequest(call, asked, target, funding::DraftFundingRequest{std::move(costing)},
                         call.MayTouch(*child), answer);
}

void GrpcApi::ServeCommands() {
  Serve(&GrpcApi::OnRequest<v1::SubmitFundingRequestRequest, v1::SubmitFundingRequestResponse>);
  Serve(&GrpcApi::OnRequest<v1::WithdrawFundingRequestRequest, v1::WithdrawFundingRequestResponse>);
  Serve(&GrpcApi::OnRequest<v1::ApproveFundingRequestRequest, v1::ApproveFundingRequestResponse>);
  Serve(&GrpcApi::OnRequest<v1::DeclineFundingRequestRequest, v1::DeclineFundingRequestResponse>);
  Serve(&GrpcApi::OnRequest<v1::ReleaseFundingRequest, v1::ReleaseFundingResponse>);
  Serve(&GrpcApi::OpenFundLine);
  Serve(&GrpcApi::ChangeFundLine);
  Serve(&GrpcApi::DraftFundingRequest);
}

}  // namespace pepline::funding
