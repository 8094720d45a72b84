// One Redis, or all nodes of a Redis Cluster, behind one call: each command goes to the node that
// owns the hash slot of its keys.
// Promises: follows MOVED and ASK, and learns the cluster anew when a slot has moved or a node is
// lost; waits a bounded moment (kPatience) while keys move between nodes, then answers Unavailable.
// Group commit stays: commands for one node share its connections. A command that may have been
// carried out is never sent again. Without options.cluster there is one node and nothing to find.
// Errors: those of redis_refusal.h. Threads: safe from any thread; calls block.
#ifndef PEPLINE_SHARED_REDIS_REDIS_NODES_H_
#define PEPLINE_SHARED_REDIS_REDIS_NODES_H_

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "shared/redis/redis_connections.h"
#include "shared/redis/redis_topology.h"

namespace pepline {

struct RedisCommand {
  int slot = 0;  // of its keys; a command without keys goes to the node that owns the slot
  RedisArguments arguments;
};

class RedisNodes {
 public:
  // `metrics` may be null.
  RedisNodes(const RedisStoreOptions& options, Metrics* metrics);

  absl::StatusOr<RedisReply> Call(int slot, RedisArguments arguments);
  // The same; `arguments` are the caller's again afterwards, for another try.
  absl::StatusOr<RedisReply> CallAndReturn(int slot, RedisArguments& arguments);
  // All at once, answers in the same order; the first error wins.
  absl::StatusOr<std::vector<RedisReply>> CallAll(std::vector<RedisCommand> commands);
  // The same, with an answer or an error for each.
  std::vector<absl::StatusOr<RedisReply>> CallEach(std::vector<RedisCommand> commands);
  // The same; each answer comes with how far this machine's clock is ahead of that of the node that
  // gave it (ClockAhead).
  struct Timed {
    RedisReply reply;
    absl::Duration ahead;
  };
  std::vector<absl::StatusOr<Timed>> CallEachOnTime(std::vector<RedisCommand> commands);
  // FailedPrecondition while a node is not used because of a setting of its own.
  absl::Status WrongSetting();
  // Of these slots as many as are needed to reach every node that owns one of them. Unavailable
  // while the cluster is not known.
  absl::StatusOr<std::vector<int>> OnePerNode(const std::vector<int>& slots);

 private:
  using Node = std::shared_ptr<RedisConnections>;
  struct Request {
    RedisCall call;
    int slot = 0;
    std::optional<RedisAddress> sent_to;  // nullopt: to the slot's owner
    bool again = false;
  };

  Node NodeAt(const RedisAddress& address) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Finds the node of each request and sends all of them.
  void Send(const std::vector<Request*>& requests);
  void SendAlong(std::map<Node, std::vector<RedisCall*>>& by_node);
  // Whether the request has to be sent again, and where to.
  bool HandleRedirect(Request& request);
  void SendFollowingRedirects(std::vector<Request*> requests);
  void LearnTopology();
  // For each slot the first of them that its node owns too; itself where nobody is known to.
  std::vector<int> FirstOfNode(const std::vector<int>& slots);
  static absl::StatusOr<RedisReply> Judge(absl::StatusOr<RedisReply> answer);

  const RedisStoreOptions options_;
  const RedisAddress first_;  // the node that is asked first
  Metrics* const metrics_;
  const Node only_;  // without a cluster
  absl::Mutex learning_;
  absl::Time learnt_at_ ABSL_GUARDED_BY(learning_) = absl::InfinitePast();
  absl::Mutex mutex_;
  std::map<RedisAddress, Node> nodes_ ABSL_GUARDED_BY(mutex_);
  std::optional<RedisTopology> topology_ ABSL_GUARDED_BY(mutex_);
  absl::Status unknown_ ABSL_GUARDED_BY(mutex_);  // why there is no topology
};

}  // namespace pepline

#endif  // PEPLINE_SHARED_REDIS_REDIS_NODES_H_
