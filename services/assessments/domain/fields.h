// The fields of what assessments keeps, publishes, answers and is asked
// (shared/domain/field_list.h). Answers, scores, views and what people wrote are Kept: they are in
// no event.
#ifndef PEPLINE_SERVICES_ASSESSMENTS_DOMAIN_FIELDS_H_
#define PEPLINE_SERVICES_ASSESSMENTS_DOMAIN_FIELDS_H_

#include "services/assessments/domain/outcomes.h"
#include "services/assessments/domain/pep_standing.h"
#include "services/assessments/domain/pupil_views.h"
#include "services/assessments/domain/sdq.h"
#include "services/assessments/domain/sdq_bands.h"
#include "shared/domain/field_list.h"

namespace pepline::assessments {

void Fields(auto& map, Of<SdqKey> auto& key) {
  map(FIELD(child_id), key.child);
  map(FIELD(pep_id), key.pep);
  map(FIELD(purpose), key.purpose);
  map(FIELD(informant), key.informant);
}
void Fields(auto& map, Of<SdqScores> auto& scores) {
  map(FIELD(emotional), scores.emotional);
  map(FIELD(conduct), scores.conduct);
  map(FIELD(hyperactivity), scores.hyperactivity);
  map(FIELD(peer), scores.peer);
  map(FIELD(prosocial), scores.prosocial);
  map(FIELD(total), scores.total);
  map(FIELD(externalising), scores.externalising);
  map(FIELD(internalising), scores.internalising);
  map(FIELD(impact), scores.impact);
}
void Fields(auto& map, Of<ImpactAnswers> auto& answers) {
  map(FIELD(overall), answers.overall);
  map(FIELD(counted), answers.counted);
}
void Fields(auto& map, Of<SdqReturn> auto& returned) {
  map(FIELD(received_at), returned.received_at);
  map(FIELD(form), returned.form);
  map(FIELD(follow_up), returned.follow_up);
  map.Kept(FIELD(answers), returned.answers);
  map.Kept(FIELD(impact), returned.impact);
  map.Kept(FIELD(document_reference), returned.document_reference);
  map.Kept(FIELD(scores), returned.scores);
}
void Fields(auto& map, Of<SdqCorrection> auto& correction) {
  map(FIELD(corrected_at), correction.at);
  map.Kept(FIELD(reason), correction.reason);
  map.Kept(FIELD(before), correction.before);
}
// Without the child's PEP, which is a record of its own.
void Fields(auto& map, Of<SdqState> auto& sdq) {
  map.Inline(sdq.key);
  map(FIELD(state), sdq.stage);
  map(FIELD(required_by), sdq.required_by);
  map(FIELD(missing), sdq.missing);
  map(FIELD(requested_at), sdq.requested_at);
  map(FIELD(sent_at), sdq.sent_at);
  map.Kept(FIELD(latest_return), sdq.latest_return);
  map(FIELD(scored_at), sdq.scored_at);
  map(FIELD(scoring_rule), sdq.scoring_rule);
  map(FIELD(reviewed_at), sdq.reviewed_at);
  map.Kept(FIELD(strategies), sdq.strategies);
  map(FIELD(not_obtained_proposed_at), sdq.not_obtained_proposed_at);
  map(FIELD(not_obtained_at), sdq.not_obtained_at);
  map(FIELD(not_obtained_reason), sdq.not_obtained_reason);
  map.Kept(FIELD(not_obtained_detail), sdq.not_obtained_detail);
  map.Kept(FIELD(not_obtained_explanation), sdq.not_obtained_explanation);
  map(FIELD(not_obtained_confirmed_by), sdq.not_obtained_confirmed_by);
  map(FIELD(not_of_age_at), sdq.not_of_age_at);
  map.Kept(FIELD(corrections), sdq.corrections);
  map(FIELD(score_needs_strategies), sdq.strategies_required);
}
void Fields(auto& map, Of<Band> auto& band) {
  map(FIELD(scale), band.scale);
  map(FIELD(score), band.score);
  map(FIELD(table), band.table);
  map(FIELD(band), band.name);
  map(FIELD(provisional), band.provisional);
  map(FIELD(source), band.source);
}
void Fields(auto& map, Of<ViewsOnRecord> auto& views) {
  map(FIELD(state), views.stage);
  map.Kept(FIELD(text), views.text);
  map.Kept(FIELD(document_reference), views.document_reference);
  map.Kept(FIELD(declined_reason), views.declined_reason);
}
void Fields(auto& map, Of<PupilViewsCorrection> auto& correction) {
  map(FIELD(corrected_at), correction.at);
  map.Kept(FIELD(reason), correction.reason);
  map.Inline(correction.before);
}
void Fields(auto& map, Of<PupilViewsState> auto& views) {
  map(FIELD(child_id), views.child);
  map(FIELD(pep_id), views.pep);
  map.Inline(views.on_record);
  map(FIELD(recorded_at), views.recorded_at);
  map.Kept(FIELD(corrections), views.corrections);
}
void Fields(auto& map, Of<OutcomeContent> auto& content) {
  map(FIELD(category), content.category);
  map.Kept(FIELD(description), content.description);
  map.Kept(FIELD(measure), content.measure);
  map.Kept(FIELD(baseline), content.baseline);
  map.Kept(FIELD(target), content.target);
  map(FIELD(due_on), content.due_on);
  map.Kept(FIELD(responsible), content.responsible);
  map.Kept(FIELD(need), content.need);
  map.Kept(FIELD(evidence), content.evidence);
  map.Kept(FIELD(views_of_pep_id), content.views_of_pep);
  map(FIELD(cost), content.cost);
}
void Fields(auto& map, Of<OutcomeGap> auto& gap) {
  map(FIELD(part), gap.part);
  map(FIELD(field), gap.field);
  map(FIELD(advice), gap.advice);
}
void Fields(auto& map, Of<ReopenedOutcome> auto& reopened) {
  map(FIELD(reopened_at), reopened.at);
  map.Kept(FIELD(reason), reopened.reason);
  map(FIELD(state), reopened.stage);
  map(FIELD(result), reopened.result);
  map.Kept(FIELD(closing_words), reopened.closing_words);
}
void Fields(auto& map, Of<Outcome> auto& outcome) {
  map(FIELD(state), outcome.stage);
  map.Inline(outcome.content);
  map(FIELD(stated_at), outcome.stated_at);
  map(FIELD(carried_from), outcome.carried_from);
  map(FIELD(result), outcome.result);
  map(FIELD(closed_at), outcome.closed_at);
  map.Kept(FIELD(closing_words), outcome.closing_words);
  map.Kept(FIELD(reopened), outcome.reopened);
}
void Fields(auto& map, Of<OutcomesState> auto& outcomes) {
  map(FIELD(child_id), outcomes.child);
  map(FIELD(pep_id), outcomes.pep);
  map.Kept(FIELD(outcomes), outcomes.outcomes);
}
void Fields(auto& map, Of<OpenPep> auto& pep) {
  map(FIELD(pep_id), pep.id);
  map(FIELD(sdq_required_by), pep.sdq_required_by);
}
void Fields(auto& map, Of<PepStanding> auto& pep) {
  map(FIELD(pep_id), pep.id);
  map(FIELD(open), pep.open);
  map(FIELD(sdq_required_by), pep.sdq_required_by);
  map(FIELD(earlier), pep.earlier);
}

// Commands whose content is keyed in.
void Fields(auto& map, Of<RecordSdqAnswers> auto& command) {
  map(FIELD(form), command.form);
  map(FIELD(follow_up), command.follow_up);
  map(FIELD(answers), command.answers);
  map(FIELD(impact), command.impact);
  map(FIELD(document_reference), command.document_reference);
}
void Fields(auto& map, Of<RecordSdqScores> auto& command) {
  map(FIELD(form), command.form);
  map(FIELD(follow_up), command.follow_up);
  map(FIELD(scores), command.scores);
  map(FIELD(document_reference), command.document_reference);
}

// Events. Which SDQ or outcome one is about is filled in from the state (storage/event_codec.cc).
void Fields(auto&, Of<SdqRequested> auto&) {}
void Fields(auto&, Of<SdqSent> auto&) {}
void Fields(auto&, Of<SdqReceived> auto&) {}
void Fields(auto& map, Of<SdqScored> auto& event) {
  map(FIELD(scored_at), event.at);
  map(FIELD(scoring_rule), event.rule);
}
void Fields(auto& map, Of<SdqCorrected> auto& event) {
  map(FIELD(corrected_at), event.at);
  map(FIELD(scoring_rule), event.rule);
}
void Fields(auto&, Of<SdqReviewed> auto&) {}
void Fields(auto& map, Of<SdqNotObtainedProposed> auto& event) {
  map(FIELD(proposed_at), event.at);
}
void Fields(auto& map, Of<SdqNotObtained> auto& event) {
  map(FIELD(recorded_at), event.at);
  map(FIELD(confirmed_by), event.confirmed_by);
}
void Fields(auto& map, Of<SdqBecameMissing> auto& event) {
  map(FIELD(required_by), event.required_by);
}
void Fields(auto& map, Of<SdqRequiredByMoved> auto& event) {
  map(FIELD(required_by), event.required_by);
}
void Fields(auto& map, Of<PupilViewsCaptured> auto& event) { map(FIELD(captured_at), event.at); }
void Fields(auto& map, Of<PupilViewsDeclined> auto& event) { map(FIELD(recorded_at), event.at); }
void Fields(auto& map, Of<PupilViewsCorrected> auto& event) {
  map(FIELD(corrected_at), event.at);
  map(FIELD(old_state), event.old_stage);
  map(FIELD(state), event.to.stage);
}
void Fields(auto& map, Of<OutcomeSet> auto& event) {
  map.Inline(event.content);
  map(FIELD(missing), event.missing);
  map(FIELD(carried_from), event.carried_from);
  map(FIELD(stated_at), event.at);
}
void Fields(auto& map, Of<OutcomeRefined> auto& event) {
  map.Inline(event.content);
  map(FIELD(missing), event.missing);
  map(FIELD(stated_at), event.at);
}
void Fields(auto& map, Of<OutcomeReviewed> auto& event) {
  map(FIELD(result), event.result);
  map(FIELD(reviewed_at), event.at);
}
void Fields(auto& map, Of<OutcomeDropped> auto& event) { map(FIELD(dropped_at), event.at); }
void Fields(auto& map, Of<OutcomeReopened> auto& event) { map(FIELD(reopened_at), event.at); }

}  // namespace pepline::assessments

#endif  // PEPLINE_SERVICES_ASSESSMENTS_DOMAIN_FIELDS_H_
