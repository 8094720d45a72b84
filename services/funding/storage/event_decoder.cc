// Events of the contract read back, as event_codec.cc wrote them.
#include <utility>

#include "services/funding/domain/fields.h"
#include "services/funding/domain/funding_deadlines.h"
#include "services/funding/storage/codec.h"
#include "services/funding/storage/event_messages.h"
#include "shared/engine/deadline_mapping.h"
#include "shared/engine/event_mapping.h"
#include "shared/engine/inbound_event.h"

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

Costing CostingOf(const v1::FundingDrafted& in, FieldReader& reader) {
  auto costing = ReadFields<Costing>(in.request(), reader);
  if (costing.id.empty()) reader.Fail();
  ClearUnpublished(costing, reader.Known(NumberForm<Pence>::Read(in.asked_pence())));
  return costing;
}

}  // namespace

absl::StatusOr<FundLineEvent> FundLineCodec::DecodeEvent(const v1::FundingEvent& emitted) {
  FieldReader reader;
  auto event =
      DecodeFrom<FundLineEvent, FundLineMessages>(emitted, reader, [&](auto& one, const auto&) {
        if constexpr (requires { one.at; }) {
          one.at = reader.Known(FromTimestamp(emitted.header().occurred_at()));
        }
      });
  if (!event || !reader.readable()) return EventNotReadable();
  return *std::move(event);
}

absl::StatusOr<FundingEvent> FundingCodec::DecodeEvent(const v1::FundingEvent& emitted) {
  FieldReader reader;
  const absl::Time at = reader.Known(FromTimestamp(emitted.header().occurred_at()));
  auto event =
      DecodeFrom<FundingEvent, FundingMessages>(emitted, reader, [&](auto& one, const auto& in) {
        if constexpr (requires { one.costing; }) {
          one = {CostingOf(in, reader), at};
        } else if constexpr (requires { one.step; }) {
          one.step.at = at;
        } else {
          one.rule = reader.Known(ParseRule(in.deadline().rule_id()));
          ReadInstants(in.deadline(), at, one, reader);
        }
      });
  if (!event || !reader.readable()) return EventNotReadable();
  return *std::move(event);
}

FundLineState FundLineCodec::PublishedFieldsOnly(FundLineState state) {
  if (!state.line) return state;
  for (FundLineChange& change : state.line->changes) {
    change.at = absl::UnixEpoch();
    change.reason.clear();
  }
  return state;
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
  for (auto& [rule, deadline] : request.deadlines) ForgetReminderWithoutLevel(deadline);
  return state;
}

}  // namespace pepline::funding
