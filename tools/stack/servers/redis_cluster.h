// A Redis Cluster of some local redis-servers: primaries, each with a share of the slots, and,
// where they are asked for, as many replicas, that take their primary's place when it dies.
// Promises: formed, answering and replicating when Start returns; ports and data stay over Kill and
// Restart of a node. Stops with its object. Errors: Unavailable with what a node said. Threads: one
// at a time.
#ifndef PEPLINE_TOOLS_STACK_SERVERS_REDIS_CLUSTER_H_
#define PEPLINE_TOOLS_STACK_SERVERS_REDIS_CLUSTER_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/stack/servers/redis_server.h"

namespace pepline {

class RedisCluster {
 public:
  enum class Replicas { kNone, kOneEach };
  // A folder for each node is made in `folder`. The replica of node i is node i + primaries.
  static absl::StatusOr<std::unique_ptr<RedisCluster>> Start(const std::string& folder,
                                                             std::size_t primaries = 3,
                                                             Replicas replicas = Replicas::kNone);
  RedisServer& node(std::size_t i) { return *nodes_[i]; }
  std::size_t size() const { return nodes_.size(); }

  // Which node owns the slot, as the first node that runs sees it.
  absl::StatusOr<std::size_t> OwnerOf(int slot);
  // Moves a slot with its keys, a few at a time, as `redis-cli --cluster reshard` does.
  absl::Status Move(int slot, std::size_t from, std::size_t to);
  // The same, left in the middle: some keys are there, the others still here. Move finishes it.
  absl::Status MoveSomeKeys(int slot, std::size_t from, std::size_t to);
  bool Healthy();      // every node sees all slots served
  bool Replicating();  // every replica is in step with a primary

 private:
  RedisCluster() = default;
  absl::Status Form();
  absl::Status AttachReplicas();
  absl::Status Announce(int slot, std::size_t from, std::size_t to);
  // The number of keys that went over; 0 when there is none left.
  absl::StatusOr<std::size_t> MoveKeys(int slot, std::size_t from, std::size_t to);
  absl::StatusOr<std::string> Id(std::size_t i);

  std::vector<std::unique_ptr<RedisServer>> nodes_;
  std::vector<int> bus_ports_;
  std::size_t primaries_ = 0;
};

}  // namespace pepline

#endif  // PEPLINE_TOOLS_STACK_SERVERS_REDIS_CLUSTER_H_
