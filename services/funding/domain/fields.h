// The fields of what funding keeps, publishes and answers (shared/domain/field_list.h).
#ifndef PEPLINE_SERVICES_FUNDING_DOMAIN_FIELDS_H_
#define PEPLINE_SERVICES_FUNDING_DOMAIN_FIELDS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "services/funding/domain/fund_line.h"
#include "services/funding/domain/funding_request.h"
#include "shared/domain/field_list.h"
#include "shared/domain/fields.h"

namespace pepline {

// Nothing to a hundred billion pounds, a hundred times what a fund line may have: the rules come to
// no other amount, and sums of what is read cannot overflow.
template <>
struct NumberForm<Pence> {
  static std::int64_t Write(Pence amount) { return amount.value; }
  static std::optional<Pence> Read(std::int64_t pence) {
    if (pence < 0 || pence > 10'000'000'000'000) return std::nullopt;
    return Pence{pence};
  }
};
template <>
struct TextForm<funding::FinancialYear>
    : NamedText<funding::FormatFinancialYear, funding::ParseFinancialYear> {};
template <>
struct TextForm<funding::FundLineName> {
  static std::string Write(const funding::FundLineName& name) { return IdOf(name).text(); }
  static std::optional<funding::FundLineName> Read(const std::string& text) {
    return funding::NameOf(FundLineId(text));
  }
};

}  // namespace pepline

namespace pepline::funding {

void Fields(auto& map, Of<FundLineName> auto& name) {
  map(FIELD(authority_code), name.authority);
  map(FIELD(first_year), name.year.first_year);
}
void Fields(auto& map, Of<FundLineChange> auto& change) {
  map(FIELD(changed_at), change.at);
  map(FIELD(old_amount_pence), change.old_amount);
  map(FIELD(amount_pence), change.amount);
  map.Kept(FIELD(reason), change.reason);
}
void Fields(auto& map, Of<FundLine> auto& line) {
  map.Inline(line.name);
  map(FIELD(amount_pence), line.amount);
  map(FIELD(approved_pence), line.approved);
  map(FIELD(released_pence), line.released);
  map.Kept(FIELD(changes), line.changes);
}
void Fields(auto& map, Of<CostLine> auto& line) {
  map(FIELD(description), line.description);
  map(FIELD(amount_pence), line.amount);
}
void Fields(auto& map, Of<Costing> auto& costing) {
  map(FIELD(funding_request_id), costing.id);
  map(FIELD(child_id), costing.child);
  map(FIELD(pep_id), costing.pep);
  map(FIELD(outcome_id), costing.outcome);
  map(FIELD(fund_line_id), costing.line);
  map.Kept(FIELD(description), costing.description);
  map.Kept(FIELD(cost_lines), costing.cost_lines);
  map.Kept(FIELD(start_on), costing.start_on);
  map.Kept(FIELD(end_on), costing.end_on);
  map.Kept(FIELD(exit_plan), costing.exit_plan);
}
// A step that was done has its instant.
void StepFields(auto& map, auto at, auto by, auto& step) {
  map.If(at, step, [&](auto& inner, auto& done) {
    inner(at, done.at);
    inner(by, done.by);
  });
}
void Fields(auto& map, Of<FundingRequest> auto& request) {
  map.Inline(request.costing);
  map(FIELD(state), request.stage);
  map(FIELD(drafted_at), request.drafted_at);
  StepFields(map, FIELD(submitted_at), FIELD(submitted_by), request.submitted);
  StepFields(map, FIELD(decided_at), FIELD(decided_by), request.decided);
  map(FIELD(approved_pence), request.approved);
  map.Kept(FIELD(decline_reason), request.decline_reason);
  StepFields(map, FIELD(released_at), FIELD(released_by), request.released);
  map.Rows(FIELD(deadlines), request.deadlines, FIELD(rule_id));
}

// Events. Which line or request one is about is filled in from the state (storage/event_codec.cc);
// who did a step is in no event, and the event's own instant says when.
void Fields(auto& map, Of<FundLineOpened> auto& event) {
  map.Inline(event.name);
  map(FIELD(financial_year), event.name.year);
  map(FIELD(fund_line_id), event.name);
  map(FIELD(amount_pence), event.amount);
}
void Fields(auto& map, Of<FundLineChanged> auto& event) {
  map(FIELD(old_amount_pence), event.old_amount);
  map(FIELD(amount_pence), event.amount);
}
void Fields(auto&, Of<FundingDrafted> auto&) {}
void Fields(auto& map, Of<FundingSubmitted> auto& event) { map(FIELD(asked_pence), event.asked); }
void Fields(auto&, Of<FundingWithdrawn> auto&) {}
void Fields(auto& map, Of<FundingApproved> auto& event) {
  map(FIELD(approved_pence), event.amount);
}
void Fields(auto&, Of<FundingDeclined> auto&) {}
void Fields(auto& map, Of<FundingReleased> auto& event) {
  map(FIELD(released_pence), event.amount);
}

}  // namespace pepline::funding

#endif  // PEPLINE_SERVICES_FUNDING_DOMAIN_FIELDS_H_
