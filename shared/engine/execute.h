// The one path of every command, whichever way it came (RPC, Kafka record, alarm): load, look up
// the command id, authorise, decide, evolve, and commit everything in one write.
// Promises: a repeated command gets its first answer and has no second effect; a command id is one
// caller's and one record's, and there the same id with another payload is refused; an event
// already received has no second effect; a conflict with another writer is retried a bounded number
// of times, then Aborted. A refused event is received; a refused request may be made again. Does
// not: retry when the store is away (Unavailable at once), decide anything itself. Errors:
// Unavailable, Aborted, ResourceExhausted (outbox full), DataLoss (stored bytes unreadable), and
// whatever the Inputs answer. Threads: safe from any thread; blocks on the store.
#ifndef PEPLINE_SHARED_ENGINE_EXECUTE_H_
#define PEPLINE_SHARED_ENGINE_EXECUTE_H_

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "pepline/common/v1/event_header.pb.h"
#include "shared/domain/decider.h"
#include "shared/engine/command.h"
#include "shared/engine/envelopes.h"

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
//   static absl::StatusOr<State> Decode(const RecordStates& parts);
//   static std::vector<std::string> Encode(const State&);     same number and order of parts
//   static EncodedEvent EncodeEvent(const State& after, const Event&,
//                                   const common::v1::EventHeader&);
// It may have `static bool IsPublished(const Event&)`: false for an event that changes the state
// and leaves the service in no form (a name, an address); it has no number and no outbox entry.
// It may have `static std::vector<std::pair<RecordKey, std::string>> EncodeBeside(const State&)`:
// what leaves the aggregate with this commit for new records of its partition, which no command
// changes. Almost every aggregate has one part. A decision that must hold two records together (a
// funding request and its fund line) has two; both must lie in the same partition. Decode of
// nullopt gives the initial state.
template <class Codec>
using RulesOf = typename Codec::Rules;

// The actor may not do this (see auth.h); the API answers PERMISSION_DENIED or NOT_FOUND.
struct Denied {};
// The caller used the command id before for this record, with another payload.
struct CommandIdReused {};

template <class Codec>
struct Done {
  typename RulesOf<Codec>::State state;
  std::vector<typename RulesOf<Codec>::Event> events;  // empty when repeated
  std::string answer;                                  // what Inputs::answer gave the first time
  bool repeated = false;
};

template <class Codec>
using Outcome = std::variant<Done<Codec>, Refusal, Denied, CommandIdReused>;

// What a command needs besides the states of its own records. `also` are the states of
// Target::also, and then of Target::held. Each is called once per attempt, in this order.
template <class Codec>
struct Inputs {
  using State = typename RulesOf<Codec>::State;
  // May this actor do it? Empty: yes (alarms and consumed events).
  std::function<absl::StatusOr<bool>(const State&, const RecordStates& also)> allowed = {};
  // What the rule may know. Not asked for a command that was carried out before.
  std::function<absl::StatusOr<typename RulesOf<Codec>::Facts>(const State&,
                                                               const RecordStates& also)>
      facts = {};
  // The serialised answer, remembered for repetitions. Empty: none.
  std::function<std::string(const State&, const std::vector<typename RulesOf<Codec>::Event>&)>
      answer = {};
};

// Does the event leave the service?
template <class Codec>
bool IsPublished(const typename RulesOf<Codec>::Event& event) {
  if constexpr (requires { Codec::IsPublished(event); }) return Codec::IsPublished(event);
  return true;
}

namespace execute_internal {

// The steps of a command that know the types of its codec, for the part that does not (Run).
class TypedSteps {
 public:
  virtual ~TypedSteps() = default;
  // Each attempt, in this order.
  virtual absl::Status Decode(const RecordStates& parts) = 0;
  virtual absl::StatusOr<bool> IsAllowed(const RecordStates& also) = 0;
  virtual absl::StatusOr<std::optional<Refusal>> Decide(const RecordStates& also) = 0;
  // Applies what was decided, and encodes what of it leaves the service.
  struct Emitted {
    common::v1::EventHeader header;
    EncodedEvent event;
  };
  virtual std::vector<Emitted> Evolve(const std::function<common::v1::EventHeader()>& next) = 0;
  // Of the state after that.
  virtual bool HasEvents() const = 0;
  virtual std::vector<std::string> Encode() const = 0;
  virtual std::vector<std::pair<RecordKey, std::string>> EncodeBeside() const = 0;
  virtual std::optional<absl::Time> NextWake() const = 0;
  virtual std::vector<IndexEntry> IndexBefore() const = 0;
  virtual std::vector<IndexEntry> IndexAfter() const = 0;
  virtual std::string Answer() const = 0;
  // The instant that the facts speak of; nullopt where they hold none.
  virtual std::optional<absl::Time> InstantOfFacts() const = 0;
};

struct Committed {
  std::string answer;
};
struct Repeated {
  std::string answer;
};
using Ending = std::variant<Committed, Repeated, Refusal, Denied, CommandIdReused>;

absl::StatusOr<Ending> Run(const Engine& engine, const Target& target, const Origin& origin,
                           TypedSteps& steps);

template <class Codec>
class StepsOf final : public TypedSteps {
 public:
  using Rules = RulesOf<Codec>;
  static_assert(Decider<Rules>);
  StepsOf(const typename Rules::Command& command, const Inputs<Codec>& inputs)
      : command_(command), inputs_(inputs) {}

  absl::Status Decode(const RecordStates& parts) override {
    auto state = Codec::Decode(parts);
    if (!state.ok()) return state.status();
    before = *std::move(state);
    return absl::OkStatus();
  }
  absl::StatusOr<bool> IsAllowed(const RecordStates& also) override {
    return inputs_.allowed ? inputs_.allowed(*before, also) : true;
  }
  absl::StatusOr<std::optional<Refusal>> Decide(const RecordStates& also) override {
    auto facts = inputs_.facts(*before, also);
    if (!facts.ok()) return facts.status();
    facts_ = *std::move(facts);
    auto decision = Rules::Decide(*before, command_, *facts_);
    if (auto* refusal = std::get_if<Refusal>(&decision)) return std::optional(std::move(*refusal));
    events = std::get<0>(std::move(decision));
    return std::nullopt;
  }
  std::vector<Emitted> Evolve(const std::function<common::v1::EventHeader()>& next) override {
    std::vector<Emitted> emitted;
    after = before;
    for (const auto& event : events) {
      after = Rules::Evolve(*std::move(after), event);
      if (!IsPublished<Codec>(event)) continue;
      common::v1::EventHeader header = next();
      EncodedEvent encoded = Codec::EncodeEvent(*after, event, header);
      emitted.push_back({std::move(header), std::move(encoded)});
    }
    return emitted;
  }
  bool HasEvents() const override { return !events.empty(); }
  std::vector<std::string> Encode() const override { return Codec::Encode(*after); }
  std::vector<std::pair<RecordKey, std::string>> EncodeBeside() const override {
    if constexpr (requires { Codec::EncodeBeside(*after); }) return Codec::EncodeBeside(*after);
    return {};
  }
  std::optional<absl::Time> NextWake() const override { return Rules::NextWake(*after, *facts_); }
  std::vector<IndexEntry> IndexBefore() const override { return Rules::Index(*before); }
  std::vector<IndexEntry> IndexAfter() const override { return Rules::Index(*after); }
  std::string Answer() const override {
    return inputs_.answer ? inputs_.answer(*after, events) : std::string();
  }
  std::optional<absl::Time> InstantOfFacts() const override {
    if constexpr (requires { absl::Time(facts_->now); }) return facts_->now;
    if constexpr (requires { absl::Time(facts_->moment.now); }) return facts_->moment.now;
    return std::nullopt;
  }

  std::optional<typename Rules::State> before, after;
  std::vector<typename Rules::Event> events;

 private:
  const typename Rules::Command& command_;
  const Inputs<Codec>& inputs_;
  std::optional<typename Rules::Facts> facts_;
};

}  // namespace execute_internal

template <class Codec>
absl::StatusOr<Outcome<Codec>> Execute(const Engine& engine, const Target& target,
                                       const typename RulesOf<Codec>::Command& command,
                                       const Origin& origin, const Inputs<Codec>& inputs) {
  namespace internal = execute_internal;
  internal::StepsOf<Codec> steps(command, inputs);
  auto ending = internal::Run(engine, target, origin, steps);
  if (!ending.ok()) return ending.status();
  return std::visit(
      Match{[&](internal::Committed& done) -> Outcome<Codec> {
              return Done<Codec>{*std::move(steps.after), std::move(steps.events),
                                 std::move(done.answer), false};
            },
            [&](internal::Repeated& done) -> Outcome<Codec> {
              return Done<Codec>{*std::move(steps.before), {}, std::move(done.answer), true};
            },
            [](auto& other) -> Outcome<Codec> { return std::move(other); }},
      *ending);
}

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

}  // namespace pepline

#endif  // PEPLINE_SHARED_ENGINE_EXECUTE_H_
