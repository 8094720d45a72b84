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

struct PartitionPosition {
  std::string topic;
  int partition = 0;
  std::int64_t stored = 0;  // the offset after the last record that the group is done with
  std::int64_t end = 0;
};
absl::StatusOr<std::vector<PartitionPosition>> PositionsOf(const std::string& bootstrap_servers,
                                                           const std::string& group,
                                                           const std::vector<std::string>& topics);

// Records of all partitions of the topics together.
struct GroupPosition {
  std::int64_t behind = 0;  // the group has not yet stored an offset after them
  std::int64_t end = 0;     // were ever written: it grows by one with each
};
absl::StatusOr<GroupPosition> PositionOf(const std::string& bootstrap_servers,
                                         const std::string& group,
                                         const std::vector<std::string>& topics);

}  // namespace pepline

#endif  // PEPLINE_TESTS_SYSTEM_KILLING_GROUP_OFFSETS_H_
