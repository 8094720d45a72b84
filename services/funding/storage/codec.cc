#include "services/funding/storage/codec.h"

#include <utility>

#include "services/funding/storage/conversions.h"
#include "shared/domain/calendar.h"

namespace pepline::funding {
namespace {

namespace stored = storage::v1;

absl::Status Unreadable() {
  return absl::DataLossError("a stored fund line or request cannot be read; see `pepctl rebuild`");
}

std::string EncodeLine(const FundLine& line) {
  stored::FundLine out;
  out.set_authority_code(line.name.authority.text());
  out.set_first_year(line.name.year.first_year);
  out.set_amount_pence(line.amount.value);
  out.set_approved_pence(line.approved.value);
  out.set_released_pence(line.released.value);
  return out.SerializeAsString();
}

std::optional<FundLine> DecodeLine(const std::string& bytes) {
  stored::FundLine in;
  if (!in.ParseFromString(bytes)) return std::nullopt;
  const FundLineName name{AuthorityCode(in.authority_code()), {in.first_year()}};
  if (!NameOf(IdOf(name))) return std::nullopt;
  if (!IsAmount(in.amount_pence()) || !IsAmount(in.approved_pence()) ||
      !IsAmount(in.released_pence())) {
    return std::nullopt;
  }
  return FundLine{name, {in.amount_pence()}, {in.approved_pence()}, {in.released_pence()}};
}

std::string EncodeRequest(const FundingRequest& request) {
  const Costing& costing = request.costing;
  stored::FundingRequest out;
  out.set_funding_request_id(costing.id.text());
  out.set_child_id(costing.child.text());
  out.set_pep_id(costing.pep.text());
  out.set_outcome_id(costing.outcome.text());
  out.set_fund_line_id(IdOf(costing.line).text());
  out.set_state(ToProto(request.stage));
  out.set_description(costing.description);
  for (const CostLine& line : costing.cost_lines) {
    auto* one = out.add_cost_lines();
    one->set_description(line.description);
    one->set_amount_pence(line.amount.value);
  }
  out.set_start_on(FormatDate(costing.start_on));
  out.set_end_on(FormatDate(costing.end_on));
  out.set_exit_plan(costing.exit_plan);
  out.set_drafted_at(absl::ToUnixMicros(request.drafted_at));
  if (request.submitted) {
    out.set_submitted_at(absl::ToUnixMicros(request.submitted->at));
    out.set_submitted_by(request.submitted->by);
  }
  if (request.decided) {
    out.set_decided_at(absl::ToUnixMicros(request.decided->at));
    out.set_decided_by(request.decided->by);
  }
  out.set_approved_pence(request.approved.value);
  out.set_decline_reason(request.decline_reason);
  if (request.released) {
    out.set_released_at(absl::ToUnixMicros(request.released->at));
    out.set_released_by(request.released->by);
  }
  return out.SerializeAsString();
}

std::optional<FundingRequest> DecodeRequest(const std::string& bytes) {
  stored::FundingRequest in;
  if (!in.ParseFromString(bytes)) return std::nullopt;
  const auto line = NameOf(FundLineId(in.fund_line_id()));
  const auto stage = FromProto(in.state());
  const auto start_on = ParseDate(in.start_on());
  const auto end_on = ParseDate(in.end_on());
  if (!line || !stage || !start_on || !end_on || !IsAmount(in.approved_pence())) {
    return std::nullopt;
  }
  FundingRequest request;
  Costing& costing = request.costing;
  costing.id = FundingRequestId(in.funding_request_id());
  costing.child = ChildId(in.child_id());
  costing.pep = PepId(in.pep_id());
  costing.outcome = OutcomeId(in.outcome_id());
  costing.line = *line;
  costing.description = in.description();
  for (const auto& cost : in.cost_lines()) {
    if (!IsAmount(cost.amount_pence())) return std::nullopt;
    costing.cost_lines.push_back({cost.description(), {cost.amount_pence()}});
  }
  costing.start_on = *start_on;
  costing.end_on = *end_on;
  costing.exit_plan = in.exit_plan();
  request.stage = *stage;
  request.drafted_at = absl::FromUnixMicros(in.drafted_at());
  if (in.has_submitted_at()) {
    request.submitted = Step{in.submitted_by(), absl::FromUnixMicros(in.submitted_at())};
  }
  if (in.has_decided_at()) {
    request.decided = Step{in.decided_by(), absl::FromUnixMicros(in.decided_at())};
  }
  request.approved = {in.approved_pence()};
  request.decline_reason = in.decline_reason();
  if (in.has_released_at()) {
    request.released = Step{in.released_by(), absl::FromUnixMicros(in.released_at())};
  }
  return request;
}

}  // namespace

bool IsAmount(std::int64_t pence) { return pence >= 0 && pence <= 10'000'000'000'000; }

absl::StatusOr<FundLineState> FundLineCodec::Decode(
    const std::vector<std::optional<std::string>>& parts) {
  if (!parts.front()) return FundLineState();
  FundLineState state{DecodeLine(*parts.front())};
  if (!state.line) return Unreadable();
  return state;
}

std::vector<std::string> FundLineCodec::Encode(const FundLineState& state) {
  return {state.line ? EncodeLine(*state.line) : std::string()};
}

absl::StatusOr<FundingState> FundingCodec::Decode(
    const std::vector<std::optional<std::string>>& parts) {
  FundingState state;
  if (parts[0]) {
    state.request = DecodeRequest(*parts[0]);
    if (!state.request) return Unreadable();
  }
  if (parts[1]) {
    state.line = DecodeLine(*parts[1]);
    if (!state.line) return Unreadable();
  }
  return state;
}

std::vector<std::string> FundingCodec::Encode(const FundingState& state) {
  return {state.request ? EncodeRequest(*state.request) : std::string(),
          state.line ? EncodeLine(*state.line) : std::string()};
}

Target TargetOf(const FundLineName& line) {
  const std::string id = IdOf(line).text();
  return {id, {{std::string(FundLineCodec::kKind), id}}};
}

Target TargetOf(const FundingRequestId& request, const FundLineName& line) {
  const std::string line_id = IdOf(line).text();
  return {line_id,
          {{std::string(FundingCodec::kKind), request.text()},
           {std::string(FundLineCodec::kKind), line_id}}};
}

}  // namespace pepline::funding
