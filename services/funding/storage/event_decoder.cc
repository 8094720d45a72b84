// Events of the contract read back, as event_codec.cc wrote them.
#include <utility>

#include "pepline/funding/v1/funding_events.pb.h"
#include "services/funding/storage/codec.h"
#include "shared/engine/inbound_event.h"
#include "shared/rpc/request_fields.h"

namespace pepline::funding {
namespace {

// As it comes back: one cost line for the sum, and the days of its financial year.
void ClearUnpublished(Costing& costing, Pence asked) {
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
  ClearUnpublished(costing, {asked_pence});
  return costing;
}

}  // namespace

absl::StatusOr<FundLineEvent> FundLineCodec::DecodeEvent(const v1::FundingEvent& emitted) {
  if (emitted.has_fund_line_opened()) {
    const auto& opened = emitted.fund_line_opened();
    const auto name = NameOf(FundLineId(opened.fund_line_id()));
    if (!name || !IsAmount(opened.amount_pence())) return EventNotReadable();
    return FundLineOpened{*name, {opened.amount_pence()}};
  }
  if (emitted.has_fund_line_changed()) {
    const auto& changed = emitted.fund_line_changed();
    if (!IsAmount(changed.old_amount_pence()) || !IsAmount(changed.amount_pence())) {
      return EventNotReadable();
    }
    return FundLineChanged{{changed.old_amount_pence()}, {changed.amount_pence()}};
  }
  return EventNotReadable();
}

absl::StatusOr<FundingEvent> FundingCodec::DecodeEvent(const v1::FundingEvent& emitted) {
  const auto at = FromTimestamp(emitted.header().occurred_at());
  if (!at) return EventNotReadable();
  const Step step{"", *at};
  switch (emitted.event_case()) {
    case v1::FundingEvent::kFundingDrafted: {
      auto costing =
          CostingOf(emitted.funding_drafted().request(), emitted.funding_drafted().asked_pence());
      if (!costing) return EventNotReadable();
      return FundingDrafted{*std::move(costing), *at};
    }
    case v1::FundingEvent::kFundingSubmitted:
      if (!IsAmount(emitted.funding_submitted().asked_pence())) return EventNotReadable();
      return FundingSubmitted{step, {emitted.funding_submitted().asked_pence()}};
    case v1::FundingEvent::kFundingWithdrawn:
      return FundingWithdrawn{step};
    case v1::FundingEvent::kFundingApproved:
      if (!IsAmount(emitted.funding_approved().approved_pence())) return EventNotReadable();
      return FundingApproved{step, {emitted.funding_approved().approved_pence()}};
    case v1::FundingEvent::kFundingDeclined:
      return FundingDeclined{step, ""};
    case v1::FundingEvent::kFundingReleased:
      if (!IsAmount(emitted.funding_released().released_pence())) return EventNotReadable();
      return FundingReleased{step, {emitted.funding_released().released_pence()}, {}};
    case v1::FundingEvent::kFundLineOpened:
    case v1::FundingEvent::kFundLineChanged:
    case v1::FundingEvent::EVENT_NOT_SET:
      return EventNotReadable();
  }
  return EventNotReadable();
}

FundingState FundingCodec::PublishedFieldsOnly(FundingState state) {
  if (!state.request) return state;
  FundingRequest& request = *state.request;
  ClearUnpublished(request.costing, request.costing.asked());
  request.drafted_at = absl::UnixEpoch();
  request.decline_reason.clear();
  for (auto* step : {&request.submitted, &request.decided, &request.released}) {
    if (*step) *step = Step{"", absl::UnixEpoch()};
  }
  return state;
}

}  // namespace pepline::funding
