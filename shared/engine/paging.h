// Pages of what look-up lists name. A list is kept where a filter alone would leave too much to
// pass over; everything else is a filter on the records of the nearest list.
// Promises: a page is in a stable order, each record on one page; a record that is changed
// meanwhile may be on none or on two. A page is full while there is more, but no call looks at more
// than kMostLookedAt records: the page is shorter then, and has a token to go on with.
// Errors: InvalidArgument for a token that was not given out; DataLoss for a record that cannot be
// read; whatever the store answers. Threads: safe from any thread; blocks on the store.
#ifndef PEPLINE_SHARED_ENGINE_PAGING_H_
#define PEPLINE_SHARED_ENGINE_PAGING_H_

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "shared/engine/execute.h"
#include "shared/store/store.h"

namespace pepline {

inline constexpr int kMostLookedAt = 5000;

// Which records a page is taken from.
struct ListedRecords {
  IndexEntry entry;
  // Only the partition of this id; empty: all partitions.
  std::string routing_id = {};
  // Only members that begin with it, such as "<child>." where ids of a child's records do.
  std::string prefix = {};
};

// One page of the ids alone. `page_token` is empty for the first page, else the last page's token;
// page_size 1 to 1000.
struct IndexPage {
  std::vector<std::string> members;
  std::string next_page_token;  // empty: no more
};
absl::StatusOr<IndexPage> ListAcross(Store& store, const ListedRecords& from, int page_size,
                                     std::string_view page_token);

// The records of a listed member, which lie in the partition that lists it. No keys: the member is
// passed over.
using TargetOfMember = std::function<Target(const std::string& member)>;

template <class State>
struct StatePage {
  std::vector<State> states;
  std::string next_page_token;  // empty: no more
};

// What both kinds of page stand on (paging.cc).
namespace paging_internal {
// Of Target::keys and of Target::also.
struct Records {
  RecordStates keys, also;
};
// Adds the member to the page if it fits and there is room; answers whether it fits.
using Look = std::function<absl::StatusOr<bool>(const std::string& member, const Records& records,
                                                bool room)>;
// Answers the token of the next page.
absl::StatusOr<std::string> Walk(Store& store, const ListedRecords& from,
                                 const TargetOfMember& target_of, int page_size,
                                 std::string_view page_token, const Look& look);
}  // namespace paging_internal

// One page of the states that `fits` lets through. Of each member's records `keys` are for
// Codec::Decode and `also` for `fits`; those of many members come in one round trip.
template <class Codec>
absl::StatusOr<StatePage<typename RulesOf<Codec>::State>> ReadListed(
    Store& store, const ListedRecords& from, const TargetOfMember& target_of, int page_size,
    std::string_view page_token,
    const std::function<absl::StatusOr<bool>(const typename RulesOf<Codec>::State&,
                                             const RecordStates& also)>& fits) {
  StatePage<typename RulesOf<Codec>::State> page;
  const auto look = [&](const std::string&, const paging_internal::Records& records,
                        bool room) -> absl::StatusOr<bool> {
    if (records.keys.empty() || !records.keys.front()) return false;  // gone since it was listed
    auto state = Codec::Decode(records.keys);
    if (!state.ok()) return state.status();
    auto fit = fits(*state, records.also);
    if (fit.ok() && *fit && room) page.states.push_back(*std::move(state));
    return fit;
  };
  auto next = paging_internal::Walk(store, from, target_of, page_size, page_token, look);
  if (!next.ok()) return next.status();
  page.next_page_token = *std::move(next);
  return page;
}

// All of them, however many: `visit` looks at each state, with the records that its member has
// `also`.
template <class Codec>
absl::Status ForEachListed(Store& store, const ListedRecords& from, const TargetOfMember& target_of,
                           const std::function<absl::Status(const typename RulesOf<Codec>::State&,
                                                            const RecordStates& also)>& visit) {
  using State = typename RulesOf<Codec>::State;
  std::string position;
  do {
    auto page = ReadListed<Codec>(
        store, from, target_of, 1, position,
        [&](const State& state, const RecordStates& also) -> absl::StatusOr<bool> {
          absl::Status visited = visit(state, also);
          if (!visited.ok()) return visited;
          return false;  // on no page
        });
    if (!page.ok()) return page.status();
    position = std::move(page->next_page_token);
  } while (!position.empty());
  return absl::OkStatus();
}

}  // namespace pepline

#endif  // PEPLINE_SHARED_ENGINE_PAGING_H_
