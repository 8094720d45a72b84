// Everything that only reads, and who may.
#include "services/funding/api/answers.h"
#include "services/funding/api/grpc_api.h"
#include "services/funding/api/requests.h"
#include "services/funding/domain/fields.h"
#include "shared/domain/field_list.h"
#include "shared/engine/field_mapping.h"
#include "shared/engine/paging.h"
#include "shared/rpc/page_tokens.h"

namespace pepline::funding {
namespace {

bool Matches(const FundingRequest& request, const v1::ListFundingRequestsRequest& wanted) {
  const Costing& costing = request.costing;
  return (wanted.child_id().empty() || wanted.child_id() == costing.child.text()) &&
         (wanted.pep_id().empty() || wanted.pep_id() == costing.pep.text()) &&
         (wanted.state() == v1::FUNDING_REQUEST_STATE_UNSPECIFIED ||
          KnownEnum<RequestStage>(wanted.state()) == request.stage) &&
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
  const auto stage = KnownEnum<RequestStage>(wanted.state());
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

}  // namespace

Resource GrpcApi::OwnedBy(const FundLineName& line) { return {line.authority, SchoolUrn()}; }

absl::StatusOr<bool> GrpcApi::MayTouch(const Call& call, const FundLineName& line,
                                       const ChildId& child) const {
  if (call.MayTouch(OwnedBy(line))) return true;
  auto known = children_.ResourceOf(child);
  if (!known.ok()) return known.status();
  return call.MayTouch(Resource{line.authority, known->school, known->access_ended});
}

grpc::Status GrpcApi::GetFundLine(const Call& call, const v1::GetFundLineRequest& asked,
                                  v1::GetFundLineResponse& answer) const {
  Violations violations;
  const FundLineName line = ReadFundLineId(asked.fund_line_id(), violations);
  if (!violations.empty()) return BadRequestStatus(server_.domain(), violations);
  if (!call.MayTouch(OwnedBy(line))) return DeniedStatus(server_.domain());
  auto state = Read<FundLineCodec>(engine_.store, TargetOf(line));
  if (!state.ok()) return FromAbsl(server_.domain(), state.status());
  if (!*state || !(*state)->line) {
    return RefusalStatus(server_.domain(), fund_line_refusals::kNotOpen,
                         "this fund line is not open; open it first", "fund_line_id");
  }
  *answer.mutable_fund_line() = ToFundLine(*(*state)->line);
  WriteFields(*(*state)->line, answer);
  return grpc::Status::OK;
}

grpc::Status GrpcApi::GetFundingRequest(const Call& call, const v1::GetFundingRequestRequest& asked,
                                        v1::GetFundingRequestResponse& answer) const {
  Violations violations;
  const FundLineName line = ReadFundingRequestId(asked.funding_request_id(), violations);
  if (!violations.empty()) return BadRequestStatus(server_.domain(), violations);
  auto state = Read<FundingCodec>(engine_.store,
                                  TargetOf(FundingRequestId(asked.funding_request_id()), line));
  if (!state.ok()) return FromAbsl(server_.domain(), state.status());
  if (!*state || !(*state)->request) return DeniedStatus(server_.domain());
  const FundingRequest& found = *(*state)->request;
  const auto allowed = MayTouch(call, line, found.costing.child);
  if (!allowed.ok()) return FromAbsl(server_.domain(), allowed.status());
  if (!*allowed) return DeniedStatus(server_.domain());
  *answer.mutable_funding_request() = ToFundingRequest(found);
  return grpc::Status::OK;
}

grpc::Status GrpcApi::ListFundingRequests(const Call& call,
                                          const v1::ListFundingRequestsRequest& asked,
                                          v1::ListFundingRequestsResponse& answer) const {
  const auto check = [&](Violations& violations) {
    if (asked.state() == v1::FUNDING_REQUEST_STATE_UNSPECIFIED ||
        KnownEnum<RequestStage>(asked.state())) {
      return;
    }
    violations.push_back({"state", "name a state that requests can have"});
  };
  const auto may_list = [&](const FundingState& state, const auto&) -> absl::StatusOr<bool> {
    if (!state.request || !Matches(*state.request, asked)) return false;
    // Last, as it may have to ask the store where the child is.
    return MayTouch(call, state.request->costing.line, state.request->costing.child);
  };
  return AnswerPage(server_.domain(), engine_.store, call, asked, answer, check,
                    [&](const AskedPage& asked_page) -> absl::StatusOr<std::string> {
                      auto page = ReadListed<FundingCodec>(engine_.store, LookIn(asked),
                                                           ListedTarget, asked_page.size(),
                                                           asked_page.position(), may_list);
                      if (!page.ok()) return page.status();
                      for (const FundingState& state : page->states) {
                        *answer.add_funding_requests() = ToFundingRequest(*state.request);
                      }
                      return page->next_page_token;
                    });
}

void GrpcApi::ServeQueries() {
  Serve(&GrpcApi::GetFundLine);
  Serve(&GrpcApi::GetFundingRequest);
  Serve(&GrpcApi::ListFundingRequests);
}

}  // namespace pepline::funding
