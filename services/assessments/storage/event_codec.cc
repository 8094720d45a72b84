// The events as the contract says them (proto/pepline/assessments/v1/assessments_events.proto).
// Answers, scores, reasons and views are left out here, and nowhere else.
#include <utility>

#include "pepline/assessments/v1/assessments_events.pb.h"
#include "services/assessments/storage/codec.h"
#include "services/assessments/storage/conversions.h"
#include "shared/rpc/request_fields.h"

namespace pepline::assessments {
namespace {

// Which SDQ, for what and of whom.
template <class Emitted>
Emitted* Naming(const SdqState& after, Emitted* emitted) {
  emitted->set_sdq_id(IdOf(after.key).text());
  emitted->set_purpose(ToProto(after.key.purpose));
  emitted->set_informant(ToProto(after.key.informant));
  return emitted;
}

v1::SdqNotObtained* FillNotObtained(const SdqState& after, absl::Time at, Confirmer confirmer,
                                    v1::AssessmentsEvent& out) {
  auto* emitted = Naming(after, out.mutable_sdq_not_obtained());
  *emitted->mutable_recorded_at() = ToTimestamp(at);
  emitted->set_confirmed_by(ToProto(confirmer));
  return emitted;
}

// Each pair: the member of the envelope, filled.
auto* Fill(const SdqState& after, const SdqRequested&, v1::AssessmentsEvent& out) {
  return Naming(after, out.mutable_sdq_requested());
}

auto* Fill(const SdqState& after, const SdqSent&, v1::AssessmentsEvent& out) {
  auto* emitted = out.mutable_sdq_sent();
  emitted->set_sdq_id(IdOf(after.key).text());
  return emitted;
}

auto* Fill(const SdqState& after, const SdqReceived&, v1::AssessmentsEvent& out) {
  auto* emitted = out.mutable_sdq_received();
  emitted->set_sdq_id(IdOf(after.key).text());
  return emitted;
}

auto* Fill(const SdqState& after, const SdqScored& scored, v1::AssessmentsEvent& out) {
  auto* emitted = Naming(after, out.mutable_sdq_scored());
  *emitted->mutable_scored_at() = ToTimestamp(scored.at);
  emitted->set_scoring_rule(scored.rule);
  return emitted;
}

auto* Fill(const SdqState& after, const SdqCorrected& corrected, v1::AssessmentsEvent& out) {
  auto* emitted = Naming(after, out.mutable_sdq_corrected());
  *emitted->mutable_corrected_at() = ToTimestamp(corrected.at);
  emitted->set_scoring_rule(corrected.rule);
  return emitted;
}

auto* Fill(const SdqState& after, const SdqReviewed&, v1::AssessmentsEvent& out) {
  auto* emitted = out.mutable_sdq_reviewed();
  emitted->set_sdq_id(IdOf(after.key).text());
  return emitted;
}

auto* Fill(const SdqState& after, const SdqNotObtainedProposed& proposed,
           v1::AssessmentsEvent& out) {
  auto* emitted = Naming(after, out.mutable_sdq_not_obtained_proposed());
  *emitted->mutable_proposed_at() = ToTimestamp(proposed.at);
  return emitted;
}

auto* Fill(const SdqState& after, const SdqNotObtained& not_obtained, v1::AssessmentsEvent& out) {
  return FillNotObtained(after, not_obtained.at, not_obtained.confirmed_by, out);
}

auto* Fill(const SdqState& after, const SdqNotOfAge& not_of_age, v1::AssessmentsEvent& out) {
  return FillNotObtained(after, not_of_age.at, Confirmer::kNotOfAge, out);
}

auto* Fill(const SdqState& after, const SdqBecameMissing& missing, v1::AssessmentsEvent& out) {
  auto* emitted = out.mutable_sdq_became_missing();
  emitted->set_sdq_id(IdOf(after.key).text());
  emitted->set_informant(ToProto(after.key.informant));
  *emitted->mutable_required_by() = ToTimestamp(missing.required_by);
  return emitted;
}

auto* Fill(const SdqState& after, const SdqRequiredByMoved& moved, v1::AssessmentsEvent& out) {
  auto* emitted = out.mutable_sdq_required_by_moved();
  emitted->set_sdq_id(IdOf(after.key).text());
  if (moved.required_by) *emitted->mutable_required_by() = ToTimestamp(*moved.required_by);
  return emitted;
}

auto* Fill(const PupilViewsState&, const PupilViewsCaptured& captured, v1::AssessmentsEvent& out) {
  auto* emitted = out.mutable_pupil_views_captured();
  *emitted->mutable_captured_at() = ToTimestamp(captured.at);
  return emitted;
}

auto* Fill(const PupilViewsState&, const PupilViewsDeclined& declined, v1::AssessmentsEvent& out) {
  auto* emitted = out.mutable_pupil_views_declined();
  *emitted->mutable_recorded_at() = ToTimestamp(declined.at);
  return emitted;
}

template <class State, class Event>
EncodedEvent EncodeWith(const ChildId& child, const PepId& pep, const State& after,
                        const Event& event, const common::v1::EventHeader& header) {
  v1::AssessmentsEvent envelope;
  *envelope.mutable_header() = header;
  envelope.set_child_id(child.text());
  envelope.set_pep_id(pep.text());
  std::string type;
  std::visit(
      [&](const auto& one) { type = Fill(after, one, envelope)->GetDescriptor()->full_name(); },
      event);
  return {std::move(type), child.text(), envelope.SerializeAsString()};
}

}  // namespace

EncodedEvent SdqCodec::EncodeEvent(const SdqState& after, const SdqEvent& event,
                                   const common::v1::EventHeader& header) {
  return EncodeWith(after.key.child, after.key.pep, after, event, header);
}

EncodedEvent PupilViewsCodec::EncodeEvent(const PupilViewsState& after,
                                          const PupilViewsEvent& event,
                                          const common::v1::EventHeader& header) {
  return EncodeWith(after.child, after.pep, after, event, header);
}

}  // namespace pepline::assessments
