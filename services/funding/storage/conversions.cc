#include "services/funding/wire.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "shared/base/digest.h"
#include "shared/domain/calendar.h"
#include "shared/domain/id_forms.h"

namespace pepline::funding {

v1::FundingRequestState ToProto(RequestStage stage) {
  switch (stage) {
    case RequestStage::kDraft:
      return v1::FUNDING_REQUEST_STATE_DRAFT;
    case RequestStage::kSubmitted:
      return v1::FUNDING_REQUEST_STATE_SUBMITTED;
    case RequestStage::kApproved:
      return v1::FUNDING_REQUEST_STATE_APPROVED;
    case RequestStage::kDeclined:
      return v1::FUNDING_REQUEST_STATE_DECLINED;
    case RequestStage::kReleased:
      return v1::FUNDING_REQUEST_STATE_RELEASED;
    case RequestStage::kWithdrawn:
      return v1::FUNDING_REQUEST_STATE_WITHDRAWN;
  }
  return v1::FUNDING_REQUEST_STATE_UNSPECIFIED;
}

std::optional<RequestStage> FromProto(v1::FundingRequestState state) {
  for (RequestStage one : kAllStages) {
    if (ToProto(one) == state) return one;
  }
  return std::nullopt;
}

FundLineName ReadFundLineName(const std::string& authority_code, const std::string& financial_year,
                              Violations& violations) {
  if (!IsAuthorityCode(authority_code)) {
    violations.push_back({"authority_code", "give the authority's code of three digits"});
  }
  const auto year = ParseFinancialYear(financial_year);
  if (!year) {
    violations.push_back(
        {"financial_year", "give a financial year from April to March, such as 2025-26"});
  }
  return {AuthorityCode(authority_code), year.value_or(FinancialYear())};
}

FundLineName ReadFundLineId(const std::string& fund_line_id, Violations& violations) {
  const auto name = NameOf(FundLineId(fund_line_id));
  if (!name) {
    violations.push_back({"fund_line_id",
                          "give a fund line's id: the authority's code, a dot and the financial "
                          "year, such as 931.2025-26"});
  }
  return name.value_or(FundLineName());
}

FundLineName ReadFundingRequestId(const std::string& funding_request_id, Violations& violations) {
  const auto name = LineOf(FundingRequestId(funding_request_id));
  if (!name) {
    violations.push_back({"funding_request_id",
                          "give a request's id as it was answered to its draft: req- and "
                          "twenty letters and digits"});
  }
  return name.value_or(FundLineName());
}

Costing ReadCosting(const v1::DraftFundingRequestRequest& request, Violations& violations) {
  Costing costing;
  costing.line = ReadFundLineId(request.fund_line_id(), violations);
  CheckChildId(request.child_id(), violations);
  pepline::CheckText(request.pep_id(), "pep_id", "the PEP's id", 80, violations);
  pepline::CheckText(request.outcome_id(), "outcome_id", "the outcome's id", 100, violations);
  costing.id = RequestIdOf(
      costing.line, LettersFrom(absl::StrCat(request.fund_line_id(), "/", request.request_id(), "/",
                                             request.child_id()),
                                kRequestLetters));
  costing.child = ChildId(request.child_id());
  costing.pep = PepId(request.pep_id());
  costing.outcome = OutcomeId(request.outcome_id());
  costing.description = request.description();
  for (const v1::CostLine& cost : request.cost_lines()) {
    costing.cost_lines.push_back({cost.description(), {cost.amount_pence()}});
  }
  costing.start_on = ReadDay(request.start_on(), "start_on", violations);
  costing.end_on = ReadDay(request.end_on(), "end_on", violations);
  costing.exit_plan = request.exit_plan();
  return costing;
}

v1::FundLine ToFundLine(const FundLine& line) {
  v1::FundLine shown;
  shown.set_fund_line_id(IdOf(line.name).text());
  shown.set_authority_code(line.name.authority.text());
  shown.set_financial_year(FormatFinancialYear(line.name.year));
  shown.set_amount_pence(line.amount.value);
  shown.set_approved_pence(line.approved.value);
  shown.set_released_pence(line.released.value);
  shown.set_left_pence(line.left().value);
  return shown;
}

v1::FundingRequest ToFundingRequest(const FundingRequest& request) {
  const Costing& costing = request.costing;
  v1::FundingRequest shown;
  shown.set_funding_request_id(costing.id.text());
  shown.set_state(ToProto(request.stage));
  shown.set_child_id(costing.child.text());
  shown.set_pep_id(costing.pep.text());
  shown.set_outcome_id(costing.outcome.text());
  shown.set_fund_line_id(IdOf(costing.line).text());
  shown.set_description(costing.description);
  for (const CostLine& cost : costing.cost_lines) {
    v1::CostLine* line = shown.add_cost_lines();
    line->set_description(cost.description);
    line->set_amount_pence(cost.amount.value);
  }
  shown.set_asked_pence(costing.asked().value);
  shown.set_start_on(FormatDate(costing.start_on));
  shown.set_end_on(FormatDate(costing.end_on));
  shown.set_exit_plan(costing.exit_plan);
  *shown.mutable_drafted_at() = ToTimestamp(request.drafted_at);
  if (request.submitted) {
    *shown.mutable_submitted_at() = ToTimestamp(request.submitted->at);
    shown.set_submitted_by(request.submitted->by);
  }
  if (request.decided) {
    *shown.mutable_decided_at() = ToTimestamp(request.decided->at);
    shown.set_decided_by(request.decided->by);
  }
  shown.set_approved_pence(request.approved.value);
  shown.set_decline_reason(request.decline_reason);
  if (request.released) {
    *shown.mutable_released_at() = ToTimestamp(request.released->at);
    shown.set_released_by(request.released->by);
  }
  return shown;
}

}  // namespace pepline::funding
