// Every kind of record that notifications keeps, and what its rules need to be asked again: for
// checking and rebuilding (shared/runtime/operations.h). A kind that is missing here is reported by
// --check. Threads: safe from any thread; blocks on the store.
#ifndef PEPLINE_SERVICES_NOTIFICATIONS_RECORD_KINDS_H_
#define PEPLINE_SERVICES_NOTIFICATIONS_RECORD_KINDS_H_

#include <vector>

#include "services/notifications/facts.h"
#include "shared/runtime/check.h"

namespace pepline::notifications {

// What is given must outlive the kinds.
std::vector<RecordKind> RecordKinds(const FactsLoader& facts);

}  // namespace pepline::notifications

#endif  // PEPLINE_SERVICES_NOTIFICATIONS_RECORD_KINDS_H_
