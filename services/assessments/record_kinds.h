// Every kind of record that assessments keeps, and what its rules need to be asked again: for
// checking and rebuilding (shared/runtime/operations.h). A kind that is missing here is reported by
// --check. Threads: safe from any thread; blocks on the store.
#ifndef PEPLINE_SERVICES_ASSESSMENTS_RECORD_KINDS_H_
#define PEPLINE_SERVICES_ASSESSMENTS_RECORD_KINDS_H_

#include <vector>

#include "shared/runtime/check.h"

namespace pepline::assessments {

// What is given must outlive the kinds.
std::vector<RecordKind> RecordKinds(const Clock& clock);

}  // namespace pepline::assessments

#endif  // PEPLINE_SERVICES_ASSESSMENTS_RECORD_KINDS_H_
