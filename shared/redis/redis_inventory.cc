#include "shared/redis/redis_inventory.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "shared/redis/redis_nodes.h"
#include "shared/redis/redis_topology.h"

namespace pepline {
namespace {

constexpr char kNamesAtOnce[] = "500";
constexpr absl::Duration kLongestConnecting = absl::Seconds(10);
constexpr absl::Duration kBetweenTries = absl::Milliseconds(20);

// Connections are made in the background; for a moment there is none.
template <class Question>
auto Ask(Question question) -> decltype(question()) {
  const absl::Time until = absl::Now() + kLongestConnecting;
  while (true) {
    auto answer = question();
    if (!absl::IsUnavailable(answer.status()) || absl::Now() > until) return answer;
    absl::SleepFor(kBetweenTries);
  }
}

// "{service.07}:plan:chd-1" put where it belongs; names of other services and layouts are none.
void Sort(std::string_view name, std::string_view service, std::vector<StoredKeys>& found) {
  const std::string tag = absl::StrCat("{", std::string(service), ".");
  const auto close = name.find("}:");
  int partition = 0;
  if (name.substr(0, tag.size()) != tag || close == std::string_view::npos ||
      !absl::SimpleAtoi(std::string(name.substr(tag.size(), close - tag.size())), &partition) ||
      partition < 0 || static_cast<std::size_t>(partition) >= found.size()) {
    return;
  }
  StoredKeys& keys = found[static_cast<std::size_t>(partition)];
  name.remove_prefix(close + 2);
  const auto colon = name.find(':');
  if (colon == std::string_view::npos) return;  // the alarms and the outbox
  const std::string kind(name.substr(0, colon));
  const std::string_view rest = name.substr(colon + 1);
  if (kind == "seen" || kind == "received") return;
  if (kind != "ix") {
    keys.records.push_back({kind, std::string(rest)});
    return;
  }
  const auto end = rest.find(':');
  if (end == std::string_view::npos) return;
  keys.index.push_back({std::string(rest.substr(0, end)), std::string(rest.substr(end + 1))});
}

template <class T>
void Order(std::vector<T>& all) {
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());  // SCAN may tell a name twice
}

}  // namespace

absl::StatusOr<std::vector<StoredKeys>> RedisInventory::Take() {
  std::vector<StoredKeys> found(static_cast<std::size_t>(options_.partitions));
  RedisNodes nodes(options_, nullptr);
  std::vector<int> slots;
  for (int partition = 0; partition < options_.partitions; ++partition) {
    slots.push_back(RedisSlot(absl::StrFormat("{%s.%02d}", options_.service, partition)));
  }
  auto reached = Ask([&] { return nodes.OnePerNode(slots); });
  if (!reached.ok()) return reached.status();
  const std::string pattern = absl::StrCat("{", options_.service, ".*");
  for (const int slot : *reached) {
    std::string cursor = "0";
    do {
      auto page = Ask([&] {
        return nodes.Call(slot, {"SCAN", cursor, "MATCH", pattern, "COUNT", kNamesAtOnce});
      });
      if (!page.ok()) return page.status();
      if ((*page)->elements != 2) return absl::UnavailableError("Redis does not tell its keys");
      const redisReply& next = *(*page)->element[0];
      const redisReply& names = *(*page)->element[1];
      cursor.assign(next.str, next.len);
      for (std::size_t i = 0; i < names.elements; ++i) {
        Sort({names.element[i]->str, names.element[i]->len}, options_.service, found);
      }
    } while (cursor != "0");
  }
  for (StoredKeys& keys : found) {
    Order(keys.records);
    Order(keys.index);
  }
  return found;
}

}  // namespace pepline
