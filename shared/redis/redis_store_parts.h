// What a RedisStore is made of; for its own two sources alone (redis_store.cc has what it does with
// records, redis_layout.cc how it finds out whether this Redis may be used).
// Promises: keys and slots as redis_store.h has them. Errors: those of redis_refusal.h. Threads:
// safe from any thread; calls block.
#ifndef PEPLINE_SHARED_REDIS_REDIS_STORE_PARTS_H_
#define PEPLINE_SHARED_REDIS_REDIS_STORE_PARTS_H_

#include <atomic>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "shared/redis/clock_guard.h"
#include "shared/redis/redis_nodes.h"
#include "shared/redis/redis_store.h"

namespace pepline {

// What is answered where the mark of a partition is missing.
absl::Status EmptiedRedis();

struct RedisStore::Parts {
  Parts(RedisStoreOptions given, Metrics* given_metrics)
      : options(std::move(given)),
        metrics(given_metrics),
        guard(options.trust_clock_after, metrics),
        nodes(options, metrics) {
    for (int partition = 0; partition < options.partitions; ++partition) {
      tags.push_back(absl::StrFormat("{%s.%02d}:", options.service, partition));
      slots.push_back(RedisSlot(tags.back()));
    }
  }

  // A command whose keys are all of this partition.
  absl::StatusOr<RedisReply> Call(int partition, RedisArguments arguments) {
    return nodes.Call(SlotOf(partition), std::move(arguments));
  }
  int SlotOf(int partition) const { return slots[static_cast<std::size_t>(partition)]; }

  std::string Key(int partition, std::string_view rest) const {
    const std::string& tag = tags[static_cast<std::size_t>(partition)];
    std::string key;
    key.reserve(tag.size() + rest.size());
    return key.append(tag).append(rest);
  }
  std::string Key(int partition, const RecordKey& key) const {
    return Key(partition, absl::StrCat(key.kind, ":", key.id));
  }
  std::string Key(int partition, const IndexEntry& entry) const {
    return Key(partition, absl::StrCat("ix:", entry.name, ":", entry.value));
  }
  std::string MarkKey(int partition) const { return Key(partition, "layout"); }
  std::string ServiceKey(std::string_view rest) const {
    return absl::StrCat("{", options.service, "}:", std::string(rest));
  }
  std::string Layout() const { return absl::StrCat("version=1 partitions=", options.partitions); }
  absl::StatusOr<std::string> Find(const std::string& key);  // "" where there is none
  absl::StatusOr<int> CountMarks();
  // What follows the name of the script that writes a commit. `clock`: this machine's.
  RedisArguments ApplyArguments(const Commit& commit, absl::Time clock) const;
  // One command for each partition. Unavailable for all while this machine's clock is not trusted,
  // and for the partitions of a node whose own clock differs.
  std::vector<absl::StatusOr<RedisReply>> CallPartitionsOnTime(
      const std::function<RedisArguments(int partition)>& command);
  // `arguments`: what follows the script's name.
  absl::StatusOr<RedisReply> RunScript(int slot, const char* script, const std::string& digest,
                                       RedisArguments arguments);

  const RedisStoreOptions options;
  Metrics* const metrics;
  ClockGuard guard;
  RedisNodes nodes;
  std::vector<std::string> tags;     // of the partitions: what their keys begin with
  std::vector<int> slots;            // of the partitions
  std::atomic<bool> marked = false;  // every partition had its mark
};

}  // namespace pepline

#endif  // PEPLINE_SHARED_REDIS_REDIS_STORE_PARTS_H_
