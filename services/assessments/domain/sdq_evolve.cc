// How each event changes an SDQ, and what follows from its state alone: the alarm and the index.
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "services/assessments/domain/sdq.h"
#include "services/assessments/domain/sdq_bands.h"

namespace pepline::assessments {
namespace {

void Correct(const SdqCorrected& corrected, SdqState& state) {
  if (!state.latest_return) return;  // cannot come from Decide
  const bool scores_stand = state.latest_return->form == corrected.returned.form &&
                            state.latest_return->scores == corrected.returned.scores;
  state.corrections.push_back({corrected.at, corrected.reason, *std::move(state.latest_return)});
  state.latest_return = corrected.returned;
  if (state.scored_at) {
    state.scoring_rule = corrected.rule;
    state.strategies_required = corrected.strategies_required;
  }
  // Whoever looked at it looked at another score.
  if (state.stage != Stage::kReviewed || scores_stand) return;
  state.stage = Stage::kScored;
  state.reviewed_at.reset();
}

}  // namespace

SdqState Sdq::Evolve(SdqState state, const SdqEvent& event) {
  std::visit(Match{
                 [&](const SdqRequested& requested) {
                   state.stage = Stage::kRequested;
                   state.key = requested.key;
                   state.requested_at = requested.at;
                   // A person asks although the child is not of the age.
                   state.not_obtained_proposed_at.reset();
                   state.not_obtained_at.reset();
                   state.not_obtained_reason.reset();
                   state.not_obtained_detail.clear();
                   state.not_obtained_confirmed_by.reset();
                 },
                 [&](const SdqSent& sent) {
                   state.stage = Stage::kSent;
                   state.sent_at = sent.at;
                 },
                 [&](const SdqReceived& received) {
                   state.stage = Stage::kReceived;
                   state.latest_return = received.returned;
                 },
                 [&](const SdqScored& scored) {
                   state.stage = Stage::kScored;
                   state.scored_at = scored.at;
                   state.scoring_rule = scored.rule;
                   state.strategies_required = scored.strategies_required;
                   state.missing = false;
                   // It came back after all.
                   state.not_obtained_proposed_at.reset();
                   state.not_obtained_reason.reset();
                   state.not_obtained_detail.clear();
                 },
                 [&](const SdqCorrected& corrected) { Correct(corrected, state); },
                 [&](const SdqReviewed& reviewed) {
                   state.stage = Stage::kReviewed;
                   state.reviewed_at = reviewed.at;
                   state.strategies = reviewed.strategies;
                 },
                 [&](const SdqNotObtainedProposed& proposed) {
                   state.not_obtained_proposed_at = proposed.at;
                   state.not_obtained_reason = proposed.reason;
                   state.not_obtained_detail = proposed.detail;
                 },
                 [&](const SdqNotObtained& not_obtained) {
                   state.stage = Stage::kNotObtained;
                   state.not_obtained_at = not_obtained.at;
                   state.not_obtained_reason = not_obtained.reason;
                   state.not_obtained_explanation = not_obtained.explanation;
                   state.not_obtained_confirmed_by = not_obtained.confirmed_by;
                   state.missing = false;
                 },
                 [&](const SdqNotOfAge& not_of_age) {
                   state.stage = Stage::kNotObtained;
                   state.key = not_of_age.key;
                   state.not_obtained_at = not_of_age.at;
                   // The return's own reason for a child's age.
                   state.not_obtained_reason = NotObtainedReason::kSdq1;
                   state.not_obtained_confirmed_by = Confirmer::kNotOfAge;
                   state.not_of_age_at = not_of_age.at;
                   state.required_by.reset();
                   state.missing = false;
                 },
                 [&](const SdqBecameMissing&) { state.missing = true; },
                 [&](const SdqRequiredByMoved& moved) {
                   state.required_by = moved.required_by;
                   state.missing = false;
                 },
             },
             event);
  return state;
}

std::optional<absl::Time> Sdq::NextWake(const SdqState& state, const SdqFacts&) {
  if (!IsAwaited(state) || !state.required_by || state.missing) return std::nullopt;
  return MissedFrom(*state.required_by);
}

std::vector<IndexEntry> Sdq::Index(const SdqState& state) {
  if (state.stage == Stage::kNotRequested) return {};
  if (!IsAwaited(state)) return {AllSdqs()};
  return {AllSdqs(), OpenSdqs()};
}

bool IsAwaited(Stage stage) {
  return stage == Stage::kRequested || stage == Stage::kSent || stage == Stage::kReceived;
}

bool IsMissingForPep(const SdqState& state) {
  return state.missing && state.key.purpose == Purpose::kPep &&
         state.key.informant == Informant::kTeacher && FindOpen(state.current_pep, state.key.pep);
}

bool AwaitsStrategies(const SdqState& state) {
  if (state.stage != Stage::kScored || !state.latest_return) return false;
  if (state.strategies_required) return *state.strategies_required;
  return NeedsStrategies(state.latest_return->form, state.latest_return->scores,
                         {.scales = false, .impact = false});
}

SdqId IdOf(const SdqKey& key) {
  return SdqId(absl::StrCat(key.pep.text(), ".", std::string(PurposeName(key.purpose)), ".",
                            std::string(InformantName(key.informant))));
}

std::optional<SdqKey> ParseSdqId(std::string_view id) {
  const std::vector<std::string> parts =
      absl::StrSplit(absl::string_view(id.data(), id.size()), '.');
  if (parts.size() != 4 || parts[0].empty() || parts[1].empty()) return std::nullopt;
  const auto purpose = ParsePurpose(parts[2]);
  const auto informant = ParseInformant(parts[3]);
  if (!purpose || !informant) return std::nullopt;
  return SdqKey{ChildId(parts[0]), PepId(absl::StrCat(parts[0], ".", parts[1])), *purpose,
                *informant};
}

}  // namespace pepline::assessments
