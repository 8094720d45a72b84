#include "shared/engine/changed_facts.h"

#include <string>
#include <utility>

namespace pepline {
namespace {

// A script of this many takes well under a millisecond, so that commits pass between two of them.
constexpr int kPage = 250;

}  // namespace

absl::Status ChangedFacts::Note(const RecordKey& fact) {
  const absl::Time now = engine_.clock.Now();
  Commit commit{.partition = PartitionOf(fact.id, engine_.store.partitions())};
  commit.alarms.push_back({.key = fact, .at = now, .anew = true});
  absl::Status noted = engine_.store.Apply(commit).status();
  if (noted.ok() && engine_.on_alarm) engine_.on_alarm(now);
  return noted;
}

absl::Status ChangedFacts::WakePartition(int partition, const WakeUp& wake) {
  std::string after;
  do {
    auto last = engine_.store.WakeListed(partition, wake, after, kPage);
    if (!last.ok()) return last.status();
    after = *std::move(last);
    if (engine_.on_alarm) engine_.on_alarm(wake.at);
  } while (!after.empty());
  return absl::OkStatus();
}

absl::Status ChangedFacts::Spread(const DueAlarm& fact, WakeUp wake) {
  Store& store = engine_.store;
  const int home = PartitionOf(fact.key.id, store.partitions());
  // Before anything is woken: whoever changes the fact from here on sets its alarm anew.
  const auto revisions = store.Revisions({{home, fact.key}});
  if (!revisions.ok()) return revisions.status();
  wake.at = fact.due_at;
  const std::pair change(fact.key, fact.due_at);
  absl::Status trouble;
  for (int partition = 0; partition < store.partitions(); ++partition) {
    {
      absl::MutexLock lock(&mutex_);
      if (done_[change].contains(partition)) continue;
    }
    const absl::Status woken = WakePartition(partition, wake);
    trouble.Update(woken);
    if (!woken.ok()) continue;
    absl::MutexLock lock(&mutex_);
    done_[change].insert(partition);
  }
  if (!trouble.ok()) return trouble;
  Commit commit{.partition = home, .now = engine_.clock.Now()};
  commit.writes.push_back(
      {.key = fact.key, .expected_revision = revisions->front(), .bytes = std::nullopt});
  commit.alarms.push_back({.key = fact.key, .at = std::nullopt, .fired = fact.due_at});
  const absl::Status removed = store.Apply(commit).status();
  // Aborted: a newer fact was kept meanwhile, and its alarm comes.
  if (!removed.ok() && !absl::IsAborted(removed)) return removed;
  absl::MutexLock lock(&mutex_);
  done_.erase(change);
  return absl::OkStatus();
}

}  // namespace pepline
