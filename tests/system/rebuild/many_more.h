// Many more children on the topics of a played term: every event that is about a child is said
// again about children with ids of their own, so that a rebuild has enough to read.
// Promises: the same history for each of them, in the same order; events of nobody are not said
// again. For stacks whose services have stopped. Errors: Unavailable with what Kafka says.
// Threads: one at a time.
#ifndef PEPLINE_TESTS_SYSTEM_REBUILD_MANY_MORE_H_
#define PEPLINE_TESTS_SYSTEM_REBUILD_MANY_MORE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"

namespace pepline {

// `copies` (up to 676) of every child.
absl::Status EmitManyMore(const std::string& bootstrap, const std::vector<std::string>& topics,
                          int copies);

}  // namespace pepline

#endif  // PEPLINE_TESTS_SYSTEM_REBUILD_MANY_MORE_H_
