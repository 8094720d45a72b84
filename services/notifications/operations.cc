#include "services/notifications/operations.h"

#include "services/notifications/record_kinds.h"

namespace pepline::notifications {

OperationParts Operations(RedisStore& store, const Clock& clock, const FactsLoader& facts) {
  RebuildRules rebuild;
  rebuild.why_not =
      "notifications cannot be rebuilt from its topic: who of a role was told already, who was "
      "told in "
      "another's place, and the instants of levels not reached leave it in no event, so people "
      "would "
      "be told twice or not at all. Restore its append-only file or a snapshot (deploy/README.md, "
      "Backup and restore)";
  return {store, clock, RecordKinds(facts), rebuild};
}

}  // namespace pepline::notifications
