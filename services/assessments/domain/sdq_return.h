// Whether what somebody keyed in can be put on record: the right form, every value in its range,
// and scores that agree with each other. Promises: the first mistake, with the path of its field
// ("answers[3]"); advice never holds the value. Threads: pure functions.
#ifndef PEPLINE_SERVICES_ASSESSMENTS_DOMAIN_SDQ_RETURN_H_
#define PEPLINE_SERVICES_ASSESSMENTS_DOMAIN_SDQ_RETURN_H_

#include <optional>

#include "services/assessments/domain/sdq.h"

namespace pepline::assessments {

MaybeRefusal CheckReturn(Informant informant, const RecordSdqAnswers& command);
MaybeRefusal CheckReturn(Informant informant, const RecordSdqScores& command);

}  // namespace pepline::assessments

#endif  // PEPLINE_SERVICES_ASSESSMENTS_DOMAIN_SDQ_RETURN_H_
