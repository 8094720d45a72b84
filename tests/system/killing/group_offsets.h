// How far the consumer groups of a stack have come, by the offsets that they stored at the broker:
// true also for processes that were killed and started again.
// Errors: Unavailable while the broker does not answer. Threads: one at a time; blocks.
#ifndef PEPLINE_TESTS_SYSTEM_KILLING_GROUP_OFFSETS_H_
#define PEPLINE_TESTS_SYSTEM_KILLING_GROUP_OFFSETS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace pepline {

// How many records of `topics` the group has not yet stored an offset behind.
absl::StatusOr<std::int64_t> RecordsBehind(const std::string& bootstrap_servers,
                                           const std::string& group,
                                           const std::vector<std::string>& topics);

}  // namespace pepline

#endif  // PEPLINE_TESTS_SYSTEM_KILLING_GROUP_OFFSETS_H_
