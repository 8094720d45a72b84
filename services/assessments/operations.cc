#include "services/assessments/operations.h"

#include "services/assessments/record_kinds.h"

namespace pepline::assessments {

OperationParts Operations(RedisStore& store, const Clock& clock) {
  RebuildRules rebuild;
  rebuild.why_not =
      "assessments cannot be rebuilt from its topic: answers, scores, strategies, reasons and "
      "pupil views "
      "leave it in no event, and an SDQ that counts as scored without its score would be worse "
      "than "
      "none. Restore its append-only file or a snapshot (deploy/README.md, Backup and restore)";
  return {store, clock, RecordKinds(clock), rebuild};
}

}  // namespace pepline::assessments
