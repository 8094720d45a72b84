#include "tools/stack/servers/redis_cluster.h"

#include <hiredis/hiredis.h>

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tools/stack/processes.h"

namespace pepline {
namespace {

constexpr int kSlots = 16384;
constexpr absl::Duration kForming = absl::Seconds(30);
constexpr char kKeysAtOnce[] = "5";

struct Free {
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
  void operator()(redisContext* context) const { redisFree(context); }
};
using Reply = std::unique_ptr<redisReply, Free>;

absl::StatusOr<Reply> Send(const RedisServer& node, const std::vector<std::string>& words) {
  std::unique_ptr<redisContext, Free> context(redisConnect("127.0.0.1", node.port()));
  if (context == nullptr || context->err != 0) return absl::UnavailableError("no connection");
  std::vector<const char*> texts;
  for (const std::string& word : words) texts.push_back(word.c_str());
  Reply reply(static_cast<redisReply*>(
      redisCommandArgv(context.get(), static_cast<int>(texts.size()), texts.data(), nullptr)));
  if (reply == nullptr) return absl::UnavailableError(context->errstr);
  if (reply->type == REDIS_REPLY_ERROR) {
    return absl::UnavailableError(absl::StrCat(words[0], " ", words[1], ": ", reply->str));
  }
  return reply;
}

}  // namespace

absl::StatusOr<std::unique_ptr<RedisCluster>> RedisCluster::Start(const std::string& folder,
                                                                  std::size_t primaries,
                                                                  Replicas replicas) {
  auto cluster = std::unique_ptr<RedisCluster>(new RedisCluster());
  cluster->primaries_ = primaries;
  const std::size_t nodes = replicas == Replicas::kNone ? primaries : 2 * primaries;
  for (std::size_t i = 0; i < nodes; ++i) {
    const int bus_port = FreePort();
    auto node = RedisServer::Start(
        absl::StrCat(folder, "/node", i), 0, false,
        {"--cluster-enabled", "yes", "--cluster-port", std::to_string(bus_port),
         "--cluster-node-timeout", "2000", "--cluster-require-full-coverage", "no"});
    if (!node.ok()) return node.status();
    cluster->nodes_.push_back(*std::move(node));
    cluster->bus_ports_.push_back(bus_port);
  }
  if (absl::Status status = cluster->Form(); !status.ok()) return status;
  if (absl::Status status = cluster->AttachReplicas(); !status.ok()) return status;
  return cluster;
}

absl::Status RedisCluster::Form() {
  const int share = kSlots / static_cast<int>(primaries_);
  for (std::size_t i = 0; i < size(); ++i) {
    const int first = static_cast<int>(i) * share;
    const int last = i + 1 == primaries_ ? kSlots - 1 : first + share - 1;
    if (i < primaries_) {
      auto given = Send(*nodes_[i],
                        {"CLUSTER", "ADDSLOTSRANGE", std::to_string(first), std::to_string(last)});
      if (!given.ok()) return given.status();
    }
    auto epoch = Send(*nodes_[i], {"CLUSTER", "SET-CONFIG-EPOCH", std::to_string(i + 1)});
    if (!epoch.ok()) return epoch.status();
    if (i == 0) continue;
    auto met = Send(*nodes_[0], {"CLUSTER", "MEET", "127.0.0.1", std::to_string(nodes_[i]->port()),
                                 std::to_string(bus_ports_[i])});
    if (!met.ok()) return met.status();
  }
  if (WaitUntil([this] { return Healthy(); }, kForming)) return absl::OkStatus();
  return absl::UnavailableError("the nodes of the Redis Cluster do not find each other");
}

absl::Status RedisCluster::AttachReplicas() {
  for (std::size_t i = primaries_; i < size(); ++i) {
    const auto primary = Id(i - primaries_);
    if (!primary.ok()) return primary.status();
    auto told = Send(*nodes_[i], {"CLUSTER", "REPLICATE", *primary});
    if (!told.ok()) return told.status();
  }
  if (WaitUntil([this] { return Replicating(); }, kForming)) return absl::OkStatus();
  return absl::UnavailableError("the replicas of the Redis Cluster do not reach their primaries");
}

bool RedisCluster::Replicating() {
  std::size_t in_step = 0;
  for (const auto& node : nodes_) {
    auto info = Send(*node, {"INFO", "replication"});
    if (!info.ok()) return false;
    in_step += absl::StrContains(std::string((*info)->str, (*info)->len), "state=online") ? 1 : 0;
  }
  return in_step == size() - primaries_;
}

bool RedisCluster::Healthy() {
  return std::all_of(nodes_.begin(), nodes_.end(), [this](const auto& node) {
    auto info = Send(*node, {"CLUSTER", "INFO"});
    if (!info.ok()) return false;
    const std::string text((*info)->str, (*info)->len);
    return absl::StrContains(text, "cluster_state:ok") &&
           absl::StrContains(text, "cluster_slots_ok:16384") &&
           absl::StrContains(text, absl::StrCat("cluster_known_nodes:", size()));
  });
}

absl::StatusOr<std::string> RedisCluster::Id(std::size_t i) {
  auto id = Send(*nodes_[i], {"CLUSTER", "MYID"});
  if (!id.ok()) return id.status();
  return std::string((*id)->str, (*id)->len);
}

absl::StatusOr<std::size_t> RedisCluster::OwnerOf(int slot) {
  const auto running =
      std::find_if(nodes_.begin(), nodes_.end(), [](const auto& node) { return node->Running(); });
  if (running == nodes_.end()) return absl::UnavailableError("no node runs");
  auto ranges = Send(**running, {"CLUSTER", "SLOTS"});
  if (!ranges.ok()) return ranges.status();
  for (std::size_t i = 0; i < (*ranges)->elements; ++i) {
    const redisReply& range = *(*ranges)->element[i];
    if (slot < range.element[0]->integer || slot > range.element[1]->integer) continue;
    for (std::size_t owner = 0; owner < size(); ++owner) {
      if (nodes_[owner]->port() == range.element[2]->element[1]->integer) return owner;
    }
  }
  return absl::NotFoundError(absl::StrCat("nobody owns slot ", slot));
}

absl::Status RedisCluster::Announce(int slot, std::size_t from, std::size_t to) {
  const auto source = Id(from);
  if (!source.ok()) return source.status();
  const auto target = Id(to);
  if (!target.ok()) return target.status();
  const std::string number = std::to_string(slot);
  const auto told = Send(*nodes_[to], {"CLUSTER", "SETSLOT", number, "IMPORTING", *source});
  if (!told.ok()) return told.status();
  return Send(*nodes_[from], {"CLUSTER", "SETSLOT", number, "MIGRATING", *target}).status();
}

absl::StatusOr<std::size_t> RedisCluster::MoveKeys(int slot, std::size_t from, std::size_t to) {
  const auto keys =
      Send(*nodes_[from], {"CLUSTER", "GETKEYSINSLOT", std::to_string(slot), kKeysAtOnce});
  if (!keys.ok()) return keys.status();
  if ((*keys)->elements == 0) return 0;
  std::vector<std::string> words = {
      "MIGRATE", "127.0.0.1", std::to_string(nodes_[to]->port()), "", "0", "5000", "KEYS"};
  for (std::size_t i = 0; i < (*keys)->elements; ++i) {
    words.emplace_back((*keys)->element[i]->str, (*keys)->element[i]->len);
  }
  if (const auto told = Send(*nodes_[from], words); !told.ok()) return told.status();
  return (*keys)->elements;
}

absl::Status RedisCluster::MoveSomeKeys(int slot, std::size_t from, std::size_t to) {
  if (absl::Status status = Announce(slot, from, to); !status.ok()) return status;
  return MoveKeys(slot, from, to).status();
}

absl::Status RedisCluster::Move(int slot, std::size_t from, std::size_t to) {
  if (absl::Status status = Announce(slot, from, to); !status.ok()) return status;
  while (true) {
    const auto carried = MoveKeys(slot, from, to);
    if (!carried.ok()) return carried.status();
    if (*carried == 0) break;
  }
  const auto target = Id(to);
  if (!target.ok()) return target.status();
  // The new owner first: the old one must find the slot taken.
  std::vector<std::size_t> order = {to, from};
  for (std::size_t node = 0; node < size(); ++node) {
    if (node != to && node != from) order.push_back(node);
  }
  for (const std::size_t node : order) {
    const auto told =
        Send(*nodes_[node], {"CLUSTER", "SETSLOT", std::to_string(slot), "NODE", *target});
    if (!told.ok()) return told.status();
  }
  return absl::OkStatus();
}

}  // namespace pepline
