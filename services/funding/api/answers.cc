#include "services/funding/api/answers.h"

#include "services/funding/domain/fields.h"
#include "shared/engine/deadline_mapping.h"
#include "shared/engine/field_mapping.h"

namespace pepline::funding {

v1::FundLine ToFundLine(const FundLine& line) {
  v1::FundLine shown;
  WriteFields(line, shown);
  shown.set_fund_line_id(IdOf(line.name).text());
  shown.set_financial_year(FormatFinancialYear(line.name.year));
  shown.set_left_pence(line.left().value);
  return shown;
}

v1::FundingRequest ToFundingRequest(const FundingRequest& request) {
  v1::FundingRequest shown;
  WriteFields(request, shown);
  shown.set_asked_pence(request.costing.asked().value);
  int row = 0;  // in the order of the request's own
  for (const auto& [rule, deadline] : request.deadlines) {
    *shown.mutable_deadlines(row++)->mutable_deadline() =
        ToReference(request.costing.id.text(), rule, deadline.instants);
  }
  return shown;
}

}  // namespace pepline::funding
