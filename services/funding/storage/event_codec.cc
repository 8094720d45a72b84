// Events of fund lines and requests in the words of the contract (pepline.funding.v1.FundingEvent).
#include <utility>

#include "services/funding/domain/fields.h"
#include "services/funding/storage/codec.h"
#include "services/funding/storage/event_messages.h"
#include "shared/engine/event_mapping.h"

namespace pepline::funding {

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
  return EncodeInto<FundingMessages>(
      envelope, costing.child.text(), event, [&](const auto& one, auto& out) {
        WriteFields<Audience::kEvent>(costing, *out.mutable_request());
        if constexpr (requires { one.costing; }) out.set_asked_pence(costing.asked().value);
      });
}

}  // namespace pepline::funding
