// Events of fund lines and requests in the words of the contract (pepline.funding.v1.FundingEvent).
#include <utility>

#include "services/funding/domain/fields.h"
#include "services/funding/storage/codec.h"
#include "services/funding/storage/event_messages.h"
#include "shared/engine/deadline_mapping.h"
#include "shared/engine/event_mapping.h"

namespace pepline::funding {
namespace {

DeadlineInstants InstantsIn(const FundingState& state, Rule rule) {
  if (!state.request) return {};
  const auto found = state.request->deadlines.find(rule);
  return found == state.request->deadlines.end() ? DeadlineInstants() : found->second.instants;
}

}  // namespace

EncodedEvent FundLineCodec::EncodeEvent(const FundLineState& after, const FundLineEvent& event,
                                        const common::v1::EventHeader& header) {
  v1::FundingEvent envelope;
  *envelope.mutable_header() = header;
  const std::string line = after.line ? IdOf(after.line->name).text() : std::string();
  return EncodeInto<FundLineMessages>(envelope, line, event,
                                      [&](const auto&, auto& out) { out.set_fund_line_id(line); });
}

EncodedEvent FundingCodec::EncodeEvent(const FundingState& after, const FundingEvent& event,
                                       const common::v1::EventHeader& header) {
  v1::FundingEvent envelope;
  *envelope.mutable_header() = header;
  const Costing costing = after.request ? after.request->costing : Costing();
  // Every event says its request, those of deadlines in the envelope.
  return EncodeInto<FundingMessages>(
      envelope, costing.child.text(), event, [&](const auto& one, auto& out) {
        if constexpr (requires { out.mutable_deadline(); }) {
          v1::FundingReference& request = *envelope.mutable_request();
          WriteFields<Audience::kEvent>(costing, request);
          request.set_authority_code(costing.line.authority.text());
          *out.mutable_deadline() =
              ToReference(costing.id.text(), one.rule, InstantsIn(after, one.rule));
        } else {
          WriteFields<Audience::kEvent>(costing, *out.mutable_request());
          if constexpr (requires { one.costing; }) out.set_asked_pence(costing.asked().value);
        }
      });
}

}  // namespace pepline::funding
