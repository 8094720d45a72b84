// What a handler's error says about a consumed record: whether trying again mends it by itself, or
// an event before it is missing.
// Threads: values only.
#ifndef PEPLINE_SHARED_KAFKA_RECEPTION_HANDLING_ERRORS_H_
#define PEPLINE_SHARED_KAFKA_RECEPTION_HANDLING_ERRORS_H_

#include <cstdint>

#include "absl/status/status.h"

namespace pepline {

// An event before the record is missing.
absl::Status MissingBefore(std::uint64_t version, std::uint64_t last);
bool IsMissing(const absl::Status& status);

// Whether handling may succeed by itself once something that is away comes back.
bool WaitsForADependency(const absl::Status& status);

}  // namespace pepline

#endif  // PEPLINE_SHARED_KAFKA_RECEPTION_HANDLING_ERRORS_H_
