#include "shared/engine/execute.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "shared/base/timestamps.h"
#include "shared/engine/command_memory.h"
#include "shared/observability/log.h"
#include "shared/observability/trace.h"

namespace pepline::execute_internal {
namespace {

using Whose = CommandMemory::Whose;

bool AlreadyReceived(const Envelope& primary, const Origin& origin) {
  if (origin.source_aggregate.empty()) return false;
  const auto processed = primary.record.marks().find(origin.source_aggregate);
  return processed != primary.record.marks().end() && processed->second >= origin.source_version;
}

void SetProcessed(Envelope& primary, const Origin& origin) {
  if (origin.source_aggregate.empty()) return;
  (*primary.record.mutable_marks())[origin.source_aggregate] = origin.source_version;
}

// What of the index is to change from `before` to `after`.
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

OutboxRecord ToOutbox(const Engine& engine, TypedSteps::Emitted emitted) {
  // CloudEvents 1.0, Kafka protocol binding, binary content mode.
  const common::v1::EventHeader& header = emitted.header;
  OutboxRecord record;
  record.topic = engine.topic;
  record.headers = {
      {"ce_specversion", "1.0"},
      {"ce_id", header.event_id()},
      {"ce_source", engine.source},
      {"ce_type", std::move(emitted.event.type)},
      {"ce_subject", header.aggregate_id()},
      {"ce_time", google::protobuf::util::TimeUtil::ToString(header.occurred_at())},
      {"ce_partitionkey", emitted.event.key},
      {"content-type", "application/protobuf"},
  };
  if (!header.traceparent().empty()) {
    record.headers.push_back({"traceparent", header.traceparent()});
  }
  record.key = std::move(emitted.event.key);
  record.value = std::move(emitted.event.value);
  return record;
}

// One command on its way: what stays the same in every attempt, and the steps of one.
class Execution {
 public:
  Execution(const Engine& engine, const Target& target, const Origin& origin, TypedSteps& steps)
      : engine_(engine),
        target_(target),
        origin_(origin),
        steps_(steps),
        partition_(PartitionOf(target.routing_id, engine.store.partitions())),
        read_(target.keys),
        memory_(origin, target) {
    read_.insert(read_.end(), target.also.begin(), target.also.end());
    read_.insert(read_.end(), target.held.begin(), target.held.end());
  }

  // nullopt: to be tried again, since another writer was faster or the command's memory may lie
  // under another id.
  absl::StatusOr<std::optional<Ending>> Attempt() {
    auto loaded = engine_.store.Load(partition_, read_, memory_.command_id());
    if (!loaded.ok()) return loaded.status();
    auto envelopes = OpenEnvelopes(*loaded);
    if (!envelopes.ok()) return envelopes.status();
    RecordStates parts = StatesOf(*envelopes);
    const auto behind = parts.begin() + static_cast<std::ptrdiff_t>(target_.keys.size());
    const RecordStates also(std::make_move_iterator(behind), std::make_move_iterator(parts.end()));
    parts.erase(behind, parts.end());
    if (absl::Status decoded = steps_.Decode(parts); !decoded.ok()) return decoded;

    const auto allowed = steps_.IsAllowed(also);
    if (!allowed.ok()) return allowed.status();
    if (!*allowed) return Ending(Denied{});
    if (loaded->seen) return WhatIsRemembered(*loaded->seen);
    if (AlreadyReceived(envelopes->front(), origin_)) return Ending(Repeated{});

    const absl::Time gathered = engine_.clock.Now();
    auto refused = steps_.Decide(also);
    if (!refused.ok()) return refused.status();
    if (*refused) return KeepRefused(**std::move(refused), *envelopes);

    // What was decided happened at the instant that the rules were told, and not at that of the
    // commit a moment later, which may be on another day.
    const absl::Time decided_at = steps_.InstantOfFacts().value_or(gathered);
    Commit commit{.partition = partition_, .now = engine_.clock.Now()};
    const bool exists = parts.front().has_value();
    AddEventsAndWrites(*envelopes, decided_at, commit);
    AddAlarm(decided_at, commit);
    if (steps_.HasEvents()) {
      // What was never stored has no index entries yet, whatever its initial state says.
      DiffIndex(exists ? steps_.IndexBefore() : std::vector<IndexEntry>(), steps_.IndexAfter(),
                target_.keys.front().id, commit.index);
    }
    std::string answer = steps_.Answer();
    if (!origin_.command_id.empty()) {
      commit.seen = {memory_.command_id(),
                     {origin_.fingerprint, memory_.ToRemember(answer)},
                     engine_.remember_commands};
    }
    auto applied = Apply(commit);
    if (absl::IsAborted(applied.status())) return Conflict();
    if (!applied.ok()) return applied.status();
    // Carried out by a twin of this command meanwhile.
    if (*applied) return WhatIsRemembered(**applied);
    TellOthers(commit);
    return Ending(Committed{std::move(answer)});
  }

  // After the last attempt. A record that is to begin and is stored already says that the state is
  // broken: whoever tried again would be held up by it for ever.
  absl::Status WhyNotCarriedOut() const {
    if (!begun_.empty()) {
      const auto there = engine_.store.Load(partition_, begun_, "");
      if (!there.ok()) return there.status();
      for (const auto& record : there->records) {
        if (!record) continue;
        return absl::DataLossError(
            "a record that is to begin is stored already; see `pepctl rebuild`");
      }
    }
    return absl::AbortedError("the record was changed by others at every attempt; try again");
  }

 private:
  std::optional<Ending> WhatIsRemembered(const SeenCommand& seen) {
    switch (memory_.Recognise(seen)) {
      case Whose::kLookFurther:
        return std::nullopt;
      case Whose::kOtherPayload:
        return CommandIdReused{};
      case Whose::kThisCommand:
        break;
    }
    return Repeated{CommandMemory::AnswerIn(seen)};
  }

  std::optional<Ending> Conflict() const {
    engine_.metrics.Count("pepline_commit_conflicts_total");
    return std::nullopt;
  }

  // A consumed event that was refused is received all the same: only its mark is committed, so that
  // a repetition has no effect, whatever the state is by then. Nothing for other origins.
  absl::StatusOr<std::optional<Ending>> KeepRefused(Refusal refusal,
                                                    std::vector<Envelope>& envelopes) {
    if (origin_.source_aggregate.empty()) return Ending(std::move(refusal));
    SetProcessed(envelopes.front(), origin_);
    Commit commit{.partition = partition_};
    for (std::size_t i = 0; i < target_.keys.size(); ++i) {
      commit.writes.push_back({.key = target_.keys[i],
                               .expected_revision = envelopes[i].revision,
                               .bytes = std::nullopt});
    }
    commit.writes.front().bytes = envelopes.front().record.SerializeAsString();
    const auto kept = Apply(commit);
    if (absl::IsAborted(kept.status())) return Conflict();
    if (!kept.ok()) return kept.status();
    return Ending(std::move(refusal));
  }

  common::v1::EventHeader NextHeader(Envelope& primary, absl::Time occurred_at) const {
    const RecordKey& key = target_.keys.front();
    const std::uint64_t version = primary.record.events_said() + 1;
    primary.record.set_events_said(version);
    common::v1::EventHeader header;
    // The service's name is part of it, so that receivers of several services can tell them apart.
    header.set_aggregate_id(
        absl::StrCat(absl::StripPrefix(engine_.source, "/pepline/"), "/", key.kind, "/", key.id));
    header.set_event_id(absl::StrCat(header.aggregate_id(), ":", version));
    header.set_aggregate_version(version);
    *header.mutable_occurred_at() = ToTimestamp(occurred_at);
    // The work that this thread does now is what the event follows from.
    const std::string current = CurrentTraceparent();
    header.set_traceparent(current.empty() ? origin_.traceparent : current);
    if (TraceIdOf(primary.record.traceparent()) != TraceIdOf(header.traceparent())) {
      primary.record.set_traceparent(header.traceparent());
    }
    if (!origin_.source_aggregate.empty()) {
      header.set_caused_by(absl::StrCat(origin_.source_aggregate, ":", origin_.source_version));
    }
    return header;
  }

  void AddEventsAndWrites(std::vector<Envelope>& envelopes, absl::Time decided_at, Commit& commit) {
    Envelope& primary = envelopes.front();
    for (TypedSteps::Emitted& emitted :
         steps_.Evolve([&] { return NextHeader(primary, decided_at); })) {
      commit.outbox.push_back(ToOutbox(engine_, std::move(emitted)));
    }
    SetProcessed(primary, origin_);
    const bool has_events = steps_.HasEvents();
    const bool primary_changes = has_events || !origin_.source_aggregate.empty();
    std::vector<std::string> parts = has_events ? steps_.Encode() : std::vector<std::string>();
    for (std::size_t i = 0; i < target_.keys.size(); ++i) {
      Envelope& envelope = envelopes[i];
      const bool changes =
          has_events && (envelope.revision == 0 || parts[i] != envelope.record.state());
      if (changes) envelope.record.set_state(std::move(parts[i]));
      Commit::Write write{
          .key = target_.keys[i], .expected_revision = envelope.revision, .bytes = {}};
      if (changes || (i == 0 && primary_changes)) write.bytes = envelope.record.SerializeAsString();
      commit.writes.push_back(std::move(write));
    }
    begun_.clear();
    if (!has_events) return;
    const std::size_t before_held = target_.keys.size() + target_.also.size();
    for (std::size_t i = 0; i < target_.held.size(); ++i) {
      commit.writes.push_back({.key = target_.held[i],
                               .expected_revision = envelopes[before_held + i].revision,
                               .bytes = std::nullopt});
    }
    for (auto& [key, state] : steps_.EncodeBeside()) {
      runtime::v1::AggregateRecord record;
      record.set_state(std::move(state));
      begun_.push_back(key);
      commit.writes.push_back(
          {.key = std::move(key), .expected_revision = 0, .bytes = record.SerializeAsString()});
    }
  }

  void AddAlarm(absl::Time decided_at, Commit& commit) const {
    const bool from_alarm = origin_.command_id.empty() && origin_.source_aggregate.empty();
    if (!steps_.HasEvents() && !from_alarm) return;
    std::optional<absl::Time> wake = steps_.NextWake();
    if (wake) wake = ClampToFuture(*wake, decided_at);
    commit.alarms.push_back({target_.keys.front(), wake, origin_.fired});
  }

  // The law says NextWake lies after the `now` of its facts. A rule that breaks it would spin; it
  // is counted, logged and put off by a minute instead. What has become due since the facts were
  // gathered breaks no law: it is due now.
  absl::Time ClampToFuture(absl::Time wake, absl::Time now) const {
    if (wake > now) return wake;
    const RecordKey& key = target_.keys.front();
    engine_.metrics.Count("pepline_wake_law_violations_total");
    LogError("a rule asked to be woken in the past; the alarm was put off by a minute",
             {{LogField::kKind, key.kind}, {LogField::kAggregateId, key.id}});
    return now + absl::Minutes(1);
  }

  // Store::Apply as a span of its own.
  absl::StatusOr<std::optional<SeenCommand>> Apply(const Commit& commit) const {
    const std::string current = CurrentTraceparent();
    Span span(SpanKind::kClient, "commit", current.empty() ? origin_.traceparent : current);
    span.Note(SpanNote::kRecordKind, target_.keys.front().kind);
    auto applied = engine_.store.Apply(commit);
    if (!applied.ok()) span.Fail(absl::StatusCodeToString(applied.status().code()));
    return applied;
  }

  void TellOthers(const Commit& commit) const {
    if (!commit.alarms.empty() && commit.alarms.front().at && engine_.on_alarm) {
      engine_.on_alarm(*commit.alarms.front().at);
    }
    if (!commit.outbox.empty() && engine_.on_outbox) engine_.on_outbox(partition_);
  }

  const Engine& engine_;
  const Target& target_;
  const Origin& origin_;
  TypedSteps& steps_;
  const int partition_;
  std::vector<RecordKey> read_;
  std::vector<RecordKey> begun_;  // by the last attempt, beside the target
  CommandMemory memory_;
};

}  // namespace

absl::StatusOr<Ending> Run(const Engine& engine, const Target& target, const Origin& origin,
                           TypedSteps& steps) {
  Execution execution(engine, target, origin, steps);
  for (int attempt = 1; attempt <= engine.max_attempts; ++attempt) {
    auto ending = execution.Attempt();
    if (!ending.ok()) return ending.status();
    if (*ending) return **std::move(ending);
  }
  return execution.WhyNotCarriedOut();
}

}  // namespace pepline::execute_internal
