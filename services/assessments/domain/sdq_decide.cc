// What each stage of an SDQ answers to each command.
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/assessments/domain/free_text.h"
#include "services/assessments/domain/sdq.h"
#include "services/assessments/domain/sdq_bands.h"
#include "services/assessments/domain/sdq_return.h"

namespace pepline::assessments {
namespace {

using Progress = pepline::Progress<Sdq>;

// Of the meeting; nullopt: by no instant. A miss outlives its PEP: the gap stays on record until
// something comes back.
std::optional<absl::Time> InstantOfPep(const SdqState& state, const SdqKey& key) {
  if (key.purpose != Purpose::kPep) return std::nullopt;
  if (const auto pep = FindOpen(state.current_pep, key.pep)) return pep->sdq_required_by;
  return state.missing ? state.required_by : std::nullopt;
}

// By when the PEP wants this SDQ now: by no instant where the child is not of the age on its day,
// or was not when that was said.
std::optional<absl::Time> Wanted(const SdqState& state, const SdqFacts& facts) {
  const auto instant = InstantOfPep(state, state.key);
  if (!instant || state.not_of_age_at) return std::nullopt;
  return AgeFitFor(instant, facts.now, facts.ages) == AgeFit::kRight ? instant : std::nullopt;
}

// Whether the teacher's SDQ is to be waived: scheduling's checklist and deadline wait for it.
bool IsOfWrongAge(const SdqState& state, const SdqKey& key, const SdqFacts& facts) {
  if (key.purpose != Purpose::kPep || key.informant != Informant::kTeacher) return false;
  if (state.not_of_age_at || !(FindOpen(state.current_pep, key.pep) || state.missing)) return false;
  return AgeFitFor(InstantOfPep(state, key), facts.now, facts.ages) == AgeFit::kWrong;
}

void EmitMissing(Progress& progress, absl::Time now) {
  const SdqState& state = progress.state;
  if (!state.missing && state.required_by && now >= MissedFrom(*state.required_by)) {
    progress.Emit(SdqBecameMissing{*state.required_by});
  }
}

// The miss of the old instant comes before the new instant, so that it makes no difference whether
// the alarm or the news of the moved meeting comes first.
void CatchUp(Progress& progress, const SdqFacts& facts) {
  const SdqState& state = progress.state;
  if (!IsAwaited(state)) return;
  // An instant that passed while the child was of the age was missed, whatever came later.
  if (AgeFitFor(state.required_by, facts.now, facts.ages) == AgeFit::kRight) {
    EmitMissing(progress, facts.now);
  }
  if (IsOfWrongAge(state, state.key, facts)) {
    progress.Emit(SdqNotOfAge{state.key, facts.now});
    return;
  }
  const auto wanted = Wanted(state, facts);
  if (wanted == state.required_by) return;
  progress.Emit(SdqRequiredByMoved{wanted});
  EmitMissing(progress, facts.now);
}

MaybeRefusal NeedsRequest(const SdqState& state) {
  if (state.stage != Stage::kNotRequested) return std::nullopt;
  return Refuse(sdq_refusals::kNotRequested, "sdq_id",
                "no such SDQ was requested; request it first, or list the child's SDQs");
}

MaybeRefusal NeedsAwaited(const SdqState& state) {
  if (auto no = NeedsRequest(state)) return no;
  if (state.stage == Stage::kNotObtained) {
    return Refuse(
        sdq_refusals::kNotObtained, "",
        "it is on record that this SDQ was not obtained; request one of another informant, "
        "or with the next PEP");
  }
  if (!IsAwaited(state)) {
    return Refuse(sdq_refusals::kAlreadyScored, "",
                  "this SDQ has its score; a new one belongs to another request");
  }
  return std::nullopt;
}

// Nobody was asked, since the child is not of the age.
bool WasNotOfAge(const SdqState& state) {
  return state.stage == Stage::kNotObtained &&
         state.not_obtained_confirmed_by == Confirmer::kNotOfAge;
}

// The PEP asks for the teacher's SDQ by itself.
void RequestByItself(const SdqKey& key, Progress& progress, const SdqFacts& facts) {
  const auto& pep = progress.state.current_pep;
  switch (AgeFitFor(pep->sdq_required_by, facts.now, facts.ages)) {
    case AgeFit::kRight:
      progress.Emit(SdqRequested{key, facts.now});
      return;
    case AgeFit::kMayBeRight:
      return;  // it is looked at again when a meeting is set
    case AgeFit::kWrong:
      progress.Emit(SdqNotOfAge{key, facts.now});
      return;
  }
}

MaybeRefusal On(const RequestSdq& command, Progress& progress, const SdqFacts& facts) {
  const SdqState& state = progress.state;
  if (state.stage != Stage::kNotRequested && (command.by_itself || !WasNotOfAge(state))) {
    if (command.by_itself) return std::nullopt;
    return Refuse(
        sdq_refusals::kAlreadyRequested, "informant",
        "this PEP's SDQ of this purpose and informant was requested before; go on with it");
  }
  if (!state.current_pep || !state.current_pep->open) {
    if (command.by_itself) return std::nullopt;
    return Refuse(sdq_refusals::kNoOpenPep, "child_id",
                  "this child has no open PEP; an SDQ is requested with one");
  }
  if (state.current_pep->id != command.key.pep) {
    if (command.by_itself) return std::nullopt;
    return Refuse(
        sdq_refusals::kOtherPep, "pep_id",
        "this is not the child's current PEP; leave it empty or give the current one's id");
  }
  if (command.key.purpose == Purpose::kAnnualCarer && command.key.informant != Informant::kCarer) {
    return Refuse(sdq_refusals::kInformantDoesNotFit, "informant",
                  "the annual SDQ is filled in by the main carer");
  }
  if (command.by_itself) {
    RequestByItself(command.key, progress, facts);
    return std::nullopt;
  }
  if (IsOfWrongAge(state, command.key, facts)) progress.Emit(SdqNotOfAge{command.key, facts.now});
  progress.Emit(SdqRequested{command.key, facts.now});
  return std::nullopt;
}

MaybeRefusal On(const MarkSdqSent&, Progress& progress, const SdqFacts& facts) {
  if (auto no = NeedsAwaited(progress.state)) return no;
  if (progress.state.stage == Stage::kReceived) {
    return Refuse(sdq_refusals::kAlreadyReceived, "",
                  "it has come back; complete the answers, or propose that it be not obtained");
  }
  if (progress.state.stage == Stage::kRequested) progress.Emit(SdqSent{facts.now});
  return std::nullopt;
}

void EmitReceived(Progress& progress, SdqReturn returned, std::string_view rule,
                  const SdqFacts& facts) {
  const absl::Time at = returned.received_at;
  const bool has_total = returned.scores.total.has_value();
  const bool strategies = NeedsStrategies(returned.form, returned.scores, facts.strategies);
  progress.Emit(SdqReceived{std::move(returned)});
  if (has_total) progress.Emit(SdqScored{at, std::string(rule), strategies});
}

SdqReturn ToReturn(const RecordSdqAnswers& command, absl::Time at) {
  return {at,
          command.form,
          command.follow_up,
          command.answers,
          command.impact,
          command.document_reference,
          ScoreAnswers(command.answers, command.impact)};
}
SdqReturn ToReturn(const RecordSdqScores& command, absl::Time at) {
  return {at,
          command.form,
          command.follow_up,
          {},
          std::nullopt,
          command.document_reference,
          WithSums(command.scores)};
}
std::string_view RuleOf(const RecordSdqAnswers&) { return kScoringRule; }
std::string_view RuleOf(const RecordSdqScores&) { return kScoresAsGiven; }

template <class Recorded>
MaybeRefusal CheckRecorded(const Recorded& recorded, const SdqState& state, const SdqFacts& facts) {
  if (auto no = CheckReturn(state.key.informant, recorded)) return no;
  if (MayFit(recorded.form, state.requested_at.value_or(absl::Time()), facts.now, facts.ages))
    return std::nullopt;
  return Refuse(sdq_refusals::kFormOfAnotherAge, "form",
                "this form is for other ages than the child's; give the form that was filled in, "
                "or have the one for the child's age filled in");
}

template <class Recorded>
MaybeRefusal Record(const Recorded& recorded, Progress& progress, const SdqFacts& facts) {
  if (auto no = NeedsAwaited(progress.state)) return no;
  if (auto no = CheckRecorded(recorded, progress.state, facts)) return no;
  EmitReceived(progress, ToReturn(recorded, facts.now), RuleOf(recorded), facts);
  return std::nullopt;
}

MaybeRefusal On(const RecordSdqAnswers& command, Progress& progress, const SdqFacts& facts) {
  return Record(command, progress, facts);
}

MaybeRefusal On(const RecordSdqScores& command, Progress& progress, const SdqFacts& facts) {
  return Record(command, progress, facts);
}

MaybeRefusal NeedsReturn(const SdqState& state) {
  if (auto no = NeedsRequest(state)) return no;
  if (state.stage == Stage::kNotObtained) {
    return Refuse(sdq_refusals::kNotObtained, "",
                  "it is on record that this SDQ was not obtained; there is nothing to correct");
  }
  if (!state.latest_return) {
    return Refuse(sdq_refusals::kNotReceived, "",
                  "nothing has come back yet; record the answers or the scores");
  }
  if (state.corrections.size() >= kMostCorrections) {
    return Refuse(sdq_refusals::kTooManyCorrections, "",
                  absl::StrCat("it was corrected ", kMostCorrections,
                               " times, which is the most; record the next PEP's SDQ"));
  }
  return std::nullopt;
}

MaybeRefusal CheckWhy(const std::string& reason) {
  if (IsBlank(reason)) {
    return Refuse(sdq_refusals::kReasonRequired, "reason",
                  "say why what is on record is wrong; it is kept with what stood there");
  }
  if (IsLongerThan(reason, kLongestReason)) {
    return Refuse(sdq_refusals::kTextTooLong, "reason",
                  absl::StrCat("give at most ", kLongestReason, " characters"));
  }
  return std::nullopt;
}

template <class Recorded>
MaybeRefusal Correct(const Recorded& recorded, const std::string& reason, Progress& progress,
                     const SdqFacts& facts) {
  const SdqState& state = progress.state;
  if (auto no = CheckRecorded(recorded, state, facts)) return no;
  SdqReturn corrected = ToReturn(recorded, state.latest_return->received_at);
  if (corrected.document_reference.empty()) {
    corrected.document_reference = state.latest_return->document_reference;
  }
  if (corrected == *state.latest_return) {
    return Refuse(sdq_refusals::kNothingCorrected, "",
                  "this is what is on record already; nothing is to be corrected");
  }
  const bool has_total = corrected.scores.total.has_value();
  if (state.scored_at && !has_total) {
    return Refuse(sdq_refusals::kTotalRequired, "",
                  "the SDQ has a score, and these values give no total; complete them");
  }
  const std::string rule(has_total ? RuleOf(recorded) : std::string_view());
  const bool strategies = NeedsStrategies(corrected.form, corrected.scores, facts.strategies);
  progress.Emit(SdqCorrected{facts.now, reason, std::move(corrected), rule, strategies});
  if (!state.scored_at && has_total) progress.Emit(SdqScored{facts.now, rule, strategies});
  return std::nullopt;
}

MaybeRefusal On(const CorrectSdq& command, Progress& progress, const SdqFacts& facts) {
  if (auto no = NeedsReturn(progress.state)) return no;
  if (auto no = CheckWhy(command.reason)) return no;
  return std::visit([&](const auto& to) { return Correct(to, command.reason, progress, facts); },
                    command.to);
}

MaybeRefusal On(const ReviewSdq& command, Progress& progress, const SdqFacts& facts) {
  const SdqState& state = progress.state;
  if (auto no = NeedsRequest(state)) return no;
  if (state.stage == Stage::kReviewed) {
    return Refuse(sdq_refusals::kAlreadyReviewed, "",
                  "the review is on record; nothing is left to do");
  }
  if (state.stage == Stage::kNotObtained) {
    return Refuse(sdq_refusals::kNotObtained, "",
                  "it is on record that this SDQ was not obtained; there is nothing to review");
  }
  if (state.stage != Stage::kScored) {
    return Refuse(sdq_refusals::kNotScored, "",
                  "record the answers or the scores first, then review");
  }
  if (IsLongerThan(command.strategies, kLongestText)) {
    return Refuse(sdq_refusals::kTextTooLong, "strategies",
                  absl::StrCat("give at most ", kLongestText, " characters"));
  }
  if (AwaitsStrategies(state) && IsBlank(command.strategies)) {
    return Refuse(sdq_refusals::kStrategiesRequired, "strategies",
                  "the total, a difficulty or the impact is in a high band, or no cut-offs are "
                  "known for this "
                  "form; say what the PEP does about it");
  }
  progress.Emit(SdqReviewed{facts.now, command.strategies});
  return std::nullopt;
}

// SDQ2 is the carer's refusal; all others can be said of any informant's SDQ (docs/domain.md 3.5).
MaybeRefusal CheckReason(Informant informant, NotObtainedReason reason) {
  if (reason != NotObtainedReason::kSdq2 || informant == Informant::kCarer) return std::nullopt;
  return Refuse(sdq_refusals::kReasonOfAnotherInformant, "reason",
                "that the carer refused is a reason for the carer's own SDQ alone; give the reason "
                "of who was to fill this one in");
}

// SDQ4 ("other") and the authority's own name nothing by themselves.
bool NeedsDetail(NotObtainedReason reason) {
  return reason == NotObtainedReason::kSdq4 || reason == NotObtainedReason::kLocal;
}

MaybeRefusal On(const RecordSdqNotObtained& command, Progress& progress, const SdqFacts& facts) {
  const SdqState& state = progress.state;
  if (auto no = NeedsAwaited(state)) return no;
  if (auto no = CheckReason(state.key.informant, command.reason)) return no;
  if (IsLongerThan(command.detail, kLongestReason)) {
    return Refuse(sdq_refusals::kTextTooLong, "detail",
                  absl::StrCat("give at most ", kLongestReason, " characters"));
  }
  if (NeedsDetail(command.reason) && IsBlank(command.detail)) {
    return Refuse(sdq_refusals::kDetailRequired, "detail",
                  "say which other reason it is, or which of the authority's own");
  }
  const bool is_proposed = state.not_obtained_proposed_at &&
                           state.not_obtained_reason == command.reason &&
                           state.not_obtained_detail == command.detail;
  if (!is_proposed) {
    progress.Emit(SdqNotObtainedProposed{facts.now, command.reason, command.detail});
  }
  return std::nullopt;
}

MaybeRefusal On(const ConfirmSdqNotObtained& command, Progress& progress, const SdqFacts& facts) {
  const SdqState& state = progress.state;
  // What a version before this one took the school's word for can still be confirmed.
  const bool unconfirmed =
      state.stage == Stage::kNotObtained && !state.not_obtained_confirmed_by.has_value();
  if (!unconfirmed) {
    if (auto no = NeedsAwaited(state)) return no;
  }
  const auto reason = command.reason ? command.reason : state.not_obtained_reason;
  if (!reason) {
    return Refuse(sdq_refusals::kNothingProposed, "reason",
                  "nobody has proposed that there will be no SDQ; give the reason");
  }
  if (auto no = CheckReason(state.key.informant, *reason)) return no;
  if (IsLongerThan(command.explanation, kLongestReason)) {
    return Refuse(sdq_refusals::kTextTooLong, "explanation",
                  absl::StrCat("give at most ", kLongestReason, " characters"));
  }
  if (IsBlank(command.explanation)) {
    return Refuse(sdq_refusals::kDetailRequired, "explanation",
                  "say in words why it is right that there will be no SDQ");
  }
  progress.Emit(SdqNotObtained{facts.now, *reason, command.explanation, command.confirmed_by});
  return std::nullopt;
}

MaybeRefusal On(const Wake&, Progress&, const SdqFacts&) { return std::nullopt; }

}  // namespace

bool NeedsProfile(const SdqCommand& command) {
  return std::holds_alternative<RecordSdqAnswers>(command) ||
         std::holds_alternative<RecordSdqScores>(command) ||
         std::holds_alternative<CorrectSdq>(command);
}

Decision<SdqEvent> Sdq::Decide(const SdqState& state, const SdqCommand& command,
                               const SdqFacts& facts) {
  Progress progress{state, {}};
  CatchUp(progress, facts);
  auto no = std::visit([&](const auto& one) { return On(one, progress, facts); }, command);
  if (no) return *std::move(no);
  // What is requested only now may be required by an instant, or be late already.
  CatchUp(progress, facts);
  return std::move(progress.events);
}

}  // namespace pepline::assessments
