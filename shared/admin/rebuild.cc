#include "shared/admin/rebuild.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "shared/base/digest.h"
#include "shared/engine/envelopes.h"

namespace pepline {
namespace {

constexpr std::size_t kRecordsInACommit = 200;

const RecordKind* KindOf(const CheckedService& service, const std::string& kind) {
  const auto found = std::ranges::find(service.kinds, kind, &RecordKind::kind);
  return found == service.kinds.end() ? nullptr : &*found;
}

// Everything of one partition, in commits of a bounded size.
class PartitionWriter {
 public:
  PartitionWriter(const CheckedService& memory, Store& store, int partition)
      : memory_(memory), store_(store), partition_(partition) {
    commit_.partition = partition;
  }

  absl::Status Add(const RecordKey& key) {
    const RecordKind* kind = KindOf(memory_, key.kind);
    if (kind == nullptr) return absl::InternalError("a rebuilt record of a kind nobody lists");
    const auto target = kind->target(key.id);
    if (!target) return absl::DataLossError("an event belongs to no record of its kind");
    auto loaded = memory_.store.Load(partition_, target->keys, "");
    if (!loaded.ok()) return loaded.status();
    const auto& own = loaded->records.front();
    auto envelopes = OpenEnvelopes(*loaded);
    if (!envelopes.ok()) return envelopes.status();
    auto derived = kind->derive(key.id, StatesOf(*envelopes));
    if (!derived.ok()) return derived.status();
    if (own) {
      commit_.writes.push_back({.key = key, .expected_revision = 0, .bytes = own->bytes});
    }
    if (derived->wake) commit_.alarms.push_back({key, derived->wake});
    for (IndexEntry& entry : derived->index) commit_.index.push_back({std::move(entry), key.id});
    if (own && kind->foretells) {
      const auto foretold = kind->foretells(key.id);
      if (foretold) {
        auto there = memory_.store.Load(partition_, {*foretold}, "");
        if (!there.ok()) return there.status();
        if (!there->records.front()) {
          if (absl::Status added = Add(*foretold); !added.ok()) return added;
        }
      }
    }
    return commit_.writes.size() < kRecordsInACommit ? absl::OkStatus() : Flush();
  }

  absl::Status Flush() {
    if (commit_.writes.empty() && commit_.alarms.empty()) return absl::OkStatus();
    auto applied = store_.Apply(commit_);
    commit_ = Commit{.partition = partition_};
    if (absl::IsAborted(applied.status())) {
      return absl::FailedPreconditionError(
          "somebody writes to this Redis; stop every replica of the service, empty it, and "
          "rebuild again");
    }
    return applied.status();
  }

 private:
  const CheckedService& memory_;
  Store& store_;
  const int partition_;
  Commit commit_;
};

}  // namespace

RebuildRules NotRebuilt(std::string_view service, std::string_view because) {
  RebuildRules rules;
  rules.why_not = absl::StrCat(
      std::string(service), " cannot be rebuilt from its topic: ", std::string(because),
      ". Restore its append-only file, or the newest copy of it and then say --restored; "
      "docs/operations/backup.md, \"When registry, assessments or notifications lose their "
      "Redis\", has the steps. Do not fill an empty Redis again: receivers pass over numbers that "
      "they have seen");
  return rules;
}

absl::Status ExpectEmpty(Inventory& inventory, Store& store) {
  auto held = inventory.Take();
  if (!held.ok()) return held.status();
  std::size_t records = 0;
  for (const StoredKeys& keys : *held) records += keys.records.size() + keys.index.size();
  auto outbox = store.MeasureOutbox();
  if (!outbox.ok()) return outbox.status();
  if (records == 0 && outbox->entries == 0) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      "this Redis holds ", records, " keys of the service and ", outbox->entries,
      " events that Kafka has not taken yet; a rebuild writes only to an empty Redis. Where the "
      "data is whole, use it (--check tells); else keep a copy, empty it, and rebuild"));
}

absl::Status FoldTopics(const RebuildRules& rules, const TopicReader& read, Rebuild& rebuild) {
  absl::Status folded = read(rules.topics, [&](const InboundRecord& record) {
    absl::Status received = rebuild.Receive(record);
    // What the service put to its dead letters it does not read here either.
    if (absl::IsInvalidArgument(received) && record.topic != rules.topics.back()) {
      return absl::OkStatus();
    }
    if (received.ok()) return received;
    return absl::FailedPreconditionError(absl::StrCat("topic ", record.topic, ", partition ",
                                                      record.partition, ", offset ", record.offset,
                                                      ": ", std::string(received.message())));
  });
  return folded.ok() ? rebuild.Finish() : folded;
}

absl::Status WriteRebuilt(const CheckedService& memory, Store& store, Inventory& inventory,
                          const std::function<void(int done, int all)>& progress) {
  if (absl::Status empty = ExpectEmpty(inventory, store); !empty.ok()) return empty;
  auto held = memory.inventory.Take();
  if (!held.ok()) return held.status();
  int all = 0;
  for (const StoredKeys& keys : *held) all += static_cast<int>(keys.records.size());
  int done = 0;
  for (int partition = 0; partition < store.partitions(); ++partition) {
    PartitionWriter writer(memory, store, partition);
    for (const RecordKey& key : (*held)[static_cast<std::size_t>(partition)].records) {
      if (absl::Status added = writer.Add(key); !added.ok()) return added;
      progress(++done, all);
    }
    if (absl::Status written = writer.Flush(); !written.ok()) return written;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::map<std::string, KindDigest>> DigestOf(const CheckedService& service) {
  auto held = service.inventory.Take();
  if (!held.ok()) return held.status();
  // By kind and id, in an order that is the same whatever the number of partitions.
  std::map<std::string, std::map<std::string, std::string>> lines;
  for (int partition = 0; partition < service.store.partitions(); ++partition) {
    for (const RecordKey& key : (*held)[static_cast<std::size_t>(partition)].records) {
      const RecordKind* kind = KindOf(service, key.kind);
      if (kind == nullptr || !kind->comparable) continue;
      const auto target = kind->target(key.id);
      if (!target) return absl::DataLossError("a record's id is not readable; see --check");
      auto envelopes = LoadEnvelopes(service.store, partition, target->keys);
      if (!envelopes.ok()) return envelopes.status();
      auto comparable = kind->comparable(StatesOf(*envelopes));
      if (!comparable.ok()) return comparable.status();
      lines[key.kind][key.id] =
          Sha256(absl::StrCat(envelopes->front().record.events_said(), "\n", *comparable));
    }
  }
  std::map<std::string, KindDigest> digests;
  for (const auto& [kind, records] : lines) {
    std::string text;
    for (const auto& [id, digest] : records) absl::StrAppend(&text, id, "\n", digest);
    digests[kind] = {static_cast<int>(records.size()), absl::BytesToHexString(Sha256(text))};
  }
  return digests;
}

}  // namespace pepline
