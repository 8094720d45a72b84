#include "services/notifications/domain/digest.h"

#include <algorithm>
#include <utility>

namespace pepline::notifications {
namespace {

bool IsAmong(const std::vector<DigestItem>& items, const DigestItem& item) {
  return std::ranges::find(items, item) != items.end();
}

}  // namespace

bool MayJoinDigest(const PendingDelivery& pending, absl::Time now) {
  return IsReminder(pending.level) && now - pending.since < kDigestGivenUp;
}

Decision<DigestEvent> Digest::Decide(const DigestState& state, const DigestCommand& command,
                                     const DigestFacts& facts) {
  std::vector<DigestEvent> events;
  DigestState next = state;
  const auto emit = [&](DigestEvent event) {
    next = Evolve(std::move(next), event);
    events.push_back(std::move(event));
  };
  // Whichever command finds it due: otherwise one that is joined while its alarm is late would have
  // an alarm in the past.
  const bool is_full = state.items.size() >= kMostOfDigest;
  if (!state.items.empty() && (state.due_at <= facts.now || is_full)) {
    emit(DigestTaken{state.due_at, facts.now, state.items});
  }
  if (const auto* join = std::get_if<JoinDigest>(&command)) {
    const bool is_under_way =
        IsAmong(next.taken, join->item) && facts.now - next.taken_at < kGathers;
    if (!is_under_way && !IsAmong(next.items, join->item)) {
      emit(DigestJoined{join->item, next.items.empty() ? facts.now + kGathers : next.due_at});
    }
  }
  return events;
}

DigestState Digest::Evolve(DigestState state, const DigestEvent& event) {
  std::visit(Match{[&](const DigestJoined& joined) {
                     state.items.push_back(joined.item);
                     state.due_at = joined.due_at;
                   },
                   [&](const DigestTaken& taken) {
                     state.taken = taken.items;
                     state.taken_at = taken.at;
                     state.items.clear();
                     state.due_at = absl::Time();
                   }},
             event);
  return state;
}

std::optional<absl::Time> Digest::NextWake(const DigestState& state, const DigestFacts&) {
  if (state.items.empty()) return std::nullopt;
  return state.due_at;
}

// It is found by who is told; what waits is in the lists of its alerts.
std::vector<IndexEntry> Digest::Index(const DigestState&) { return {}; }

}  // namespace pepline::notifications
