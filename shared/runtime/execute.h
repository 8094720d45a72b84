// The one path of every command, whichever door it came through (RPC, Kafka record, alarm):
// load, look up the command id, authorise, decide, evolve, and commit everything in one write.
// Promises: a repeated command gets its first answer and has no second effect; a command id is one
// caller's and one record's, and there the same id with another payload is refused; an event
// already received has no second effect; a conflict with another writer is retried a bounded number
// of times, then Aborted. A refused event is received; a refused request may be made again. Does
// not: retry when the store is away (Unavailable at once), decide anything itself. Errors:
// Unavailable, Aborted, ResourceExhausted (outbox full), DataLoss (stored bytes unreadable), and
// whatever the facts loader answers. Threads: safe from any thread; blocks on the store.
#ifndef PEPLINE_SHARED_RUNTIME_EXECUTE_H_
#define PEPLINE_SHARED_RUNTIME_EXECUTE_H_

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "pepline/common/v1/event_header.pb.h"
#include "pepline/runtime/v1/aggregate_record.pb.h"
#include "shared/domain/decider.h"
#include "shared/runtime/clock.h"
#include "shared/runtime/metrics.h"
#include "shared/runtime/store.h"

namespace pepline {

// One event as its service's contract has it; Execute adds the CloudEvents headers.
struct EncodedEvent {
  std::string type;   // full name of the event message: "pepline.scheduling.v1.EpepFinalised"
  std::string key;    // Kafka key: the child's id, else the aggregate's own
  std::string value;  // the serialised envelope (SchedulingEvent)
};

// A codec is the only place that sees both a decider and its protobuf messages:
//   using Rules = Plan;                                 the decider
//   static constexpr std::string_view kKind = "plan";   record kind of the primary part
//   static absl::StatusOr<State> Decode(const std::vector<std::optional<std::string>>& parts);
//   static std::vector<std::string> Encode(const State&);     same number and order of parts
//   static EncodedEvent EncodeEvent(const State& after, const Event&,
//                                   const common::v1::EventHeader&);
// It may have `static bool IsSaid(const Event&)`: false for an event that changes the state and
// leaves the service in no form (a name, an address); it has no number and no outbox entry.
// Almost every aggregate has one part. A decision that must hold two records together (a funding
// request and its fund line) has two; both must lie in the same partition. Decode of nullopt gives
// the initial state.
template <class Codec>
using RulesOf = typename Codec::Rules;

// Everything Execute needs of its service. Outlives every call.
struct Spine {
  Store& store;
  const Clock& clock;
  Metrics& metrics;
  std::string topic;   // "pepline.scheduling.events.v1"
  std::string source;  // CloudEvents source: "/pepline/scheduling"
  // Called after a commit that set an alarm / wrote outbox entries. Must not block. May be empty.
  std::function<void(absl::Time)> on_alarm;
  std::function<void(int partition)> on_outbox;
  int max_attempts = 10;
  absl::Duration remember_commands = absl::Hours(24 * 35);
};

// Which records a command is about. keys[0] is the primary part: its alarm, index and version.
struct Target {
  std::string routing_id;  // the child's id where there is one, else the aggregate's own
  std::vector<RecordKey> keys;
  // Records of the same partition that the command does not write but wants to know
  // (Hooks::learn). They are read at the same instant as the others, in the same round trip.
  std::vector<RecordKey> also = {};
};

// Where a command came from. Exactly one of the three makers below.
struct Origin {
  std::string command_id;  // RPC: the caller's request_id
  std::string fingerprint;
  std::string source_aggregate;  // Kafka: whose event
  std::uint64_t source_version = 0;
  std::string traceparent;
  std::optional<absl::Time> fired = std::nullopt;  // alarm: its due_at
  std::string caller = {};                         // RPC: the subject of its token

  static Origin Request(std::string request_id, std::string fingerprint, std::string traceparent,
                        std::string caller = {}) {
    return {.command_id = std::move(request_id),
            .fingerprint = std::move(fingerprint),
            .source_aggregate = "",
            .traceparent = std::move(traceparent),
            .caller = std::move(caller)};
  }
  static Origin Event(const common::v1::EventHeader& header) {
    return {.command_id = "",
            .fingerprint = "",
            .source_aggregate = header.aggregate_id(),
            .source_version = header.aggregate_version(),
            .traceparent = header.traceparent()};
  }
  // A command that is idempotent by nature: from an alarm, which it answers and replaces; or, with
  // nullopt, from anything else that lets a record catch up: an alarm that is due stays.
  static Origin Alarm(std::optional<absl::Time> fired) {
    return {.command_id = "",
            .fingerprint = "",
            .source_aggregate = "",
            .traceparent = "",
            .fired = fired};
  }
};

// The actor may not do this (see auth.h); the API answers PERMISSION_DENIED or NOT_FOUND.
struct Denied {};
// The caller used the command id before for this record, with another payload.
struct CommandIdReused {};

template <class Codec>
struct Done {
  typename RulesOf<Codec>::State state;
  std::vector<typename RulesOf<Codec>::Event> events;  // empty when repeated
  std::string answer;                                  // what Hooks::answer gave the first time
  bool repeated = false;
};

template <class Codec>
using Outcome = std::variant<Done<Codec>, Refusal, Denied, CommandIdReused>;

template <class Codec>
struct Hooks {
  using State = typename RulesOf<Codec>::State;
  // Is given the states of Target::also, in their order; nullopt where there is none. Called once
  // per attempt, after the load and before the others. Empty: they are of no interest.
  std::function<absl::Status(const std::vector<std::optional<std::string>>&)> learn;
  // What the rule may know besides the state. Called once per attempt, after the load.
  std::function<absl::StatusOr<typename RulesOf<Codec>::Facts>(const State&)> facts;
  // May this actor do it, given the state? Empty: yes (alarms and consumed events).
  std::function<bool(const State&)> allowed;
  // The serialised response, remembered for repetitions. Empty: no answer.
  std::function<std::string(const State&, const std::vector<typename RulesOf<Codec>::Event>&)>
      answer;
};

// The parts of Execute that need no template (execute.cc).
namespace execute_internal {
struct Envelope {
  std::uint64_t revision = 0;
  pepline::runtime::v1::AggregateRecord record;
};
absl::StatusOr<std::vector<Envelope>> OpenEnvelopes(const Loaded& loaded);
absl::StatusOr<std::vector<Envelope>> LoadEnvelopes(Store& store, int partition,
                                                    const std::vector<RecordKey>& keys);
// The states for Codec::Decode; nullopt where there is none (a record may hold marks alone).
std::vector<std::optional<std::string>> StateParts(const std::vector<Envelope>& envelopes);
// Splits off what is behind the first `count`.
std::vector<std::optional<std::string>> TakeFrom(std::size_t count,
                                                 std::vector<std::optional<std::string>>& parts);
bool AlreadyReceived(const Envelope& primary, const Origin& origin);
void Mark(Envelope& primary, const Origin& origin);
// A consumed event that was refused is received all the same: only its mark is committed, so that a
// repetition has no effect, whatever the state is by then. Nothing for other origins. Aborted when
// the record was changed by others.
absl::Status KeepRefused(const Spine& spine, int partition, const Target& target,
                         std::vector<Envelope>& envelopes, const Origin& origin);
common::v1::EventHeader NextHeader(const Spine& spine, const RecordKey& key, Envelope& primary,
                                   const Origin& origin, absl::Time now);
OutboxRecord ToOutbox(const Spine& spine, const common::v1::EventHeader& header,
                      EncodedEvent event);
void DiffIndex(std::vector<IndexEntry> before, std::vector<IndexEntry> after,
               const std::string& member, std::vector<Commit::Index>& out);
// The law says NextWake lies after the `now` of its facts. A rule that breaks it would spin; it is
// counted, logged and put off by a minute instead. What has become due since the facts were
// gathered breaks no law: it is due now.
absl::Time HoldToLaw(const Spine& spine, const RecordKey& key, absl::Time wake, absl::Time now);
// The instant that the facts speak of; `gathered` where they hold none.
template <class Facts>
absl::Time InstantOf(const Facts& facts, absl::Time gathered) {
  if constexpr (requires { absl::Time(facts.now); }) {
    return facts.now;
  } else if constexpr (requires { absl::Time(facts.moment.now); }) {
    return facts.moment.now;
  } else {
    return gathered;
  }
}
// A command's memory lies under the id that the caller gave; where that is taken, in this
// partition, by somebody else's command or by one about another record, it lies under an id made
// for this caller, this record and this request id. To tell the two cases apart an answer is
// remembered with a mark of whose it is behind it. Programs of before the mark know the first place
// alone, and read over the mark as over a field that they do not know.
class Memory {
 public:
  Memory(const Origin& origin, const Target& target);
  const std::string& command_id() const { return command_id_; }  // where to look now
  enum class Whose {
    kThisCommand,   // answer it again
    kOtherPayload,  // the id was used by the same caller for the same record
    kLookFurther,   // it is another's; command_id() has changed
  };
  Whose Recognise(const SeenCommand& seen);
  std::string ToRemember(const std::string& answer) const;
  static std::string AnswerIn(const SeenCommand& seen);

 private:
  const Origin& origin_;
  std::string owner_;  // of 32 bytes
  std::string command_id_;
};
// Store::Apply as a span of its own.
absl::StatusOr<std::optional<SeenCommand>> Apply(Store& store, const Commit& commit,
                                                 const Origin& origin);
template <class Codec>
bool IsSaid(const typename RulesOf<Codec>::Event& event) {
  if constexpr (requires { Codec::IsSaid(event); }) {
    return Codec::IsSaid(event);
  } else {
    return true;
  }
}
}  // namespace execute_internal

template <class Codec>
absl::StatusOr<Outcome<Codec>> Execute(const Spine& spine, const Target& target,
                                       const typename RulesOf<Codec>::Command& command,
                                       const Origin& origin, const Hooks<Codec>& hooks) {
  using Rules = RulesOf<Codec>;
  static_assert(Decider<Rules>);
  namespace internal = execute_internal;
  const int partition = PartitionOf(target.routing_id, spine.store.partitions());
  const bool from_alarm = origin.command_id.empty() && origin.source_aggregate.empty();

  std::vector<RecordKey> read = target.keys;
  read.insert(read.end(), target.also.begin(), target.also.end());
  internal::Memory memory(origin, target);
  using Whose = internal::Memory::Whose;

  for (int attempt = 1;; ++attempt) {
    auto loaded = spine.store.Load(partition, read, memory.command_id());
    if (!loaded.ok()) return loaded.status();
    auto envelopes = internal::OpenEnvelopes(*loaded);
    if (!envelopes.ok()) return envelopes.status();
    auto parts = internal::StateParts(*envelopes);
    const auto also = internal::TakeFrom(target.keys.size(), parts);
    auto before = Codec::Decode(parts);
    if (!before.ok()) return before.status();

    if (hooks.learn) {
      if (absl::Status learnt = hooks.learn(also); !learnt.ok()) return learnt;
    }
    if (hooks.allowed && !hooks.allowed(*before)) return Outcome<Codec>(Denied{});
    if (loaded->seen.has_value()) {
      const Whose whose = memory.Recognise(*loaded->seen);
      if (whose == Whose::kLookFurther) continue;
      if (whose == Whose::kOtherPayload) return Outcome<Codec>(CommandIdReused{});
      return Outcome<Codec>(Done<Codec>{*before, {}, memory.AnswerIn(*loaded->seen), true});
    }
    internal::Envelope& primary = envelopes->front();
    if (internal::AlreadyReceived(primary, origin)) {
      return Outcome<Codec>(Done<Codec>{*before, {}, "", true});
    }

    const absl::Time gathered = spine.clock.Now();
    auto facts = hooks.facts(*before);
    if (!facts.ok()) return facts.status();
    auto decision = Rules::Decide(*before, command, *facts);
    if (auto* refusal = std::get_if<Refusal>(&decision)) {
      absl::Status kept = internal::KeepRefused(spine, partition, target, *envelopes, origin);
      if (kept.ok()) return Outcome<Codec>(std::move(*refusal));
      if (!absl::IsAborted(kept)) return kept;
      spine.metrics.Count("pepline_commit_conflicts_total", {{"aggregate", Codec::kKind}});
      if (attempt < spine.max_attempts) continue;
      return kept;
    }
    auto& events = std::get<0>(decision);

    const absl::Time now = spine.clock.Now();
    Commit commit{.partition = partition, .now = now};
    auto after = *before;
    for (const auto& event : events) {
      after = Rules::Evolve(std::move(after), event);
      if (!internal::IsSaid<Codec>(event)) continue;
      auto header = internal::NextHeader(spine, target.keys.front(), primary, origin, now);
      commit.outbox.push_back(
          internal::ToOutbox(spine, header, Codec::EncodeEvent(after, event, header)));
    }
    internal::Mark(primary, origin);
    const bool primary_changes = !events.empty() || !origin.source_aggregate.empty();
    std::vector<std::string> new_parts =
        events.empty() ? std::vector<std::string>() : Codec::Encode(after);
    for (std::size_t i = 0; i < target.keys.size(); ++i) {
      internal::Envelope& envelope = (*envelopes)[i];
      const bool changes =
          !events.empty() && (envelope.revision == 0 || new_parts[i] != envelope.record.state());
      if (changes) envelope.record.set_state(new_parts[i]);
      Commit::Write write{
          .key = target.keys[i], .expected_revision = envelope.revision, .bytes = {}};
      if (changes || (i == 0 && primary_changes)) write.bytes = envelope.record.SerializeAsString();
      commit.writes.push_back(std::move(write));
    }
    std::optional<absl::Time> wake = Rules::NextWake(after, *facts);
    if (wake) {
      wake = internal::HoldToLaw(spine, target.keys.front(), *wake,
                                 internal::InstantOf(*facts, gathered));
    }
    if (!events.empty() || from_alarm) {
      commit.alarms.push_back({target.keys.front(), wake, origin.fired});
    }
    if (!events.empty()) {
      // What was never stored has no index entries yet, whatever its initial state says.
      internal::DiffIndex(parts.front() ? Rules::Index(*before) : std::vector<IndexEntry>(),
                          Rules::Index(after), target.keys.front().id, commit.index);
    }
    std::string answer = hooks.answer ? hooks.answer(after, events) : std::string();
    if (!origin.command_id.empty()) {
      commit.seen = {memory.command_id(),
                     {origin.fingerprint, memory.ToRemember(answer)},
                     spine.remember_commands};
    }

    auto applied = internal::Apply(spine.store, commit, origin);
    if (absl::IsAborted(applied.status())) {
      spine.metrics.Count("pepline_commit_conflicts_total", {{"aggregate", Codec::kKind}});
      if (attempt < spine.max_attempts) continue;
      return absl::AbortedError("the record was changed by others at every attempt; try again");
    }
    if (!applied.ok()) return applied.status();
    if (applied->has_value()) {  // carried out by a twin of this command meanwhile
      const Whose whose = memory.Recognise(**applied);
      if (whose == Whose::kLookFurther) continue;
      if (whose == Whose::kOtherPayload) return Outcome<Codec>(CommandIdReused{});
      return Outcome<Codec>(Done<Codec>{*before, {}, memory.AnswerIn(**applied), true});
    }
    if (wake && !commit.alarms.empty() && spine.on_alarm) spine.on_alarm(*wake);
    if (!commit.outbox.empty() && spine.on_outbox) spine.on_outbox(partition);
    return Outcome<Codec>(
        Done<Codec>{std::move(after), std::move(events), std::move(answer), false});
  }
}

// The states of records of one partition as they are at one instant; nullopt where there is none.
absl::StatusOr<std::vector<std::optional<std::string>>> LoadStates(
    Store& store, int partition, const std::vector<RecordKey>& keys);
// The same of one record, which `routing_id` says the partition of.
absl::StatusOr<std::optional<std::string>> LoadState(Store& store, std::string_view routing_id,
                                                     const RecordKey& key);

// Reads one aggregate's state without deciding anything; nullopt when it does not exist.
template <class Codec>
absl::StatusOr<std::optional<typename RulesOf<Codec>::State>> Read(Store& store,
                                                                   const Target& target) {
  const auto parts =
      LoadStates(store, PartitionOf(target.routing_id, store.partitions()), target.keys);
  if (!parts.ok()) return parts.status();
  if (!parts->front()) return std::optional<typename RulesOf<Codec>::State>();
  auto state = Codec::Decode(*parts);
  if (!state.ok()) return state.status();
  return std::optional(*std::move(state));
}

// The traceparent of the first event in the trace that the record's last event belongs to; empty
// when it never said one. What follows later by itself (a mail that waits) goes on with it.
absl::StatusOr<std::string> TraceOf(Store& store, const Target& target);

}  // namespace pepline

#endif  // PEPLINE_SHARED_RUNTIME_EXECUTE_H_
