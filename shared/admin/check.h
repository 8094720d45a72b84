// Whether alarms and look-up lists are what follows from the records, and mending them where they
// are not: the rules say it (NextWake and Index), so everything beside the states can be made
// again. Promises: safe beside a live service: a difference counts only when it was seen twice
// while the record stayed the same, and it is mended in a commit that checks the record's revision.
// Alarms that are due are left alone; they fire and are set again. Does not: change a record, say
// an event, or mend a record that cannot be read. Errors: Unavailable. Threads: one at a time.
#ifndef PEPLINE_SHARED_ADMIN_CHECK_H_
#define PEPLINE_SHARED_ADMIN_CHECK_H_

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "shared/base/clock.h"
#include "shared/domain/ids.h"
#include "shared/engine/execute.h"
#include "shared/store/inventory.h"

namespace pepline {

// What a record asks for beside itself.
struct Derived {
  std::optional<absl::Time> wake;
  std::vector<IndexEntry> index;
};

// One kind of record of a service; each service lists its own in operations.h.
struct RecordKind {
  using Parts = std::vector<std::optional<std::string>>;
  std::string kind;
  // Where the record with this id is kept; nullopt: no id of this kind.
  std::function<std::optional<Target>(const std::string& id)> target;
  // From the states of the target's keys, which may be absent. DataLoss: unreadable.
  std::function<absl::StatusOr<Derived>(const std::string& id, const Parts& parts)> derive;
  // An aggregate that this record may set an alarm for before it exists itself.
  std::function<std::optional<RecordKey>(const std::string& id)> foretells = nullptr;
  // The state without what no event carries, for comparing with a rebuilt one (rebuild.h).
  std::function<absl::StatusOr<std::string>(const Parts& parts)> comparable = nullptr;
};

// An aggregate: what its rules say. `facts` are those that a command's Inputs give.
template <class Codec>
RecordKind AggregateKind(std::function<std::optional<Target>(const std::string& id)> target,
                         std::function<absl::StatusOr<typename RulesOf<Codec>::Facts>(
                             const std::string& id, const typename RulesOf<Codec>::State&)>
                             facts) {
  using Rules = RulesOf<Codec>;
  RecordKind kind{.kind = std::string(Codec::kKind), .target = std::move(target), .derive = {}};
  kind.derive = [facts = std::move(facts)](
                    const std::string& id,
                    const RecordKind::Parts& parts) -> absl::StatusOr<Derived> {
    auto state = Codec::Decode(parts);
    if (!state.ok()) return state.status();
    auto known = facts(id, *state);
    if (!known.ok()) return known.status();
    // What was never stored is in no list, whatever its initial state says.
    return Derived{Rules::NextWake(*state, *known),
                   parts.front() ? Rules::Index(*state) : std::vector<IndexEntry>()};
  };
  kind.comparable = [](const RecordKind::Parts& parts) -> absl::StatusOr<std::string> {
    auto state = Codec::Decode(parts);
    if (!state.ok()) return state.status();
    if constexpr (requires { Codec::PublishedFieldsOnly(*state); }) {
      return Codec::Encode(Codec::PublishedFieldsOnly(*std::move(state))).front();
    } else {
      return Codec::Encode(*state).front();
    }
  };
  return kind;
}

// What another service said, kept under its own id; in no list unless `index` says so.
RecordKind KeptKind(std::string_view kind,
                    std::function<absl::StatusOr<std::vector<IndexEntry>>(const std::string& state)>
                        index = nullptr);

// A child's record that asks for nothing beside itself. `child_of` says by its id whose, nullopt:
// no id of this kind; `decode` answers with a status whether it can be read.
RecordKind ReadableKind(std::string_view kind,
                        std::function<std::optional<ChildId>(const std::string& id)> child_of,
                        const auto& decode) {
  RecordKind readable{.kind = std::string(kind), .target = {}, .derive = {}};
  readable.target = [name = readable.kind, child_of = std::move(child_of)](
                        const std::string& id) -> std::optional<Target> {
    const auto child = child_of(id);
    if (!child) return std::nullopt;
    return Target{child->text(), {{name, id}}};
  };
  readable.derive = [decode](const std::string&,
                             const RecordKind::Parts& parts) -> absl::StatusOr<Derived> {
    const absl::Status read = parts.front() ? decode(*parts.front()).status() : absl::OkStatus();
    return read.ok() ? absl::StatusOr<Derived>(Derived()) : read;
  };
  return readable;
}

enum class Fault {
  kAlarmMissing,
  kAlarmAtAnotherInstant,
  kAlarmForNothing,
  kIndexEntryMissing,
  kIndexEntryTooMany,
  kRecordUnreadable,
  kRecordOfUnknownKind,
  kRecordInAnotherPartition,
};
std::string_view FaultName(Fault fault);  // "alarm missing"

struct Difference {
  Fault fault;
  int partition = 0;
  RecordKey key;     // of the record; its kind is empty where only a list names the id
  IndexEntry entry;  // of kIndexEntry...
  bool mended = false;
  friend auto operator<=>(const Difference&, const Difference&) = default;
};

struct CheckResult {
  std::map<std::string, int> records;  // by kind
  int index_entries = 0;               // pairs of entry and member
  int alarms = 0;
  std::vector<Difference> differences;
};

// Everything that checking and rebuilding needs of a service. Outlives every call.
struct CheckedService {
  Store& store;
  Inventory& inventory;
  const Clock& clock;
  std::vector<RecordKind> kinds;
};

// `progress` is told how many of how many records were looked at; may be empty.
absl::StatusOr<CheckResult> Check(const CheckedService& service, bool repair,
                                  const std::function<void(int done, int all)>& progress);

}  // namespace pepline

#endif  // PEPLINE_SHARED_ADMIN_CHECK_H_
