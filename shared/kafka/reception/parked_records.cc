#include "shared/kafka/reception/parked_records.h"

#include <algorithm>
#include <utility>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "pepline/runtime/v1/aggregate_record.pb.h"
#include "pepline/runtime/v1/any_event.pb.h"
#include "shared/observability/log.h"

namespace pepline {
namespace {

using runtime::v1::AggregateRecord;
constexpr int kPage = 1000;
constexpr int kMostAttempts = 10;
// So many are handled before what is done is taken off.
constexpr int kHandledAtATime = 16;

void SetTime(google::protobuf::Timestamp& to, absl::Time at) {
  const std::int64_t millis = absl::ToUnixMillis(at);
  to.set_seconds(millis / 1000);
  to.set_nanos(static_cast<int>(millis % 1000) * 1'000'000);
}

absl::Time TimeOf(const google::protobuf::Timestamp& stamp) {
  return absl::FromUnixSeconds(stamp.seconds()) + absl::Nanoseconds(stamp.nanos());
}

runtime::v1::ParkedRecord ToParked(const InboundRecord& record) {
  runtime::v1::ParkedRecord parked;
  parked.set_topic(record.topic);
  parked.set_partition(record.partition);
  parked.set_offset(record.offset);
  parked.set_key(record.key);
  parked.set_value(record.value);
  for (const auto& [name, text] : record.headers) {
    auto* header = parked.add_named_headers();
    header->set_name(name);
    header->set_value(text);
  }
  return parked;
}

InboundRecord ToInbound(const runtime::v1::ParkedRecord& parked) {
  InboundRecord record;
  record.topic = parked.topic();
  record.partition = parked.partition();
  record.offset = parked.offset();
  record.key = parked.key();
  record.value = parked.value();
  for (const auto& [name, text] : parked.headers()) record.headers[name] = text;
  for (const auto& header : parked.named_headers()) record.headers[header.name()] = header.value();
  return record;
}

bool SamePlace(const runtime::v1::ParkedRecord& parked, int partition, std::int64_t offset) {
  return parked.partition() == partition && parked.offset() == offset;
}

// One key's records as they are stored.
struct Stored {
  std::uint64_t revision = 0;
  runtime::v1::ParkedRecords parked;
};

RecordKey KeyOf(const std::string& id) { return {ParkedRecords::kKind, id}; }

absl::StatusOr<Stored> Load(Store& store, const std::string& id) {
  const auto loaded = store.Load(PartitionOf(id, store.partitions()), {KeyOf(id)}, "");
  if (!loaded.ok()) return loaded.status();
  Stored stored;
  if (!loaded->records.front()) return stored;
  AggregateRecord record;
  stored.revision = loaded->records.front()->revision;
  if (!record.ParseFromString(loaded->records.front()->bytes) ||
      !stored.parked.ParseFromString(record.state())) {
    return absl::DataLossError("parked records cannot be read");
  }
  return stored;
}

absl::Status Save(Store& store, const std::string& id, const Stored& stored) {
  AggregateRecord record;
  record.set_state(stored.parked.SerializeAsString());
  Commit commit{.partition = PartitionOf(id, store.partitions())};
  commit.writes.push_back({KeyOf(id), stored.revision, record.SerializeAsString()});
  commit.index.push_back({ParkedRecords::List(), id, !stored.parked.records().empty()});
  return store.Apply(commit).status();
}

// Loads, lets `change` change it, and saves, again where somebody was faster.
absl::Status Change(Store& store, const std::string& id,
                    const std::function<absl::Status(runtime::v1::ParkedRecords&)>& change) {
  absl::Status saved;
  for (int attempt = 0; attempt < kMostAttempts; ++attempt) {
    auto stored = Load(store, id);
    if (!stored.ok()) return stored.status();
    if (absl::Status changed = change(stored->parked); !changed.ok()) return changed;
    saved = Save(store, id, *stored);
    if (!absl::IsAborted(saved)) break;
  }
  return saved;
}

void LogGivenUp(const runtime::v1::ParkedRecord& record, const std::string& reason, bool missing) {
  const std::string what = missing ? "what is missing before it" : "the record";
  LogWarning("an operator gave up a parked record, or what is missing before it",
             {{LogField::kTopic, record.topic()},
              {LogField::kPartition, std::to_string(record.partition())},
              {LogField::kOffset, std::to_string(record.offset())},
              {LogField::kCause, what},
              {LogField::kReason, reason}});
}

absl::Status NothingToWrite() { return absl::AlreadyExistsError("it is there already"); }

absl::Status NotParked(const std::string& id) {
  return absl::NotFoundError(absl::StrCat("nothing is parked under ", id));
}

}  // namespace

std::string ParkedRecords::IdOf(const InboundRecord& record) {
  runtime::v1::AnyEvent event;
  if (event.ParseFromString(record.value) && !event.header().aggregate_id().empty()) {
    return absl::StrCat(record.topic, "/", event.header().aggregate_id());
  }
  return absl::StrCat(record.topic, "/key/", record.key);
}

void ParkedRecords::Unlearn() {
  absl::MutexLock lock(&mutex_);
  read_.clear();
}

absl::StatusOr<std::optional<ParkedRecords::Holding>> ParkedRecords::Holds(
    const InboundRecord& record) const {
  const auto partitions = static_cast<std::size_t>(store_.partitions());
  {
    absl::MutexLock lock(&mutex_);
    if (known_.empty() && read_.size() == partitions) return std::optional<Holding>();  // as always
  }
  const std::string id = IdOf(record);
  absl::MutexLock lock(&mutex_);
  if (!read_.contains(PartitionOf(id, store_.partitions()))) {
    return absl::UnavailableError("it is not known yet which records are parked");
  }
  const auto found = known_.find(id);
  if (found == known_.end()) return std::optional<Holding>();
  return std::optional(Holding{found->second.waits_for_missing});
}

std::optional<absl::Time> ParkedRecords::Since(const std::string& topic,
                                               const std::string& key) const {
  absl::MutexLock lock(&mutex_);
  std::optional<absl::Time> since;
  for (const auto& [id, known] : known_) {
    if (known.place.first != topic || known.key != key) continue;
    since = std::min(since.value_or(known.since), known.since);
  }
  return since;
}

void ParkedRecords::Remember(const std::string& id, const runtime::v1::ParkedRecords& parked) {
  absl::MutexLock lock(&mutex_);
  if (parked.records().empty()) {
    known_.erase(id);
  } else {
    const auto& first = parked.records(0);
    known_[id] = {{first.topic(), first.partition()},
                  first.key(),
                  TimeOf(parked.since()),
                  TimeOf(parked.try_at()),
                  parked.has_skip(),
                  parked.waits_for_missing(),
                  known_[id].soon};
  }
  Show();
}

void ParkedRecords::Show() {
  absl::Time oldest = absl::Now();
  const absl::Time now = oldest;
  for (const auto& [id, known] : known_) oldest = std::min(oldest, known.since);
  metrics_.Set("pepline_consumer_parked_keys", {}, static_cast<double>(known_.size()));
  metrics_.Set("pepline_consumer_parked_oldest_age_seconds", {},
               absl::ToDoubleSeconds(now - oldest));
}

void ParkedRecords::Learn() {
  for (int partition = 0; partition < store_.partitions(); ++partition) {
    std::vector<std::string> ids;
    std::string after;
    bool whole = true;
    while (true) {
      auto page = store_.ListIndex(partition, List(), after, kPage);
      whole = page.ok();
      if (!whole) break;  // what was known of this partition stays
      ids.insert(ids.end(), page->begin(), page->end());
      if (page->size() < static_cast<std::size_t>(kPage)) break;
      after = page->back();
    }
    if (!whole) continue;
    bool all_read = true;
    for (const std::string& id : ids) {
      const auto stored = Load(store_, id);
      if (stored.ok()) {
        Remember(id, stored->parked);
      } else {
        all_read = false;
      }
    }
    absl::MutexLock lock(&mutex_);
    if (all_read) read_[partition] = true;
    // Parked meanwhile by this process, or carried out: looked at again in the next round.
    std::erase_if(known_, [&](const auto& entry) {
      return PartitionOf(entry.first, store_.partitions()) == partition &&
             std::ranges::count(ids, entry.first) == 0 &&
             entry.second.since + absl::Seconds(5) < absl::Now();
    });
    Show();
  }
}

absl::StatusOr<bool> ParkedRecords::Put(const InboundRecord& record, const absl::Status* reason) {
  const std::string id = IdOf(record);
  bool put = false;
  runtime::v1::ParkedRecords after;
  absl::Status changed = Change(store_, id, [&](runtime::v1::ParkedRecords& parked) {
    put = reason != nullptr || !parked.records().empty();
    if (!put) return NothingToWrite();
    for (const auto& one : parked.records()) {
      if (SamePlace(one, record.partition, record.offset)) return NothingToWrite();
    }
    if (parked.records_size() >= kMostRecords ||
        (parked.records_size() > 0 && parked.ByteSizeLong() + record.value.size() > kMostBytes)) {
      return absl::ResourceExhaustedError(
          "as much of this key is parked as may be; see `pepctl dead-letters parked`");
    }
    if (parked.records().empty()) {
      const absl::Time now = absl::Now();
      parked.set_reason(std::string(reason->message()));
      parked.set_tries(1);
      parked.set_waits_for_missing(IsMissing(*reason));
      parked.clear_skip();
      SetTime(*parked.mutable_since(), now);
      SetTime(*parked.mutable_try_at(), now + kFirstPause);
    }
    *parked.add_records() = ToParked(record);
    after = parked;
    return absl::OkStatus();
  });
  if (!changed.ok() && !absl::IsAlreadyExists(changed)) return changed;
  if (!put) {
    absl::MutexLock lock(&mutex_);
    known_.erase(id);
  } else if (!after.records().empty()) {
    Remember(id, after);
  }
  return put;
}

absl::Status ParkedRecords::Park(const InboundRecord& record, const absl::Status& reason) {
  return Put(record, &reason).status();
}

absl::StatusOr<bool> ParkedRecords::Append(const InboundRecord& record) {
  return Put(record, nullptr);
}

void ParkedRecords::TrySoon(const InboundRecord& record) {
  const std::string id = IdOf(record);
  absl::MutexLock lock(&mutex_);
  const auto found = known_.find(id);
  if (found != known_.end()) found->second.soon = true;
}

void ParkedRecords::TryDue(absl::Time now, const Owns& owns, const Hands& hands) {
  std::vector<std::string> due;
  {
    absl::MutexLock lock(&mutex_);
    for (auto& [id, known] : known_) {
      if ((known.skip || known.soon || known.try_at <= now) && owns(known.place)) {
        due.push_back(id);
      }
      known.soon = false;
    }
  }
  for (const std::string& id : due) Try(id, now, hands);
}

void ParkedRecords::Try(const std::string& id, absl::Time now, const Hands& hands) {
  while (true) {
    const auto stored = Load(store_, id);
    if (!stored.ok()) return;  // the store is away; in the next round
    if (stored->parked.records().empty()) {
      Remember(id, stored->parked);
      return;
    }
    const auto& records = stored->parked.records();
    const auto& skip = stored->parked.skip();
    int done = 0;
    absl::Status status;
    const bool missing = stored->parked.waits_for_missing();
    if (stored->parked.has_skip()) {
      if (SamePlace(records[0], skip.partition(), skip.offset())) {
        hands.give_up(ToInbound(records[0]), missing);
        if (!missing) ++done;
        LogGivenUp(records[0], skip.reason(), missing);
        metrics_.Count("pepline_consumer_records_total",
                       {{"topic", records[0].topic()}, {"outcome", "given-up"}});
      }
    } else {
      while (done < records.size() && done < kHandledAtATime) {
        status = hands.handle(ToInbound(records[done]), TimeOf(stored->parked.try_at()) <= now);
        if (!status.ok()) break;
        ++done;
      }
    }
    if (done == 0 && WaitsForADependency(status)) return;
    runtime::v1::ParkedRecords after;
    const absl::Status saved = Change(store_, id, [&](runtime::v1::ParkedRecords& parked) {
      // A key may have come to another partition, where offsets are the same again.
      for (int i = parked.records_size() - 1; done > 0 && i >= 0; --i) {
        const auto& last_done = records[done - 1];
        if (SamePlace(parked.records(i), last_done.partition(), last_done.offset())) {
          parked.mutable_records()->DeleteSubrange(0, i + 1);
          break;
        }
      }
      parked.clear_skip();
      if (done > 0) parked.set_tries(0);
      parked.set_waits_for_missing(IsMissing(status));
      if (!status.ok() && !WaitsForADependency(status)) {
        const absl::Duration pause =
            std::min(kLongestPause, kFirstPause * (1 << std::min(parked.tries(), 8u)));
        parked.set_reason(std::string(status.message()));
        parked.set_tries(parked.tries() + 1);
        SetTime(*parked.mutable_try_at(), absl::Now() + pause);
      }
      after = parked;
      return absl::OkStatus();
    });
    if (!saved.ok()) return;
    Remember(id, after);
    if (after.records().empty()) {
      LogInfo("parked records were all handled", {{LogField::kTopic, id.substr(0, id.find('/'))}});
      return;
    }
    if (!status.ok()) return;
  }
}

absl::StatusOr<std::vector<ParkedRecords::Parked>> ParkedRecords::ListAll(Store& store) {
  std::vector<Parked> all;
  for (int partition = 0; partition < store.partitions(); ++partition) {
    std::string after;
    while (true) {
      const auto page = store.ListIndex(partition, List(), after, kPage);
      if (!page.ok()) return page.status();
      for (const std::string& id : *page) {
        auto stored = Load(store, id);
        if (!stored.ok()) return stored.status();
        all.push_back({id, std::move(stored->parked)});
      }
      if (page->size() < static_cast<std::size_t>(kPage)) break;
      after = page->back();
    }
  }
  return all;
}

absl::Status ParkedRecords::Release(Store& store, const std::string& id) {
  return Change(store, id, [&](runtime::v1::ParkedRecords& parked) {
    if (parked.records().empty()) return NotParked(id);
    SetTime(*parked.mutable_try_at(), absl::UnixEpoch());
    return absl::OkStatus();
  });
}

absl::Status ParkedRecords::Skip(Store& store, const std::string& id, const std::string& reason) {
  return Change(store, id, [&](runtime::v1::ParkedRecords& parked) {
    if (parked.records().empty()) return NotParked(id);
    parked.mutable_skip()->set_reason(reason);
    parked.mutable_skip()->set_partition(parked.records(0).partition());
    parked.mutable_skip()->set_offset(parked.records(0).offset());
    return absl::OkStatus();
  });
}

}  // namespace pepline
