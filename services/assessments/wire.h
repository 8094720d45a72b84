// The small change between domain types and protobuf: enums of equal numbers, scores, what RPCs
// show. Promises: total; an enum number that the domain does not know gives nullopt. What is
// private is in none of the messages made here but SdqScores and SdqImpactAnswers. Threads: pure.
#ifndef PEPLINE_SERVICES_ASSESSMENTS_WIRE_H_
#define PEPLINE_SERVICES_ASSESSMENTS_WIRE_H_

#include <optional>

#include "pepline/assessments/v1/assessments_events.pb.h"
#include "pepline/assessments/v1/assessments_service.pb.h"
#include "services/assessments/domain/pupil_views.h"
#include "services/assessments/domain/sdq.h"
#include "shared/rpc/wire.h"

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

// As commands and lists answer it; the SDQ must have been requested.
v1::Sdq ToSdq(const SdqState& state);
// With its content, for GetSdq alone.
v1::GetSdqResponse ToContent(const SdqState& state);
v1::PupilViews ToPupilViews(const PupilViewsState& state);

}  // namespace pepline::assessments

#endif  // PEPLINE_SERVICES_ASSESSMENTS_WIRE_H_
