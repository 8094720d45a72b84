// Domain types as protobuf and back, for what is stored, published, asked and answered alike: enums
// of equal numbers, scores and impact answers, of which the last two are private. A number that the
// domain does not know gives nullopt.
#ifndef PEPLINE_SERVICES_ASSESSMENTS_STORAGE_CONVERSIONS_H_
#define PEPLINE_SERVICES_ASSESSMENTS_STORAGE_CONVERSIONS_H_

#include <optional>

#include "pepline/assessments/v1/assessments_events.pb.h"
#include "pepline/assessments/v1/assessments_service.pb.h"
#include "services/assessments/domain/pupil_views.h"
#include "services/assessments/domain/sdq.h"

namespace pepline::assessments {

v1::SdqPurpose ToProto(Purpose purpose);
std::optional<Purpose> FromProto(v1::SdqPurpose purpose);
v1::SdqInformant ToProto(Informant informant);
std::optional<Informant> FromProto(v1::SdqInformant informant);
v1::SdqForm ToProto(Form form);
std::optional<Form> FromProto(v1::SdqForm form);
v1::SdqState ToProto(Stage stage);
std::optional<Stage> FromProto(v1::SdqState state);  // never kNotRequested
v1::SdqNotObtainedReason ToProto(NotObtainedReason reason);
std::optional<NotObtainedReason> FromProto(v1::SdqNotObtainedReason reason);
v1::SdqConfirmer ToProto(Confirmer confirmer);
std::optional<Confirmer> FromProto(v1::SdqConfirmer confirmer);
v1::SdqScale ToProto(Scale scale);
v1::PupilViewsState ToProto(ViewsStage stage);
std::optional<ViewsStage> FromProto(v1::PupilViewsState state);  // never kNone

v1::SdqScores ToProto(const SdqScores& scores);
SdqScores FromProto(const v1::SdqScores& scores);
v1::SdqImpactAnswers ToProto(const ImpactAnswers& answers);
ImpactAnswers FromProto(const v1::SdqImpactAnswers& answers);

}  // namespace pepline::assessments

#endif  // PEPLINE_SERVICES_ASSESSMENTS_STORAGE_CONVERSIONS_H_
