#include "shared/runtime/store.h"

namespace pepline {

int PartitionOf(std::string_view routing_id, int partitions) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char letter : routing_id) {
    hash ^= static_cast<unsigned char>(letter);
    hash *= 1099511628211ULL;
  }
  return static_cast<int>(hash % static_cast<std::uint64_t>(partitions));
}

}  // namespace pepline
