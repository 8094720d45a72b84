#include "services/assessments/api/answers.h"

#include "services/assessments/domain/fields.h"
#include "shared/base/london.h"
#include "shared/engine/field_mapping.h"

namespace pepline::assessments {
namespace {

void ShowReturn(const SdqReturn& returned, auto& shown) {
  WriteFields(returned, shown);
  if (returned.impact) WriteFields(*returned.impact, *shown.mutable_impact_answers());
}

}  // namespace

v1::Sdq ToSdq(const SdqState& state) {
  v1::Sdq sdq;
  sdq.set_sdq_id(IdOf(state.key).text());
  WriteFields(state, sdq);
  if (state.latest_return) WriteFields(*state.latest_return, sdq);
  sdq.set_strategies_required(AwaitsStrategies(state));
  if (!state.corrections.empty()) {
    *sdq.mutable_corrected_at() = ToTimestamp(state.corrections.back().at);
  }
  return sdq;
}

v1::GetSdqResponse ToContent(const SdqState& state) {
  v1::GetSdqResponse content;
  *content.mutable_sdq() = ToSdq(state);
  WriteFields(state, content);
  if (state.latest_return) {
    const SdqReturn& returned = *state.latest_return;
    ShowReturn(returned, content);
    for (const Band& band : BandsFor(returned.form, returned.scores)) {
      WriteFields(band, *content.add_bands());
    }
  }
  for (int i = 0; i < content.corrections_size(); ++i) {
    ShowReturn(state.corrections[static_cast<std::size_t>(i)].before,
               *content.mutable_corrections(i));
  }
  return content;
}

v1::PupilViews ToPupilViews(const PupilViewsState& state) {
  v1::PupilViews views;
  WriteFields(state, views);
  if (!state.corrections.empty()) {
    *views.mutable_corrected_at() = ToTimestamp(state.corrections.back().at);
  }
  return views;
}

v1::Outcome ToOutcome(const OutcomesState& state, int number) {
  const Outcome& outcome = *Find(state, number);
  v1::Outcome shown;
  shown.set_outcome_id(IdOf(state.pep, number).text());
  shown.set_child_id(state.child.text());
  shown.set_pep_id(state.pep.text());
  WriteFields<Audience::kEvent>(outcome, shown);
  if (outcome.stage != OutcomeStage::kDropped) {
    const absl::CivilDay stated_on = absl::ToCivilDay(outcome.stated_at, London());
    AppendTo(*shown.mutable_gaps(), GapsIn(outcome.content, stated_on));
  }
  return shown;
}

v1::GetOutcomesResponse ToContent(const OutcomesState& state) {
  v1::GetOutcomesResponse content;
  for (int number = 1; const Outcome* outcome = Find(state, number); ++number) {
    v1::WrittenOutcome& written = *content.add_outcomes();
    *written.mutable_outcome() = ToOutcome(state, number);
    WriteFields(outcome->content, *written.mutable_content());
    written.set_closing_words(outcome->closing_words);
    AppendTo(*written.mutable_reopened(), outcome->reopened);
  }
  return content;
}

}  // namespace pepline::assessments
