// Requests in the words of the rules. Promises: a field that cannot be read gives a violation with
// its path; ranges and counts are the rules' own business. Threads: pure functions.
#ifndef PEPLINE_SERVICES_ASSESSMENTS_API_REQUESTS_H_
#define PEPLINE_SERVICES_ASSESSMENTS_API_REQUESTS_H_

#include <string>

#include "pepline/assessments/v1/assessments_service.pb.h"
#include "services/assessments/domain/outcomes.h"
#include "services/assessments/domain/pupil_views.h"
#include "services/assessments/domain/sdq.h"
#include "shared/rpc/request_fields.h"

namespace pepline::assessments {

SdqKey ReadSdqId(const std::string& sdq_id, Violations& violations);
// A child and, where it is not empty, a PEP of this child.
void CheckPep(const std::string& child_id, const std::string& pep_id, Violations& violations);
SdqKey ReadKey(const v1::RequestSdqRequest& request, const ChildId& child, const PepId& pep,
               Violations& violations);
// What is right, as a correction says: views, why there are none, or that they are taken back.
ViewsOnRecord ReadRightViews(const v1::CorrectPupilViewsRequest& request, Violations& violations);

OutcomeKey ReadOutcomeId(const std::string& outcome_id, Violations& violations);
OutcomeContent ReadContent(const v1::OutcomeContent& content, Violations& violations);

SdqCommand ToCommand(const v1::MarkSdqSentRequest& request, Violations& violations);
SdqCommand ToCommand(const v1::RecordSdqAnswersRequest& request, Violations& violations);
SdqCommand ToCommand(const v1::RecordSdqScoresRequest& request, Violations& violations);
SdqCommand ToCommand(const v1::CorrectSdqRequest& request, Violations& violations);
SdqCommand ToCommand(const v1::ReviewSdqRequest& request, Violations& violations);
SdqCommand ToCommand(const v1::RecordSdqNotObtainedRequest& request, Violations& violations);
// Who confirms is not in the request: it is who calls.
SdqCommand ToCommand(const v1::ConfirmSdqNotObtainedRequest& request, Violations& violations);

}  // namespace pepline::assessments

#endif  // PEPLINE_SERVICES_ASSESSMENTS_API_REQUESTS_H_
