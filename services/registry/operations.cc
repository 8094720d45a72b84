#include "services/registry/operations.h"

#include "services/registry/record_kinds.h"

namespace pepline::registry {

OperationParts Operations(RedisStore& store, const Clock& clock, const FactsLoader& facts) {
  RebuildRules rebuild;
  rebuild.why_not =
      "registry cannot be rebuilt from its topic: names, dates of birth, UPNs, addresses, "
      "appointments to "
      "come and who imported what leave it in no event. Restore its append-only file or a snapshot "
      "(deploy/README.md, Backup and restore); the other services can be rebuilt beside it";
  return {store, clock, RecordKinds(facts), rebuild};
}

}  // namespace pepline::registry
