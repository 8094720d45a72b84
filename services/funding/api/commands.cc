#include "services/funding/grpc_api.h"

#include <utility>

#include "services/funding/numbers.h"
#include "services/funding/wire.h"
#include "shared/engine/lists.h"
#include "shared/rpc/handle_command.h"
#include "shared/rpc/page_tokens.h"

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

bool Matches(const FundingRequest& request, const v1::ListFundingRequestsRequest& wanted) {
  const Costing& costing = request.costing;
  return (wanted.child_id().empty() || wanted.child_id() == costing.child.text()) &&
         (wanted.pep_id().empty() || wanted.pep_id() == costing.pep.text()) &&
         (wanted.state() == v1::FUNDING_REQUEST_STATE_UNSPECIFIED ||
          wanted.state() == ToProto(request.stage)) &&
         (wanted.authority_code().empty() ||
          wanted.authority_code() == costing.line.authority.text()) &&
         (wanted.fund_line_id().empty() || wanted.fund_line_id() == IdOf(costing.line).text());
}

// The look-up list that leaves the least to pass over.
IndexEntry EntryFor(const v1::ListFundingRequestsRequest& wanted) {
  if (!wanted.child_id().empty()) return RequestsFor(ChildId(wanted.child_id()));
  const std::string& pep = wanted.pep_id();  // the child's id, a dot and a number
  if (const auto dot = pep.rfind('.'); dot != std::string::npos) {
    return RequestsFor(ChildId(pep.substr(0, dot)));
  }
  const auto stage = FromProto(wanted.state());
  return stage && Waits(*stage) ? OpenRequests() : AllRequests();
}

// A request lies in its fund line's partition, and its id begins with the authority and the year,
// so requests of other lines and authorities need not be read to be passed over.
ListedRecords LookIn(const v1::ListFundingRequestsRequest& wanted) {
  const auto line = NameOf(FundLineId(wanted.fund_line_id()));
  return {EntryFor(wanted), wanted.fund_line_id(),
          line ? RequestIdOf(*line, "").text()
               : RequestIdPrefix(AuthorityCode(wanted.authority_code()))};
}

// The records of a listed request. Only ids that RequestIdOf made are listed, and those say their
// line; nothing is stored under any other.
Target ListedTarget(const std::string& member) {
  const FundingRequestId id(member);
  return TargetOf(id, LineOf(id).value_or(FundLineName()));
}

Resource OwnedBy(const FundLineName& line) { return {line.authority, SchoolUrn()}; }

}  // namespace

template <class Request, class Response>
grpc::Status GrpcApi::HandleOnLine(const Call& call, const Request& request,
                                   const FundLineName& line, const FundLineCommand& command,
                                   Response& response) {
  return HandleCommand<FundLineCodec>(
      door_, spine_, TargetOf(line), command, call.OriginOf(request),
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
  inputs.facts = [&](const FundingState&, const RecordStates&) -> absl::StatusOr<FundingFacts> {
    FundingFacts facts{spine_.clock.Now(), std::nullopt};
    if (const auto* draft = std::get_if<funding::DraftFundingRequest>(&command)) {
      auto child = children_.Find(draft->costing.child);
      if (!child.ok()) return child.status();
      if (*child) facts.child = ChildFacts{(*child)->authority, (*child)->looked_after};
    }
    return facts;
  };
  return HandleCommand<FundingCodec>(
      door_, spine_, target, command, call.OriginOf(request), std::move(inputs),
      [](const FundingState& state, const std::vector<FundingEvent>&, Response& answer) {
        *answer.mutable_funding_request() = ToFundingRequest(*state.request);
      },
      [](Metrics& metrics, const std::vector<FundingEvent>& events) {
        CountEvents(metrics, events);
      },
      response);
}

absl::StatusOr<bool> GrpcApi::MayTouch(const Call& call, const FundLineName& line,
                                       const ChildId& child) const {
  if (call.MayTouch(OwnedBy(line))) return true;
  auto known = children_.ResourceOf(child);
  if (!known.ok()) return known.status();
  return call.MayTouch(Resource{line.authority, known->school, known->access_ended});
}

absl::StatusOr<bool> GrpcApi::MayTouch(const Call& call, const FundLineName& line,
                                       const Target& target) const {
  if (call.MayTouch(OwnedBy(line))) return true;
  // Whose a request is never changes, so it may be read before the command.
  auto state = Read<FundingCodec>(spine_.store, target);
  if (!state.ok()) return state.status();
  if (!*state || !(*state)->request) return false;
  return MayTouch(call, line, (*state)->request->costing.child);
}

template <class Request, class Response>
grpc::ServerUnaryReactor* GrpcApi::OnRequest(Context* context, const Request* request,
                                             Response* response) {
  return door_.Unary<Request, Response>(
      context, request, response, [this](const Call& call, const Request& asked, Response& answer) {
        Violations violations;
        const FundLineName line = ReadFundingRequestId(asked.funding_request_id(), violations);
        if (!violations.empty()) return BadRequestStatus(door_.domain(), violations);
        const Target target = TargetOf(FundingRequestId(asked.funding_request_id()), line);
        const auto allowed = MayTouch(call, line, target);
        if (!allowed.ok()) return FromAbsl(door_.domain(), allowed.status());
        return HandleOnRequest(call, asked, target, ToCommand(asked, call.actor), *allowed, answer);
      });
}

grpc::ServerUnaryReactor* GrpcApi::OpenFundLine(Context* context,
                                                const v1::OpenFundLineRequest* request,
                                                v1::OpenFundLineResponse* response) {
  return door_.Unary<v1::OpenFundLineRequest, v1::OpenFundLineResponse>(
      context, request, response,
      [this](const Call& call, const v1::OpenFundLineRequest& asked,
             v1::OpenFundLineResponse& answer) {
        Violations violations;
        const FundLineName line =
            ReadFundLineName(asked.authority_code(), asked.financial_year(), violations);
        if (!violations.empty()) return BadRequestStatus(door_.domain(), violations);
        return HandleOnLine(call, asked, line, funding::OpenFundLine{line, {asked.amount_pence()}},
                            answer);
      });
}

grpc::ServerUnaryReactor* GrpcApi::ChangeFundLine(Context* context,
                                                  const v1::ChangeFundLineRequest* request,
                                                  v1::ChangeFundLineResponse* response) {
  return door_.Unary<v1::ChangeFundLineRequest, v1::ChangeFundLineResponse>(
      context, request, response,
      [this](const Call& call, const v1::ChangeFundLineRequest& asked,
             v1::ChangeFundLineResponse& answer) {
        Violations violations;
        const FundLineName line = ReadFundLineId(asked.fund_line_id(), violations);
        if (!violations.empty()) return BadRequestStatus(door_.domain(), violations);
        return HandleOnLine(call, asked, line, funding::ChangeFundLine{{asked.amount_pence()}},
                            answer);
      });
}

grpc::ServerUnaryReactor* GrpcApi::DraftFundingRequest(
    Context* context, const v1::DraftFundingRequestRequest* request,
    v1::DraftFundingRequestResponse* response) {
  return door_.Unary<v1::DraftFundingRequestRequest, v1::DraftFundingRequestResponse>(
      context, request, response,
      [this](const Call& call, const v1::DraftFundingRequestRequest& asked,
             v1::DraftFundingRequestResponse& answer) {
        Violations violations;
        Costing costing = ReadCosting(asked, violations);
        if (!violations.empty()) return BadRequestStatus(door_.domain(), violations);
        // There is no request yet, so it is the child that must be within reach.
        const auto child = children_.ResourceOf(costing.child);
        if (!child.ok()) return FromAbsl(door_.domain(), child.status());
        const Target target = TargetOf(costing.id, costing.line);
        return HandleOnRequest(call, asked, target,
                               funding::DraftFundingRequest{std::move(costing)},
                               call.MayTouch(*child), answer);
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

grpc::ServerUnaryReactor* GrpcApi::GetFundLine(Context* context,
                                               const v1::GetFundLineRequest* request,
                                               v1::GetFundLineResponse* response) {
  return door_.Unary<v1::GetFundLineRequest, v1::GetFundLineResponse>(
      context, request, response,
      [this](const Call& call, const v1::GetFundLineRequest& asked,
             v1::GetFundLineResponse& answer) {
        Violations violations;
        const FundLineName line = ReadFundLineId(asked.fund_line_id(), violations);
        if (!violations.empty()) return BadRequestStatus(door_.domain(), violations);
        if (!call.MayTouch(OwnedBy(line))) return DeniedStatus(door_.domain());
        auto state = Read<FundLineCodec>(spine_.store, TargetOf(line));
        if (!state.ok()) return FromAbsl(door_.domain(), state.status());
        if (!*state || !(*state)->line) {
          return RefusalStatus(door_.domain(), fund_line_refusals::kNotOpen,
                               "this fund line is not open; open it first", "fund_line_id");
        }
        *answer.mutable_fund_line() = ToFundLine(*(*state)->line);
        return grpc::Status::OK;
      });
}

grpc::ServerUnaryReactor* GrpcApi::GetFundingRequest(Context* context,
                                                     const v1::GetFundingRequestRequest* request,
                                                     v1::GetFundingRequestResponse* response) {
  return door_.Unary<v1::GetFundingRequestRequest, v1::GetFundingRequestResponse>(
      context, request, response,
      [this](const Call& call, const v1::GetFundingRequestRequest& asked,
             v1::GetFundingRequestResponse& answer) {
        Violations violations;
        const FundLineName line = ReadFundingRequestId(asked.funding_request_id(), violations);
        if (!violations.empty()) return BadRequestStatus(door_.domain(), violations);
        auto state = Read<FundingCodec>(
            spine_.store, TargetOf(FundingRequestId(asked.funding_request_id()), line));
        if (!state.ok()) return FromAbsl(door_.domain(), state.status());
        if (!*state || !(*state)->request) return DeniedStatus(door_.domain());
        const FundingRequest& found = *(*state)->request;
        const auto allowed = MayTouch(call, line, found.costing.child);
        if (!allowed.ok()) return FromAbsl(door_.domain(), allowed.status());
        if (!*allowed) return DeniedStatus(door_.domain());
        *answer.mutable_funding_request() = ToFundingRequest(found);
        return grpc::Status::OK;
      });
}

grpc::ServerUnaryReactor* GrpcApi::ListFundingRequests(
    Context* context, const v1::ListFundingRequestsRequest* request,
    v1::ListFundingRequestsResponse* response) {
  return door_.Unary<v1::ListFundingRequestsRequest, v1::ListFundingRequestsResponse>(
      context, request, response,
      [this](const Call& call, const v1::ListFundingRequestsRequest& asked,
             v1::ListFundingRequestsResponse& answer) {
        Violations violations;
        const auto asked_page = AskedPage::Read(spine_.store, call, asked, violations);
        if (!asked_page.ok()) return FromAbsl(door_.domain(), asked_page.status());
        if (asked.state() != v1::FUNDING_REQUEST_STATE_UNSPECIFIED && !FromProto(asked.state())) {
          violations.push_back({"state", "name a state that requests can have"});
        }
        if (!violations.empty()) return BadRequestStatus(door_.domain(), violations);
        auto page = ReadListed<FundingCodec>(
            spine_.store, LookIn(asked), ListedTarget, asked_page->size(), asked_page->position(),
            [&](const FundingState& state, const auto&) -> absl::StatusOr<bool> {
              if (!state.request || !Matches(*state.request, asked)) return false;
              // Last, as it may have to ask the store where the child is.
              return MayTouch(call, state.request->costing.line, state.request->costing.child);
            });
        if (!page.ok()) return FromAbsl(door_.domain(), page.status());
        for (const FundingState& state : page->states) {
          *answer.add_funding_requests() = ToFundingRequest(*state.request);
        }
        return FromAbsl(door_.domain(), asked_page->SetNext(page->next_page_token, answer));
      });
}

}  // namespace pepline::funding
