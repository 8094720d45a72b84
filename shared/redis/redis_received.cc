// The last events received of source aggregates, as RedisStore keeps them.
#include <map>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "redis/received_lua.h"
#include "shared/base/digest.h"
#include "shared/redis/redis_forms.h"
#include "shared/redis/redis_nodes.h"
#include "shared/redis/redis_store.h"
#include "shared/redis/redis_store_parts.h"

namespace pepline {
namespace {

// Of each partition so many hashes that Redis keeps each of them in its compact form (at most 128
// fields) with a hundred thousand source aggregates in a partition.
constexpr std::uint64_t kReceivedHashes = 1024;

// Where the last event of a source aggregate is kept: which hash, and in which field.
struct ReceivedPlace {
  std::string hash;
  std::string field;
};
ReceivedPlace PlaceOf(const std::string& aggregate) {
  const std::uint64_t hash = StableHash(aggregate);
  std::string field;
  for (int byte = 7; byte >= 0; --byte) {
    field.push_back(static_cast<char>(hash >> (8 * byte) & 0xff));
  }
  return {absl::StrCat("received:", (hash >> 32) % kReceivedHashes), std::move(field)};
}

absl::StatusOr<std::optional<ReceivedVersion>> ParseReceived(const redisReply& reply) {
  if (reply.type == REDIS_REPLY_NIL) return std::optional<ReceivedVersion>();
  const std::string text = Text(reply);
  const auto colon = text.find(':');
  ReceivedVersion last;
  if (colon == std::string::npos || !absl::SimpleAtoi(text.substr(0, colon), &last.version) ||
      !absl::SimpleHexAtoi(text.substr(colon + 1), &last.digest)) {
    return absl::DataLossError("what is kept of received events cannot be read");
  }
  return std::optional(last);
}

}  // namespace

std::vector<absl::StatusOr<std::optional<ReceivedVersion>>> RedisStore::LoadReceived(
    const std::vector<SourceAggregate>& aggregates) {
  std::vector<RedisCommand> calls;
  for (const SourceAggregate& aggregate : aggregates) {
    const int partition = PartitionOf(aggregate.routing, partitions());
    ReceivedPlace place = PlaceOf(aggregate.id);
    calls.push_back({parts_->SlotOf(partition),
                     {"HGET", parts_->Key(partition, place.hash), std::move(place.field)}});
  }
  std::vector<absl::StatusOr<std::optional<ReceivedVersion>>> all;
  if (calls.empty()) return all;
  for (const auto& reply : parts_->nodes.CallEach(std::move(calls))) {
    if (reply.ok()) {
      all.push_back(ParseReceived(**reply));
    } else {
      all.emplace_back(reply.status());
    }
  }
  return all;
}

absl::Status RedisStore::KeepReceived(const std::vector<Received>& received) {
  static const std::string digest = Sha1InHex(kReceivedLua);
  struct Script {
    RedisArguments keys, values;
  };
  std::map<int, Script> by_partition;
  for (const Received& one : received) {
    const int partition = PartitionOf(one.aggregate.routing, partitions());
    ReceivedPlace place = PlaceOf(one.aggregate.id);
    Script& script = by_partition[partition];
    script.keys.push_back(parts_->Key(partition, place.hash));
    script.values.push_back(std::move(place.field));
    script.values.push_back(std::to_string(one.last.version));
    script.values.push_back(absl::StrFormat("%d:%08x", one.last.version, one.last.digest));
  }
  std::vector<RedisCommand> calls;
  for (auto& [partition, script] : by_partition) {
    RedisArguments call = {"EVALSHA", digest, std::to_string(script.keys.size())};
    call.insert(call.end(), script.keys.begin(), script.keys.end());
    call.insert(call.end(), script.values.begin(), script.values.end());
    calls.push_back({parts_->SlotOf(partition), std::move(call)});
  }
  absl::Status first;
  if (calls.empty()) return first;
  const auto replies = parts_->nodes.CallEach(calls);
  for (std::size_t i = 0; i < replies.size(); ++i) {
    absl::Status status = replies[i].status();
    if (absl::IsNotFound(status)) {  // Redis has not seen the script, or forgot it
      calls[i].arguments[0] = "EVAL";
      calls[i].arguments[1] = kReceivedLua;
      status = parts_->nodes.Call(calls[i].slot, std::move(calls[i].arguments)).status();
    }
    first.Update(status);
  }
  return first;
}

}  // namespace pepline
