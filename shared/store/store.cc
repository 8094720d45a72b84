#include "shared/store/store.h"

namespace pepline {

std::uint64_t StableHash(std::string_view text) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char letter : text) {
    hash ^= static_cast<unsigned char>(letter);
    hash *= 1099511628211ULL;
  }
  return hash;
}

int PartitionOf(std::string_view routing_id, int partitions) {
  return static_cast<int>(StableHash(routing_id) % static_cast<std::uint64_t>(partitions));
}

Store::Earliest Store::EarliestAlarm() {
  std::optional<absl::Time> earliest;
  for (const Earliest& of_partition : EarliestAlarms()) {
    if (!of_partition.ok()) return of_partition.status();
    if (*of_partition && (!earliest || **of_partition < *earliest)) earliest = *of_partition;
  }
  return earliest;
}

absl::StatusOr<OutboxDepth> Store::MeasureOutbox() {
  OutboxDepth all;
  for (const auto& depth : MeasureOutboxes()) {
    if (!depth.ok()) return depth.status();
    all.entries += depth->entries;
    if (depth->oldest && (!all.oldest || *depth->oldest < *all.oldest)) all.oldest = depth->oldest;
  }
  return all;
}

}  // namespace pepline
