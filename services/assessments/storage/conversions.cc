#include "services/assessments/storage/conversions.h"

#include <array>

namespace pepline::assessments {
namespace {

// Of enums whose numbers are the contract's.
template <class Proto, class Domain>
Proto SameNumber(Domain value) {
  return static_cast<Proto>(static_cast<int>(value));
}
template <class Domain, class Values, class Proto>
std::optional<Domain> FindNumber(const Values& values, Proto number) {
  for (Domain value : values) {
    if (static_cast<int>(value) == static_cast<int>(number)) return value;
  }
  return std::nullopt;
}

}  // namespace

v1::SdqPurpose ToProto(Purpose purpose) { return SameNumber<v1::SdqPurpose>(purpose); }
std::optional<Purpose> FromProto(v1::SdqPurpose purpose) {
  return FindNumber<Purpose>(kAllPurposes, purpose);
}

v1::SdqInformant ToProto(Informant informant) { return SameNumber<v1::SdqInformant>(informant); }
std::optional<Informant> FromProto(v1::SdqInformant informant) {
  return FindNumber<Informant>(kAllInformants, informant);
}

v1::SdqForm ToProto(Form form) { return SameNumber<v1::SdqForm>(form); }
std::optional<Form> FromProto(v1::SdqForm form) { return FindNumber<Form>(kAllForms, form); }

v1::SdqState ToProto(Stage stage) { return SameNumber<v1::SdqState>(stage); }
std::optional<Stage> FromProto(v1::SdqState state) {
  if (state == v1::SDQ_STATE_UNSPECIFIED) return std::nullopt;
  return FindNumber<Stage>(kAllStages, state);
}

v1::SdqNotObtainedReason ToProto(NotObtainedReason reason) {
  return SameNumber<v1::SdqNotObtainedReason>(reason);
}
std::optional<NotObtainedReason> FromProto(v1::SdqNotObtainedReason reason) {
  return FindNumber<NotObtainedReason>(kAllNotObtainedReasons, reason);
}

v1::SdqConfirmer ToProto(Confirmer confirmer) { return SameNumber<v1::SdqConfirmer>(confirmer); }
std::optional<Confirmer> FromProto(v1::SdqConfirmer confirmer) {
  return FindNumber<Confirmer>(kAllConfirmers, confirmer);
}

v1::SdqScale ToProto(Scale scale) { return SameNumber<v1::SdqScale>(scale); }

v1::PupilViewsState ToProto(ViewsStage stage) { return SameNumber<v1::PupilViewsState>(stage); }
std::optional<ViewsStage> FromProto(v1::PupilViewsState state) {
  return FindNumber<ViewsStage>(std::array{ViewsStage::kCaptured, ViewsStage::kDeclined}, state);
}

v1::SdqScores ToProto(const SdqScores& scores) {
  v1::SdqScores out;
  if (scores.emotional) out.set_emotional(*scores.emotional);
  if (scores.conduct) out.set_conduct(*scores.conduct);
  if (scores.hyperactivity) out.set_hyperactivity(*scores.hyperactivity);
  if (scores.peer) out.set_peer(*scores.peer);
  if (scores.prosocial) out.set_prosocial(*scores.prosocial);
  if (scores.total) out.set_total(*scores.total);
  if (scores.externalising) out.set_externalising(*scores.externalising);
  if (scores.internalising) out.set_internalising(*scores.internalising);
  if (scores.impact) out.set_impact(*scores.impact);
  return out;
}

SdqScores FromProto(const v1::SdqScores& in) {
  SdqScores scores;
  if (in.has_emotional()) scores.emotional = in.emotional();
  if (in.has_conduct()) scores.conduct = in.conduct();
  if (in.has_hyperactivity()) scores.hyperactivity = in.hyperactivity();
  if (in.has_peer()) scores.peer = in.peer();
  if (in.has_prosocial()) scores.prosocial = in.prosocial();
  if (in.has_total()) scores.total = in.total();
  if (in.has_externalising()) scores.externalising = in.externalising();
  if (in.has_internalising()) scores.internalising = in.internalising();
  if (in.has_impact()) scores.impact = in.impact();
  return scores;
}

v1::SdqImpactAnswers ToProto(const ImpactAnswers& answers) {
  v1::SdqImpactAnswers out;
  out.set_overall(answers.overall);
  for (int answer : answers.counted) out.add_counted(answer);
  return out;
}

ImpactAnswers FromProto(const v1::SdqImpactAnswers& in) {
  return {in.overall(), {in.counted().begin(), in.counted().end()}};
}

}  // namespace pepline::assessments
