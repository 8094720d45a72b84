#include "services/assessments/api/answers.h"

#include <string>

#include "services/assessments/domain/sdq_bands.h"
#include "services/assessments/storage/conversions.h"
#include "shared/rpc/request_fields.h"

namespace pepline::assessments {

v1::Sdq ToSdq(const SdqState& state) {
  v1::Sdq sdq;
  sdq.set_sdq_id(IdOf(state.key).text());
  sdq.set_child_id(state.key.child.text());
  sdq.set_pep_id(state.key.pep.text());
  sdq.set_purpose(ToProto(state.key.purpose));
  sdq.set_informant(ToProto(state.key.informant));
  sdq.set_state(ToProto(state.stage));
  if (state.required_by) *sdq.mutable_required_by() = ToTimestamp(*state.required_by);
  sdq.set_missing(state.missing);
  if (state.requested_at != absl::Time()) {
    *sdq.mutable_requested_at() = ToTimestamp(state.requested_at);
  }
  if (state.sent_at) *sdq.mutable_sent_at() = ToTimestamp(*state.sent_at);
  if (state.latest_return) {
    *sdq.mutable_received_at() = ToTimestamp(state.latest_return->received_at);
  }
  if (state.scored_at) *sdq.mutable_scored_at() = ToTimestamp(*state.scored_at);
  if (state.reviewed_at) *sdq.mutable_reviewed_at() = ToTimestamp(*state.reviewed_at);
  if (state.not_obtained_at) *sdq.mutable_not_obtained_at() = ToTimestamp(*state.not_obtained_at);
  sdq.set_strategies_required(AwaitsStrategies(state));
  if (state.not_obtained_proposed_at) {
    *sdq.mutable_not_obtained_proposed_at() = ToTimestamp(*state.not_obtained_proposed_at);
  }
  if (state.not_obtained_confirmed_by) {
    sdq.set_not_obtained_confirmed_by(ToProto(*state.not_obtained_confirmed_by));
  }
  if (!state.corrections.empty()) {
    *sdq.mutable_corrected_at() = ToTimestamp(state.corrections.back().at);
  }
  return sdq;
}

v1::GetSdqResponse ToContent(const SdqState& state) {
  v1::GetSdqResponse content;
  *content.mutable_sdq() = ToSdq(state);
  if (state.latest_return) {
    const SdqReturn& returned = *state.latest_return;
    content.set_form(ToProto(returned.form));
    content.set_follow_up(returned.follow_up);
    for (int answer : returned.answers) content.add_answers(answer);
    if (returned.impact) *content.mutable_impact_answers() = ToProto(*returned.impact);
    content.set_document_reference(returned.document_reference);
    *content.mutable_scores() = ToProto(returned.scores);
    for (const Band& band : BandsFor(returned.form, returned.scores)) {
      auto* shown = content.add_bands();
      shown->set_scale(ToProto(band.scale));
      shown->set_score(band.score);
      shown->set_table(std::string(band.table));
      shown->set_band(std::string(band.name));
      shown->set_provisional(band.provisional);
      shown->set_source(std::string(band.source));
    }
  }
  content.set_scoring_rule(state.scoring_rule);
  content.set_strategies(state.strategies);
  if (state.not_obtained_reason) {
    content.set_not_obtained_reason(ToProto(*state.not_obtained_reason));
  }
  content.set_not_obtained_detail(state.not_obtained_detail);
  content.set_not_obtained_explanation(state.not_obtained_explanation);
  for (const SdqCorrection& correction : state.corrections) {
    auto* shown = content.add_corrections();
    *shown->mutable_corrected_at() = ToTimestamp(correction.at);
    shown->set_reason(correction.reason);
    shown->set_form(ToProto(correction.before.form));
    shown->set_follow_up(correction.before.follow_up);
    for (int answer : correction.before.answers) shown->add_answers(answer);
    if (correction.before.impact) {
      *shown->mutable_impact_answers() = ToProto(*correction.before.impact);
    }
    shown->set_document_reference(correction.before.document_reference);
    *shown->mutable_scores() = ToProto(correction.before.scores);
  }
  return content;
}

v1::PupilViews ToPupilViews(const PupilViewsState& state) {
  v1::PupilViews views;
  views.set_child_id(state.child.text());
  views.set_pep_id(state.pep.text());
  views.set_state(ToProto(state.stage));
  *views.mutable_recorded_at() = ToTimestamp(state.recorded_at);
  return views;
}

}  // namespace pepline::assessments
