// What the RPCs show of SDQs, pupil views and outcomes
// (proto/pepline/assessments/v1/assessments_service.proto). What is private is in the answers of
// the Get RPCs alone.
#ifndef PEPLINE_SERVICES_ASSESSMENTS_API_ANSWERS_H_
#define PEPLINE_SERVICES_ASSESSMENTS_API_ANSWERS_H_

#include "pepline/assessments/v1/assessments_service.pb.h"
#include "services/assessments/domain/outcomes.h"
#include "services/assessments/domain/pupil_views.h"
#include "services/assessments/domain/sdq.h"

namespace pepline::assessments {

// As commands and lists answer it; the SDQ must have been requested.
v1::Sdq ToSdq(const SdqState& state);
// With its content, for GetSdq alone.
v1::GetSdqResponse ToContent(const SdqState& state);
v1::PupilViews ToPupilViews(const PupilViewsState& state);
// One that the PEP has.
v1::Outcome ToOutcome(const OutcomesState& state, int number);
// All of the PEP with their content, for GetOutcomes alone.
v1::GetOutcomesResponse ToContent(const OutcomesState& state);

}  // namespace pepline::assessments

#endif  // PEPLINE_SERVICES_ASSESSMENTS_API_ANSWERS_H_
