// Events of fund lines and requests in the words of the contract (pepline.funding.v1.FundingEvent).
#include <utility>

#include "pepline/funding/v1/funding_events.pb.h"
#include "services/funding/storage/codec.h"

namespace pepline::funding {
namespace {

v1::FundingReference ReferenceOf(const Costing& costing) {
  v1::FundingReference reference;
  reference.set_funding_request_id(costing.id.text());
  reference.set_child_id(costing.child.text());
  reference.set_pep_id(costing.pep.text());
  reference.set_outcome_id(costing.outcome.text());
  reference.set_fund_line_id(IdOf(costing.line).text());
  return reference;
}

// One function per event of a fund line: fills its member of the envelope and answers with it.
const google::protobuf::Message& Fill(const FundLineId& line, const FundLineOpened& event,
                                      v1::FundingEvent& envelope) {
  v1::FundLineOpened& out = *envelope.mutable_fund_line_opened();
  out.set_fund_line_id(line.text());
  out.set_authority_code(event.name.authority.text());
  out.set_financial_year(FormatFinancialYear(event.name.year));
  out.set_amount_pence(event.amount.value);
  return out;
}
const google::protobuf::Message& Fill(const FundLineId& line, const FundLineChanged& event,
                                      v1::FundingEvent& envelope) {
  v1::FundLineChanged& out = *envelope.mutable_fund_line_changed();
  out.set_fund_line_id(line.text());
  out.set_old_amount_pence(event.old_amount.value);
  out.set_amount_pence(event.amount.value);
  return out;
}

// The same for the events of a request, whose costing says what it is about.
const google::protobuf::Message& Fill(const Costing& costing, const FundingDrafted&,
                                      v1::FundingEvent& envelope) {
  v1::FundingDrafted& out = *envelope.mutable_funding_drafted();
  *out.mutable_request() = ReferenceOf(costing);
  out.set_asked_pence(costing.asked().value);
  return out;
}
const google::protobuf::Message& Fill(const Costing& costing, const FundingSubmitted&,
                                      v1::FundingEvent& envelope) {
  v1::FundingSubmitted& out = *envelope.mutable_funding_submitted();
  *out.mutable_request() = ReferenceOf(costing);
  out.set_asked_pence(costing.asked().value);
  return out;
}
const google::protobuf::Message& Fill(const Costing& costing, const FundingWithdrawn&,
                                      v1::FundingEvent& envelope) {
  v1::FundingWithdrawn& out = *envelope.mutable_funding_withdrawn();
  *out.mutable_request() = ReferenceOf(costing);
  return out;
}
const google::protobuf::Message& Fill(const Costing& costing, const FundingApproved& event,
                                      v1::FundingEvent& envelope) {
  v1::FundingApproved& out = *envelope.mutable_funding_approved();
  *out.mutable_request() = ReferenceOf(costing);
  out.set_approved_pence(event.amount.value);
  return out;
}
const google::protobuf::Message& Fill(const Costing& costing, const FundingDeclined&,
                                      v1::FundingEvent& envelope) {
  v1::FundingDeclined& out = *envelope.mutable_funding_declined();
  *out.mutable_request() = ReferenceOf(costing);
  return out;
}
const google::protobuf::Message& Fill(const Costing& costing, const FundingReleased& event,
                                      v1::FundingEvent& envelope) {
  v1::FundingReleased& out = *envelope.mutable_funding_released();
  *out.mutable_request() = ReferenceOf(costing);
  out.set_released_pence(event.amount.value);
  return out;
}

template <class About, class Event>
EncodedEvent EncodeOne(const About& about, const std::string& key, const Event& event,
                       const common::v1::EventHeader& header) {
  v1::FundingEvent envelope;
  *envelope.mutable_header() = header;
  std::string type =
      std::visit([&](const auto& one) { return Fill(about, one, envelope).GetTypeName(); }, event);
  return {std::move(type), key, envelope.SerializeAsString()};
}

}  // namespace

EncodedEvent FundLineCodec::EncodeEvent(const FundLineState& after, const FundLineEvent& event,
                                        const common::v1::EventHeader& header) {
  const FundLineId line = after.line ? IdOf(after.line->name) : FundLineId();
  return EncodeOne(line, line.text(), event, header);
}

EncodedEvent FundingCodec::EncodeEvent(const FundingState& after, const FundingEvent& event,
                                       const common::v1::EventHeader& header) {
  const Costing costing = after.request ? after.request->costing : Costing();
  return EncodeOne(costing, costing.child.text(), event, header);
}

}  // namespace pepline::funding
