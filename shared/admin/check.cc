#include "shared/admin/check.h"

#include <algorithm>
#include <limits>
#include <set>

namespace pepline {
namespace {

constexpr int kAll = std::numeric_limits<int>::max();
constexpr int kPage = 1000;
// A record that changes at every look is a live one and in order by its own commits.
constexpr int kMostLooks = 20;

// What one id asks for, over all kinds that have a record of it in the partition.
struct Wanted {
  std::map<RecordKey, std::optional<absl::Time>> alarms;
  std::map<IndexEntry, std::string> index;  // and of which kind
  std::vector<Commit::Write> seen;          // every record that was looked at, with its revision
  std::optional<RecordKey> unreadable;
};

// The same as it is stored.
struct Standing {
  std::map<RecordKey, absl::Time> alarms;
  std::set<IndexEntry> index;
};

class PartitionCheck {
 public:
  PartitionCheck(const CheckedService& service, int partition, bool repair, CheckResult& result)
      : service_(service), partition_(partition), repair_(repair), result_(result) {}

  absl::Status Run(const StoredKeys& keys, const std::function<void()>& looked_at);

 private:
  const RecordKind* KindOf(const std::string& kind) const;
  std::optional<Target> TargetHere(const RecordKind& kind, const std::string& id) const;
  void SortRecords(const StoredKeys& keys);
  absl::Status ReadAlarms();
  absl::Status ReadIndex(const std::vector<IndexEntry>& entries);
  // Every kind that may have a record of the id is asked, or those alone that the names told of.
  absl::StatusOr<Wanted> Want(const std::string& id, bool every_kind) const;
  absl::StatusOr<bool> HasMember(const IndexEntry& entry, const std::string& id) const;
  std::vector<Difference> Compare(const std::string& id, const Wanted& wanted) const;
  std::optional<Fault> CompareAlarm(const RecordKey& key, std::optional<absl::Time> wanted) const;
  absl::StatusOr<bool> Unchanged(const Wanted& wanted) const;
  absl::Status Confirm(std::set<std::string> suspects);
  absl::StatusOr<bool> Mend(const Wanted& wanted, const std::vector<Difference>& differences) const;
  void Report(const std::vector<Difference>& differences, bool mended);

  const CheckedService& service_;
  const int partition_;
  const bool repair_;
  CheckResult& result_;
  std::map<std::string, Standing> standing_;  // by id
  std::set<RecordKey> held_;                  // as the names told
  std::set<RecordKey> foretold_;
  std::map<Difference, bool> found_;  // and whether it was mended
};

const RecordKind* PartitionCheck::KindOf(const std::string& kind) const {
  const auto found = std::ranges::find(service_.kinds, kind, &RecordKind::kind);
  return found == service_.kinds.end() ? nullptr : &*found;
}

std::optional<Target> PartitionCheck::TargetHere(const RecordKind& kind,
                                                 const std::string& id) const {
  auto target = kind.target(id);
  if (!target || PartitionOf(target->routing_id, service_.store.partitions()) != partition_) {
    return std::nullopt;
  }
  return target;
}

void PartitionCheck::SortRecords(const StoredKeys& keys) {
  for (const RecordKey& key : keys.records) {
    const RecordKind* kind = KindOf(key.kind);
    if (kind == nullptr) {
      Report({{Fault::kRecordOfUnknownKind, partition_, key, {}}}, false);
      continue;
    }
    ++result_.records[key.kind];
    if (!TargetHere(*kind, key.id)) {
      Report({{Fault::kRecordInAnotherPartition, partition_, key, {}}}, false);
      continue;
    }
    standing_[key.id];
    held_.insert(key);
    if (!kind->foretells) continue;
    if (auto foretold = kind->foretells(key.id)) {
      standing_[foretold->id];
      foretold_.insert(*std::move(foretold));
    }
  }
}

absl::Status PartitionCheck::ReadAlarms() {
  auto alarms = service_.store.DueAlarms(partition_, absl::InfiniteFuture(), kAll);
  if (!alarms.ok()) return alarms.status();
  for (auto& [id, standing] : standing_) standing.alarms.clear();
  for (const DueAlarm& alarm : *alarms) standing_[alarm.key.id].alarms[alarm.key] = alarm.due_at;
  return absl::OkStatus();
}

absl::Status PartitionCheck::ReadIndex(const std::vector<IndexEntry>& entries) {
  for (const IndexEntry& entry : entries) {
    std::string after;
    while (true) {
      auto members = service_.store.ListIndex(partition_, entry, after, kPage);
      if (!members.ok()) return members.status();
      for (const std::string& member : *members) standing_[member].index.insert(entry);
      result_.index_entries += static_cast<int>(members->size());
      if (members->size() < static_cast<std::size_t>(kPage)) break;
      after = members->back();
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> PartitionCheck::HasMember(const IndexEntry& entry,
                                               const std::string& id) const {
  // Members come in text order, so the search begins shortly before the id.
  std::string after = id.empty() ? "" : id.substr(0, id.size() - 1);
  while (true) {
    auto members = service_.store.ListIndex(partition_, entry, after, kPage);
    if (!members.ok()) return members.status();
    if (std::ranges::binary_search(*members, id)) return true;
    if (members->size() < static_cast<std::size_t>(kPage) || members->back() > id) return false;
    after = members->back();
  }
}

absl::StatusOr<Wanted> PartitionCheck::Want(const std::string& id, bool every_kind) const {
  Wanted wanted;
  std::set<RecordKey> looked_at;
  for (const RecordKind& kind : service_.kinds) {
    const auto target = TargetHere(kind, id);
    if (!target) continue;
    const RecordKey& key = target->keys.front();
    const auto standing = standing_.find(id);
    const bool named = held_.contains(key) || foretold_.contains(key) ||
                       (standing != standing_.end() && standing->second.alarms.contains(key));
    if (!named && !every_kind) continue;
    auto loaded = service_.store.Load(partition_, target->keys, "");
    if (absl::IsDataLoss(loaded.status())) {
      wanted.unreadable = key;
      continue;
    }
    if (!loaded.ok()) return loaded.status();
    for (std::size_t i = 0; i < target->keys.size(); ++i) {
      if (!looked_at.insert(target->keys[i]).second) continue;
      const auto& record = loaded->records[i];
      wanted.seen.push_back({.key = target->keys[i],
                             .expected_revision = record ? record->revision : 0,
                             .bytes = std::nullopt});
    }
    if (!named && !loaded->records.front()) continue;
    auto envelopes = OpenEnvelopes(*loaded);
    absl::StatusOr<Derived> derived = envelopes.ok() ? kind.derive(id, StatesOf(*envelopes))
                                                     : absl::StatusOr<Derived>(envelopes.status());
    if (absl::IsDataLoss(derived.status())) {
      wanted.unreadable = key;
      continue;
    }
    if (!derived.ok()) return derived.status();
    wanted.alarms[key] = derived->wake;
    for (IndexEntry& entry : derived->index) wanted.index[std::move(entry)] = kind.kind;
  }
  return wanted;
}

std::optional<Fault> PartitionCheck::CompareAlarm(const RecordKey& key,
                                                  std::optional<absl::Time> wanted) const {
  const auto& alarms = standing_.at(key.id).alarms;
  const auto found = alarms.find(key);
  if (found == alarms.end()) {
    return wanted ? std::optional(Fault::kAlarmMissing) : std::nullopt;
  }
  const absl::Time stored = found->second;
  // It fires and is set again; no commit takes away what is due so soon (Commit::Alarm).
  if (stored <= service_.clock.Now() + kDueAlready) return std::nullopt;
  if (!wanted) return Fault::kAlarmForNothing;
  // Stored to the microsecond.
  const absl::Time exact = absl::FromUnixMicros(absl::ToUnixMicros(*wanted));
  return stored == exact ? std::nullopt : std::optional(Fault::kAlarmAtAnotherInstant);
}

std::vector<Difference> PartitionCheck::Compare(const std::string& id, const Wanted& wanted) const {
  if (wanted.unreadable) return {{Fault::kRecordUnreadable, partition_, *wanted.unreadable, {}}};
  std::vector<Difference> differences;
  const Standing& standing = standing_.at(id);
  auto wants = wanted.alarms;
  for (const auto& [key, at] : standing.alarms) wants.try_emplace(key, std::nullopt);
  for (const auto& [key, at] : wants) {
    if (auto fault = CompareAlarm(key, at)) differences.push_back({*fault, partition_, key, {}});
  }
  for (const auto& [entry, kind] : wanted.index) {
    if (standing.index.contains(entry)) continue;
    differences.push_back({Fault::kIndexEntryMissing, partition_, {kind, id}, entry});
  }
  for (const IndexEntry& entry : standing.index) {
    if (wanted.index.contains(entry)) continue;
    // Another entry of the list tells whose it is.
    const auto other = std::ranges::find_if(
        wanted.index, [&](const auto& one) { return one.first.name == entry.name; });
    const std::string kind = other == wanted.index.end() ? "" : other->second;
    differences.push_back({Fault::kIndexEntryTooMany, partition_, {kind, id}, entry});
  }
  return differences;
}

absl::StatusOr<bool> PartitionCheck::Unchanged(const Wanted& wanted) const {
  std::vector<Store::Place> places;
  for (const Commit::Write& seen : wanted.seen) places.push_back({partition_, seen.key});
  auto revisions = service_.store.Revisions(places);
  if (absl::IsDataLoss(revisions.status())) return true;  // reported as unreadable
  if (!revisions.ok()) return revisions.status();
  return std::ranges::equal(*revisions, wanted.seen, {}, {}, &Commit::Write::expected_revision);
}

absl::Status PartitionCheck::Run(const StoredKeys& keys, const std::function<void()>& looked_at) {
  SortRecords(keys);
  if (absl::Status read = ReadAlarms(); !read.ok()) return read;
  for (const auto& [id, standing] : standing_) {
    result_.alarms += static_cast<int>(standing.alarms.size());
  }
  if (absl::Status read = ReadIndex(keys.index); !read.ok()) return read;
  std::set<std::string> suspects;
  for (const auto& [id, standing] : standing_) {
    auto wanted = Want(id, /*every_kind=*/false);
    if (!wanted.ok()) return wanted.status();
    if (!Compare(id, *wanted).empty()) suspects.insert(id);
    looked_at();
  }
  if (absl::Status confirmed = Confirm(std::move(suspects)); !confirmed.ok()) return confirmed;
  for (const auto& [difference, mended] : found_) {
    result_.differences.push_back(difference);
    result_.differences.back().mended = mended;
  }
  return absl::OkStatus();
}

// Looks again at what differed: first the records, then what is stored beside them, then whether
// the records are still the same.
absl::Status PartitionCheck::Confirm(std::set<std::string> suspects) {
  for (int look = 0; look < kMostLooks && !suspects.empty(); ++look) {
    std::map<std::string, Wanted> wanted;
    for (const std::string& id : suspects) {
      auto one = Want(id, /*every_kind=*/true);
      if (!one.ok()) return one.status();
      wanted[id] = *std::move(one);
    }
    if (absl::Status read = ReadAlarms(); !read.ok()) return read;
    std::set<std::string> again;
    for (const auto& [id, one] : wanted) {
      std::set<IndexEntry> entries = standing_[id].index;
      for (const auto& [entry, kind] : one.index) entries.insert(entry);
      standing_[id].index.clear();
      for (const IndexEntry& entry : entries) {
        auto has = HasMember(entry, id);
        if (!has.ok()) return has.status();
        if (*has) standing_[id].index.insert(entry);
      }
      auto unchanged = Unchanged(one);
      if (!unchanged.ok()) return unchanged.status();
      std::vector<Difference> differences = Compare(id, one);
      bool mended = false;
      if (*unchanged && !differences.empty() && repair_ && !one.unreadable) {
        auto done = Mend(one, differences);
        if (!done.ok()) return done.status();
        mended = *done;
      }
      // Once more: to see it mended, or because somebody was at work on it.
      const bool tried = repair_ && !differences.empty() && !one.unreadable;
      if (!*unchanged || tried) again.insert(id);
      if (*unchanged) Report(differences, mended);
    }
    suspects = std::move(again);
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> PartitionCheck::Mend(const Wanted& wanted,
                                          const std::vector<Difference>& differences) const {
  // An alarm that a changed fact sets meanwhile stays.
  Commit commit{.partition = partition_, .now = service_.clock.Now()};
  commit.writes = wanted.seen;
  for (const Difference& difference : differences) {
    if (difference.fault == Fault::kIndexEntryMissing ||
        difference.fault == Fault::kIndexEntryTooMany) {
      commit.index.push_back(
          {difference.entry, difference.key.id, difference.fault == Fault::kIndexEntryMissing});
      continue;
    }
    const auto at = wanted.alarms.find(difference.key);
    commit.alarms.push_back(
        {difference.key, at == wanted.alarms.end() ? std::nullopt : at->second});
  }
  auto applied = service_.store.Apply(commit);
  if (absl::IsAborted(applied.status())) return false;
  if (!applied.ok()) return applied.status();
  return true;
}

void PartitionCheck::Report(const std::vector<Difference>& differences, bool mended) {
  for (const Difference& difference : differences) found_[difference] = mended;
}

}  // namespace

RecordKind KeptKind(
    std::string_view kind,
    std::function<absl::StatusOr<std::vector<IndexEntry>>(const std::string& state)> index) {
  RecordKind kept{.kind = std::string(kind), .target = {}, .derive = {}};
  kept.target = [name = kept.kind](const std::string& id) -> std::optional<Target> {
    return Target{id, {{name, id}}};
  };
  kept.derive = [index = std::move(index)](
                    const std::string&, const RecordKind::Parts& parts) -> absl::StatusOr<Derived> {
    Derived derived;
    if (!index || !parts.front()) return derived;
    auto entries = index(*parts.front());
    if (!entries.ok()) return entries.status();
    derived.index = *std::move(entries);
    return derived;
  };
  kept.comparable = [](const RecordKind::Parts& parts) -> absl::StatusOr<std::string> {
    return parts.front().value_or("");
  };
  return kept;
}

std::string_view FaultName(Fault fault) {
  switch (fault) {
    case Fault::kAlarmMissing:
      return "alarm missing";
    case Fault::kAlarmAtAnotherInstant:
      return "alarm at another instant";
    case Fault::kAlarmForNothing:
      return "alarm for nothing";
    case Fault::kIndexEntryMissing:
      return "index entry missing";
    case Fault::kIndexEntryTooMany:
      return "index entry too many";
    case Fault::kRecordUnreadable:
      return "record unreadable";
    case Fault::kRecordOfUnknownKind:
      return "record of unknown kind";
    case Fault::kRecordInAnotherPartition:
      return "record in another partition";
  }
  return "";
}

absl::StatusOr<CheckResult> Check(const CheckedService& service, bool repair,
                                  const std::function<void(int done, int all)>& progress) {
  auto inventory = service.inventory.Take();
  if (!inventory.ok()) return inventory.status();
  int all = 0;
  for (const StoredKeys& keys : *inventory) all += static_cast<int>(keys.records.size());
  CheckResult result;
  int done = 0;
  for (int partition = 0; partition < service.store.partitions(); ++partition) {
    PartitionCheck check(service, partition, repair, result);
    absl::Status checked = check.Run((*inventory)[static_cast<std::size_t>(partition)], [&] {
      done = std::min(done + 1, all);  // ids that only a list names are no records
      if (progress) progress(done, all);
    });
    if (!checked.ok()) return checked;
  }
  std::sort(result.differences.begin(), result.differences.end());
  return result;
}

}  // namespace pepline
