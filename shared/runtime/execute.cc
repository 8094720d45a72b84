#include "shared/runtime/execute.h"

#include <google/protobuf/util/time_util.h>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "shared/runtime/digest.h"
#include "shared/runtime/log.h"
#include "shared/runtime/trace.h"

namespace pepline::execute_internal {

absl::StatusOr<std::vector<Envelope>> OpenEnvelopes(const Loaded& loaded) {
  std::vector<Envelope> envelopes;
  for (const auto& stored : loaded.records) {
    Envelope envelope;
    if (stored.has_value()) {
      envelope.revision = stored->revision;
      if (!envelope.record.ParseFromString(stored->bytes)) {
        return absl::DataLossError("a stored record cannot be read; see `pepctl rebuild`");
      }
    }
    envelopes.push_back(std::move(envelope));
  }
  return envelopes;
}

absl::StatusOr<std::vector<Envelope>> LoadEnvelopes(Store& store, int partition,
                                                    const std::vector<RecordKey>& keys) {
  const auto loaded = store.Load(partition, keys, "");
  if (!loaded.ok()) return loaded.status();
  return OpenEnvelopes(*loaded);
}

std::vector<std::optional<std::string>> StateParts(const std::vector<Envelope>& envelopes) {
  std::vector<std::optional<std::string>> parts;
  for (const Envelope& envelope : envelopes) {
    const std::string& state = envelope.record.state();
    parts.push_back(state.empty() ? std::nullopt : std::optional(state));
  }
  return parts;
}

std::vector<std::optional<std::string>> TakeFrom(std::size_t count,
                                                 std::vector<std::optional<std::string>>& parts) {
  const auto from = parts.begin() + static_cast<std::ptrdiff_t>(count);
  std::vector<std::optional<std::string>> taken(std::make_move_iterator(from),
                                                std::make_move_iterator(parts.end()));
  parts.erase(from, parts.end());
  return taken;
}

bool AlreadyReceived(const Envelope& primary, const Origin& origin) {
  if (origin.source_aggregate.empty()) return false;
  const auto mark = primary.record.marks().find(origin.source_aggregate);
  return mark != primary.record.marks().end() && mark->second >= origin.source_version;
}

void Mark(Envelope& primary, const Origin& origin) {
  if (origin.source_aggregate.empty()) return;
  (*primary.record.mutable_marks())[origin.source_aggregate] = origin.source_version;
}

absl::Status KeepRefused(const Spine& spine, int partition, const Target& target,
                         std::vector<Envelope>& envelopes, const Origin& origin) {
  if (origin.source_aggregate.empty()) return absl::OkStatus();
  Mark(envelopes.front(), origin);
  Commit commit{.partition = partition};
  for (std::size_t i = 0; i < target.keys.size(); ++i) {
    commit.writes.push_back(
        {.key = target.keys[i], .expected_revision = envelopes[i].revision, .bytes = std::nullopt});
  }
  commit.writes.front().bytes = envelopes.front().record.SerializeAsString();
  return Apply(spine.store, commit, origin).status();
}

common::v1::EventHeader NextHeader(const Spine& spine, const RecordKey& key, Envelope& primary,
                                   const Origin& origin, absl::Time now) {
  const std::uint64_t version = primary.record.events_said() + 1;
  primary.record.set_events_said(version);
  common::v1::EventHeader header;
  // The service's name is part of it, so that receivers of several services can tell them apart.
  header.set_aggregate_id(
      absl::StrCat(absl::StripPrefix(spine.source, "/pepline/"), "/", key.kind, "/", key.id));
  header.set_event_id(absl::StrCat(header.aggregate_id(), ":", version));
  header.set_aggregate_version(version);
  *header.mutable_occurred_at() =
      google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(now));
  // The work that this thread does now is what the event follows from.
  const std::string current = CurrentTraceparent();
  header.set_traceparent(current.empty() ? origin.traceparent : current);
  if (TraceIdOf(primary.record.traceparent()) != TraceIdOf(header.traceparent())) {
    primary.record.set_traceparent(header.traceparent());
  }
  if (!origin.source_aggregate.empty()) {
    header.set_caused_by(absl::StrCat(origin.source_aggregate, ":", origin.source_version));
  }
  return header;
}

OutboxRecord ToOutbox(const Spine& spine, const common::v1::EventHeader& header,
                      EncodedEvent event) {
  // CloudEvents 1.0, Kafka protocol binding, binary content mode.
  OutboxRecord record;
  record.topic = spine.topic;
  record.headers = {
      {"ce_specversion", "1.0"},
      {"ce_id", header.event_id()},
      {"ce_source", spine.source},
      {"ce_type", std::move(event.type)},
      {"ce_subject", header.aggregate_id()},
      {"ce_time", google::protobuf::util::TimeUtil::ToString(header.occurred_at())},
      {"ce_partitionkey", event.key},
      {"content-type", "application/protobuf"},
  };
  if (!header.traceparent().empty())
    record.headers.push_back({"traceparent", header.traceparent()});
  record.key = std::move(event.key);
  record.value = std::move(event.value);
  return record;
}

void DiffIndex(std::vector<IndexEntry> before, std::vector<IndexEntry> after,
               const std::string& member, std::vector<Commit::Index>& out) {
  std::sort(before.begin(), before.end());
  std::sort(after.begin(), after.end());
  std::vector<IndexEntry> changed;
  std::set_difference(after.begin(), after.end(), before.begin(), before.end(),
                      std::back_inserter(changed));
  for (auto& entry : changed) out.push_back({std::move(entry), member, true});
  changed.clear();
  std::set_difference(before.begin(), before.end(), after.begin(), after.end(),
                      std::back_inserter(changed));
  for (auto& entry : changed) out.push_back({std::move(entry), member, false});
}

namespace {

// Field 1000, which no answer has, with 32 bytes.
constexpr std::string_view kMark = "\xc2\x3e\x20";
constexpr std::size_t kOwnerBytes = 32;

// Whose memory it is; empty in those that an older program wrote.
std::string_view OwnerIn(std::string_view remembered) {
  if (remembered.size() < kMark.size() + kOwnerBytes) return "";
  const std::string_view end = remembered.substr(remembered.size() - kMark.size() - kOwnerBytes);
  return end.substr(0, kMark.size()) == kMark ? end.substr(kMark.size()) : "";
}

}  // namespace

Memory::Memory(const Origin& origin, const Target& target)
    : origin_(origin), command_id_(origin.command_id) {
  if (command_id_.empty()) return;
  const RecordKey& record = target.keys.front();
  // Lengths keep the parts apart.
  owner_ = Sha256(absl::StrCat(origin.caller.size(), ":", origin.caller, record.kind.size(), ":",
                               record.kind, record.id));
}

Memory::Whose Memory::Recognise(const SeenCommand& seen) {
  if (seen.fingerprint == origin_.fingerprint) return Whose::kThisCommand;
  const std::string_view owner = OwnerIn(seen.answer);
  if (owner.empty() || owner == owner_) return Whose::kOtherPayload;
  // Longer than any id that a caller may give, so nobody else's.
  command_id_ = absl::StrCat("of-caller-and-record:",
                             absl::BytesToHexString(Sha256(owner_ + origin_.command_id)));
  return Whose::kLookFurther;
}

std::string Memory::ToRemember(const std::string& answer) const {
  return absl::StrCat(answer, std::string(kMark), owner_);
}

std::string Memory::AnswerIn(const SeenCommand& seen) {
  const std::size_t behind = OwnerIn(seen.answer).empty() ? 0 : kMark.size() + kOwnerBytes;
  return seen.answer.substr(0, seen.answer.size() - behind);
}

absl::StatusOr<std::optional<SeenCommand>> Apply(Store& store, const Commit& commit,
                                                 const Origin& origin) {
  const std::string current = CurrentTraceparent();
  Span span(SpanKind::kClient, "commit", current.empty() ? origin.traceparent : current);
  span.Note(SpanNote::kRecordKind, commit.writes.front().key.kind);
  auto applied = store.Apply(commit);
  if (!applied.ok()) span.Fail(absl::StatusCodeToString(applied.status().code()));
  return applied;
}

absl::Time HoldToLaw(const Spine& spine, const RecordKey& key, absl::Time wake, absl::Time now) {
  if (wake > now) return wake;
  spine.metrics.Count("pepline_wake_law_violations_total", {{"aggregate", key.kind}});
  LogError("a rule asked to be woken in the past; the alarm was put off by a minute",
           {{LogField::kKind, key.kind}, {LogField::kAggregateId, key.id}});
  return now + absl::Minutes(1);
}

}  // namespace pepline::execute_internal

namespace pepline {

absl::StatusOr<std::vector<std::optional<std::string>>> LoadStates(
    Store& store, int partition, const std::vector<RecordKey>& keys) {
  const auto envelopes = execute_internal::LoadEnvelopes(store, partition, keys);
  if (!envelopes.ok()) return envelopes.status();
  return execute_internal::StateParts(*envelopes);
}

absl::StatusOr<std::optional<std::string>> LoadState(Store& store, std::string_view routing_id,
                                                     const RecordKey& key) {
  auto states = LoadStates(store, PartitionOf(routing_id, store.partitions()), {key});
  if (!states.ok()) return states.status();
  return std::move(states->front());
}

absl::StatusOr<std::string> TraceOf(Store& store, const Target& target) {
  const auto envelopes = execute_internal::LoadEnvelopes(
      store, PartitionOf(target.routing_id, store.partitions()), target.keys);
  if (!envelopes.ok()) return envelopes.status();
  return envelopes->front().record.traceparent();
}

}  // namespace pepline
