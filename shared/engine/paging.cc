#include "shared/engine/paging.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace pepline {
namespace {

constexpr int kMostOnAPage = 1000;
constexpr int kReadAtOnce = 200;
constexpr int kReadFirstOfPrefix = 20;  // few records of a child are the rule

// "<partition>:<last member>"; partitions are walked in order, members of each in text order.
struct Position {
  int partition = 0;
  std::string after;
  std::string Token() const { return absl::StrCat(partition, ":", after); }
};

absl::StatusOr<Position> ParsePosition(std::string_view token, int partitions) {
  Position position;
  if (token.empty()) return position;
  const auto colon = token.find(':');
  if (colon == std::string_view::npos ||
      !absl::SimpleAtoi(std::string(token.substr(0, colon)), &position.partition) ||
      position.partition < 0 || position.partition >= partitions) {
    return absl::InvalidArgumentError(
        "page_token: not a token that was given out; leave it empty for the first page");
  }
  position.after = std::string(token.substr(colon + 1));
  return position;
}

}  // namespace

absl::StatusOr<IndexPage> ListAcross(Store& store, const ListedRecords& from, int page_size,
                                     std::string_view page_token) {
  IndexPage page;
  const auto no_records = [](const std::string&) { return Target(); };
  const auto look = [&](const std::string& member, const paging_internal::Records&,
                        bool room) -> absl::StatusOr<bool> {
    if (room) page.members.push_back(member);
    return true;
  };
  auto next = paging_internal::Walk(store, from, no_records, page_size, page_token, look);
  if (!next.ok()) return next.status();
  page.next_page_token = *std::move(next);
  return page;
}

namespace paging_internal {
namespace {

// The states of each member's records, in one round trip.
absl::StatusOr<std::vector<Records>> ReadAll(Store& store, int partition,
                                             const std::vector<std::string>& members,
                                             const TargetOfMember& target_of) {
  std::vector<RecordKey> keys;
  std::vector<std::pair<std::size_t, std::size_t>> counts;
  for (const std::string& member : members) {
    Target target = target_of(member);
    counts.emplace_back(target.keys.size(), target.also.size());
    std::ranges::move(target.keys, std::back_inserter(keys));
    std::ranges::move(target.also, std::back_inserter(keys));
  }
  if (keys.empty()) return std::vector<Records>(members.size());
  const auto states = LoadStates(store, partition, keys);
  if (!states.ok()) return states.status();
  auto next = states->begin();
  const auto take = [&next](std::size_t count) {
    const auto first = next;
    next += static_cast<std::ptrdiff_t>(count);
    return RecordStates(first, next);
  };
  std::vector<Records> all;
  for (const auto& [own, also] : counts) {
    Records& records = all.emplace_back();
    records.keys = take(own);
    records.also = take(also);
  }
  return all;
}

}  // namespace

absl::StatusOr<std::string> Walk(Store& store, const ListedRecords& from,
                                 const TargetOfMember& target_of, int page_size,
                                 std::string_view page_token, const Look& look) {
  auto position = ParsePosition(page_token, store.partitions());
  if (!position.ok()) return position.status();
  int end = store.partitions();
  if (!from.routing_id.empty()) {
    const int only = PartitionOf(from.routing_id, store.partitions());
    if (!page_token.empty() && position->partition != only) {
      return absl::InvalidArgumentError("page_token: it belongs to a list with another filter");
    }
    position->partition = only;
    end = only + 1;
  }
  const int wanted = std::clamp(page_size, 1, kMostOnAPage);
  int found = 0, looked_at = 0;
  for (; position->partition < end; ++position->partition, position->after.clear()) {
    position->after = std::max(position->after, from.prefix);
    int at_once = from.prefix.empty() ? kReadAtOnce : kReadFirstOfPrefix;
    bool more = true;
    while (more) {
      auto members = store.ListIndex(position->partition, from.entry, position->after, at_once);
      if (!members.ok()) return members.status();
      const auto foreign = std::find_if(
          members->begin(), members->end(),
          [&](const std::string& member) { return !absl::StartsWith(member, from.prefix); });
      more = members->size() == static_cast<std::size_t>(at_once) && foreign == members->end();
      at_once = kReadAtOnce;
      members->erase(foreign, members->end());
      auto records = ReadAll(store, position->partition, *members, target_of);
      if (!records.ok()) return records.status();
      for (std::size_t i = 0; i < members->size(); ++i) {
        if (looked_at++ == kMostLookedAt) return position->Token();
        auto fits = look((*members)[i], (*records)[i], found < wanted);
        if (!fits.ok()) return fits.status();
        // One more than wanted tells that there is a next page.
        if (*fits && found++ == wanted) return position->Token();
        position->after = std::move((*members)[i]);
      }
    }
  }
  return std::string();
}

}  // namespace paging_internal
}  // namespace pepline
