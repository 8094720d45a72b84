#include "shared/runtime/lists.h"

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
  const auto no_records = [](const std::string&) { return std::vector<RecordKey>(); };
  const auto look = [&](const std::string& member, const lists_internal::Parts&,
                        bool room) -> absl::StatusOr<bool> {
    if (room) page.members.push_back(member);
    return true;
  };
  auto next = lists_internal::Walk(store, from, no_records, page_size, page_token, look);
  if (!next.ok()) return next.status();
  page.next_page_token = *std::move(next);
  return page;
}

namespace lists_internal {
namespace {

using KeysOf = std::function<std::vector<RecordKey>(const std::string& member)>;

// The states of each member's records, in one round trip.
absl::StatusOr<std::vector<Parts>> ReadAll(Store& store, int partition,
                                           const std::vector<std::string>& members,
                                           const KeysOf& keys_of) {
  std::vector<RecordKey> keys;
  std::vector<std::size_t> counts;
  for (const std::string& member : members) {
    auto some = keys_of(member);
    counts.push_back(some.size());
    std::move(some.begin(), some.end(), std::back_inserter(keys));
  }
  if (keys.empty()) return std::vector<Parts>(members.size());
  std::vector<Parts> all;
  auto loaded = store.Load(partition, keys, "");
  if (!loaded.ok()) return loaded.status();
  const auto envelopes = execute_internal::OpenEnvelopes(*loaded);
  if (!envelopes.ok()) return envelopes.status();
  const Parts parts = execute_internal::StateParts(*envelopes);
  auto next = parts.begin();
  for (const std::size_t count : counts) {
    all.emplace_back(next, next + static_cast<std::ptrdiff_t>(count));
    next += static_cast<std::ptrdiff_t>(count);
  }
  return all;
}

}  // namespace

absl::StatusOr<std::string> Walk(Store& store, const ListedRecords& from, const KeysOf& keys_of,
                                 int page_size, std::string_view page_token, const Look& look) {
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
      auto parts = ReadAll(store, position->partition, *members, keys_of);
      if (!parts.ok()) return parts.status();
      for (std::size_t i = 0; i < members->size(); ++i) {
        if (looked_at++ == kMostLookedAt) return position->Token();
        auto fits = look((*members)[i], (*parts)[i], found < wanted);
        if (!fits.ok()) return fits.status();
        // One more than wanted tells that there is a next page.
        if (*fits && found++ == wanted) return position->Token();
        position->after = std::move((*members)[i]);
      }
    }
  }
  return std::string();
}

}  // namespace lists_internal
}  // namespace pepline
