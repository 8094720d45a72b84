// That a file was imported: by whom, why, and what came of it. One record for each import that was
// begun, for whoever asks later; nothing of it is said.
// Promises: pure (see shared/domain/decider.h). An id stands for one import for ever: the same may
// begin again, and goes on where it was broken off; another is refused. Does not: hold anything of
// the file. Errors: refusals of RefusalReason. Threads: values and pure functions.
#ifndef PEPLINE_SERVICES_REGISTRY_DOMAIN_IMPORT_LOG_H_
#define PEPLINE_SERVICES_REGISTRY_DOMAIN_IMPORT_LOG_H_

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "services/registry/domain/moment.h"
#include "services/registry/domain/refusals.h"
#include "shared/domain/decider.h"
#include "shared/domain/ids.h"

namespace pepline::registry {

struct ImportBegun {
  AuthorityCode authority;  // empty: of what belongs to no authority
  std::string request_id;
  std::string kind;
  std::string subject;  // opaque
  std::string reason;
  absl::Time at;
  // Of who asked, the options and the file. Empty in records of older versions, which match no
  // import any more.
  std::string fingerprint = {};
  friend bool operator==(const ImportBegun&, const ImportBegun&) = default;
};
struct ImportFinished {
  int created = 0;
  int changed = 0;
  int unchanged = 0;
  absl::Time at;
  int removed = 0;          // taken away from what was known, as was confirmed
  std::string answer = {};  // what the caller was told, for whoever asks again
  friend bool operator==(const ImportFinished&, const ImportFinished&) = default;
};

// Whether an import with this fingerprint is another one than that which the id stands for.
bool IsAnother(const ImportBegun& begun, std::string_view fingerprint);

// Under which the imports of an authority are listed; for an empty code, those of none.
IndexEntry ImportsOf(const AuthorityCode& authority);

struct ImportLogState {
  std::optional<ImportBegun> begun;
  std::optional<ImportFinished> finished;
  friend bool operator==(const ImportLogState&, const ImportLogState&) = default;
};

// `at` of both is the moment of the command.
struct BeginImport {
  ImportBegun import;
};
struct FinishImport {
  ImportFinished result;
};
using ImportLogCommand = std::variant<BeginImport, FinishImport, Wake>;
using ImportLogEvent = std::variant<ImportBegun, ImportFinished>;

struct ImportLog {
  using State = ImportLogState;
  using Command = ImportLogCommand;
  using Event = ImportLogEvent;
  using Facts = Moment;
  static Decision<Event> Decide(const State& state, const Command& command, const Facts& facts);
  static State Evolve(State state, const Event& event);
  static std::optional<absl::Time> NextWake(const State& state, const Facts& facts);
  static std::vector<IndexEntry> Index(const State& state);
};
static_assert(Decider<ImportLog>);

}  // namespace pepline::registry

#endif  // PEPLINE_SERVICES_REGISTRY_DOMAIN_IMPORT_LOG_H_
