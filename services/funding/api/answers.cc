#include "services/funding/api/answers.h"

#include "services/funding/storage/conversions.h"
#include "shared/domain/calendar.h"
#include "shared/rpc/request_fields.h"

namespace pepline::funding {

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
