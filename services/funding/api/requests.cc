#include "services/funding/api/requests.h"

#include "absl/strings/str_cat.h"
#include "shared/base/digest.h"
#include "shared/domain/calendar.h"
#include "shared/domain/id_forms.h"

namespace pepline::funding {

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

}  // namespace pepline::funding
