// Events of the contract read back, as event_codec.cc wrote them.
#include <utility>

#include "pepline/funding/v1/funding_events.pb.h"
#include "services/funding/storage/codec.h"
#include "shared/engine/inbound_event.h"
#include "shared/rpc/wire.h"

namespace pepline::funding {
namespace {

// As it comes back: one cost line for the sum, and the days of its financial year.
void LeaveUnsaid(Costing& costing, Pence asked) {
  costing.description.clear();
  costing.cost_lines = {{"", asked}};
  costing.start_on = FirstDayOf(costing.line.year);
  costing.end_on = LastDayOf(costing.line.year);
  costing.exit_plan.clear();
}

std::optional<Costing> CostingOf(const v1::FundingReference& reference, std::int64_t asked_pence) {
  const auto line = NameOf(FundLineId(reference.fund_line_id()));
  if (!line || reference.funding_request_id().empty() || !IsAmount(asked_pence)) {
    return std::nullopt;
  }
  Costing costing;
  costing.id = FundingRequestId(reference.funding_request_id());
  costing.child = ChildId(reference.child_id());
  costing.pep = PepId(reference.pep_id());
  costing.outcome = OutcomeId(reference.outcome_id());
  costing.line = *line;
  LeaveUnsaid(costing, {asked_pence});
  return costing;
}

}  // namespace

absl::StatusOr<FundLineEvent> FundLineCodec::DecodeEvent(const v1::FundingEvent& said) {
  if (said.has_fund_line_opened()) {
    const auto& opened = said.fund_line_opened();
    const auto name = NameOf(FundLineId(opened.fund_line_id()));
    if (!name || !IsAmount(opened.amount_pence())) return EventNotReadable();
    return FundLineOpened{*name, {opened.amount_pence()}};
  }
  if (said.has_fund_line_changed()) {
    const auto& changed = said.fund_line_changed();
    if (!IsAmount(changed.old_amount_pence()) || !IsAmount(changed.amount_pence())) {
      return EventNotReadable();
    }
    return FundLineChanged{{changed.old_amount_pence()}, {changed.amount_pence()}};
  }
  return EventNotReadable();
}

absl::StatusOr<FundingEvent> FundingCodec::DecodeEvent(const v1::FundingEvent& said) {
  const auto at = FromTimestamp(said.header().occurred_at());
  if (!at) return EventNotReadable();
  const Step step{"", *at};
  switch (said.event_case()) {
    case v1::FundingEvent::kFundingDrafted: {
      auto costing =
          CostingOf(said.funding_drafted().request(), said.funding_drafted().asked_pence());
      if (!costing) return EventNotReadable();
      return FundingDrafted{*std::move(costing), *at};
    }
    case v1::FundingEvent::kFundingSubmitted:
      if (!IsAmount(said.funding_submitted().asked_pence())) return EventNotReadable();
      return FundingSubmitted{step, {said.funding_submitted().asked_pence()}};
    case v1::FundingEvent::kFundingWithdrawn:
      return FundingWithdrawn{step};
    case v1::FundingEvent::kFundingApproved:
      if (!IsAmount(said.funding_approved().approved_pence())) return EventNotReadable();
      return FundingApproved{step, {said.funding_approved().approved_pence()}};
    case v1::FundingEvent::kFundingDeclined:
      return FundingDeclined{step, ""};
    case v1::FundingEvent::kFundingReleased:
      if (!IsAmount(said.funding_released().released_pence())) return EventNotReadable();
      return FundingReleased{step, {said.funding_released().released_pence()}, {}};
    case v1::FundingEvent::kFundLineOpened:
    case v1::FundingEvent::kFundLineChanged:
    case v1::FundingEvent::EVENT_NOT_SET:
      return EventNotReadable();
  }
  return EventNotReadable();
}

FundingState FundingCodec::WithoutUnsaid(FundingState state) {
  if (!state.request) return state;
  FundingRequest& request = *state.request;
  LeaveUnsaid(request.costing, request.costing.asked());
  request.drafted_at = absl::UnixEpoch();
  request.decline_reason.clear();
  for (auto* step : {&request.submitted, &request.decided, &request.released}) {
    if (*step) *step = Step{"", absl::UnixEpoch()};
  }
  return state;
}

}  // namespace pepline::funding
