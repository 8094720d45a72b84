// Events of SDQs, pupil views and outcomes in the words of the contract
// (pepline.assessments.v1.AssessmentsEvent).
#include <utility>

#include "services/assessments/domain/fields.h"
#include "services/assessments/storage/codec.h"
#include "services/assessments/storage/event_messages.h"

namespace pepline::assessments {
namespace {

template <class Messages, class Event, class Complete>
EncodedEvent EncodeOf(const ChildId& child, const PepId& pep, const Event& event,
                      const common::v1::EventHeader& header, Complete complete) {
  v1::AssessmentsEvent envelope;
  *envelope.mutable_header() = header;
  envelope.set_child_id(child.text());
  envelope.set_pep_id(pep.text());
  return EncodeInto<Messages>(envelope, child.text(), event, complete);
}

}  // namespace

EncodedEvent SdqCodec::EncodeEvent(const SdqState& after, const SdqEvent& event,
                                   const common::v1::EventHeader& header) {
  if (const auto* waived = std::get_if<SdqNotOfAge>(&event)) {
    const SdqNotObtained published{waived->at, NotObtainedReason::kSdq1, "", Confirmer::kNotOfAge};
    return EncodeEvent(after, published, header);
  }
  // Which SDQ, for what and of whom, as far as the message says it.
  const auto name_sdq = [&](const auto&, auto& out) {
    out.set_sdq_id(IdOf(after.key).text());
    WriteFields<Audience::kEvent>(after.key, out);
  };
  return EncodeOf<SdqMessages>(after.key.child, after.key.pep, event, header, name_sdq);
}

EncodedEvent PupilViewsCodec::EncodeEvent(const PupilViewsState& after,
                                          const PupilViewsEvent& event,
                                          const common::v1::EventHeader& header) {
  return EncodeOf<PupilViewsMessages>(after.child, after.pep, event, header,
                                      [](const auto&, auto&) {});
}

EncodedEvent OutcomesCodec::EncodeEvent(const OutcomesState& after, const OutcomesEvent& event,
                                        const common::v1::EventHeader& header) {
  const auto name_outcome = [&](const auto& one, auto& out) {
    out.set_outcome_id(IdOf(after.pep, one.number).text());
  };
  return EncodeOf<OutcomesMessages>(after.child, after.pep, event, header, name_outcome);
}

}  // namespace pepline::assessments
