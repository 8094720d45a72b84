// The work of an import, record by record: commands made from rows, what the rules would answer to
// them now, and carrying them out.
// Promises: checking writes nothing and asks the same Decide that carries out; rows of one record
// follow each other; records go side by side, a bounded number at a time; commands are idempotent,
// so a broken-off import is finished by repeating it. Errors: Cancelled when the caller has given
// up; Aborted when the rules refuse what they had allowed when it was checked; whatever the store
// answers. Threads: ForEach is called from outside its pool.
#ifndef PEPLINE_SERVICES_REGISTRY_IMPORT_ITEMS_H_
#define PEPLINE_SERVICES_REGISTRY_IMPORT_ITEMS_H_

#include <algorithm>
#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "services/registry/import/parse/rows.h"
#include "services/registry/import/removals.h"
#include "services/registry/metrics.h"
#include "services/registry/storage/codec.h"
#include "services/registry/storage/facts.h"
#include "shared/base/worker_pool.h"
#include "shared/engine/execute.h"

namespace pepline::registry {

enum class RowOutcome { kUnchanged, kChanged, kCreated };

// One row and the commands it stands for.
template <class Codec>
struct RowWork {
  int row = 0;
  std::vector<typename Codec::Rules::Command> commands;
};

// One record and the rows about it, in the order of the file.
template <class Codec>
struct Item {
  std::string id;
  std::vector<RowWork<Codec>> rows;
};

// The column of a file that a command's field came from.
std::string ColumnOf(const std::string& field);

// What a row would take away from what is known.
struct Removal {
  int row = 0;
  std::string what;
};

// What came of one record's rows.
struct Checked {
  std::vector<RowOutcome> outcomes;  // of each row, in order
  std::vector<imports::RowError> errors;
  std::vector<Removal> removals;
  int pep_changes = 0;

  bool anything() const {
    return std::any_of(outcomes.begin(), outcomes.end(),
                       [](RowOutcome one) { return one != RowOutcome::kUnchanged; });
  }
};

template <class Codec>
absl::StatusOr<Checked> CheckItem(const FactsLoader& facts, const Item<Codec>& item) {
  using Rules = typename Codec::Rules;
  auto state = facts.Find<Codec>(item.id);
  if (!state.ok()) return state.status();
  Checked checked;
  for (const RowWork<Codec>& work : item.rows) {
    RowOutcome outcome = RowOutcome::kUnchanged;
    const bool is_new = *state == typename Rules::State();
    const typename Rules::State before = *state;
    for (const auto& command : work.commands) {
      auto known = facts.Load(*state, command);
      if (!known.ok()) return known.status();
      auto decision = Rules::Decide(*state, command, *known);
      if (const auto* refusal = std::get_if<Refusal>(&decision)) {
        checked.errors.push_back({work.row, ColumnOf(refusal->field), refusal->advice});
        break;
      }
      for (const auto& event : std::get<0>(decision)) {
        *state = Rules::Evolve(*std::move(state), event);
        outcome = is_new ? RowOutcome::kCreated : RowOutcome::kChanged;
      }
    }
    checked.outcomes.push_back(outcome);
    if (outcome != RowOutcome::kChanged) continue;
    for (std::string& what : TakenAway(before, *state)) {
      checked.removals.push_back({work.row, std::move(what)});
    }
    if (ChangesPep(before, *state)) ++checked.pep_changes;
  }
  return checked;
}

template <class Codec>
absl::Status HandleItem(const Engine& engine, const FactsLoader& facts, const Item<Codec>& item,
                        const std::string& traceparent) {
  Origin origin = Origin::Alarm(std::nullopt);  // idempotent by nature: no command id, no mark
  origin.traceparent = traceparent;
  for (const RowWork<Codec>& work : item.rows) {
    for (const auto& command : work.commands) {
      auto outcome = Execute<Codec>(engine, TargetOf<Codec>(item.id), command, origin,
                                    InputsFor<Codec>(facts, command));
      if (!outcome.ok()) return outcome.status();
      const auto* done = std::get_if<Done<Codec>>(&*outcome);
      if (done == nullptr) {
        return absl::AbortedError(
            "records changed while the file was imported; import it again to finish");
      }
      CountEvents(engine.metrics, done->events);
    }
  }
  return absl::OkStatus();
}

// Calls work(0) to work(count - 1), a bounded number at a time, and gives back the first failure;
// what is not begun by then stays undone.
absl::Status ForEach(WorkerPool& pool, std::size_t count,
                     const std::function<absl::Status(std::size_t)>& work,
                     const std::function<bool()>& given_up);

// CheckItem of every item, in their order.
template <class Codec>
absl::StatusOr<std::vector<Checked>> CheckItems(const FactsLoader& facts, WorkerPool& pool,
                                                const std::vector<Item<Codec>>& items,
                                                const std::function<bool()>& given_up) {
  std::vector<Checked> checked(items.size());
  absl::Status status = ForEach(
      pool, items.size(),
      [&](std::size_t i) {
        auto one = CheckItem<Codec>(facts, items[i]);
        if (!one.ok()) return one.status();
        checked[i] = *std::move(one);
        return absl::OkStatus();
      },
      given_up);
  if (!status.ok()) return status;
  return checked;
}

}  // namespace pepline::registry

#endif  // PEPLINE_SERVICES_REGISTRY_IMPORT_ITEMS_H_
