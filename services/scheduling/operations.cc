#include "services/scheduling/operations.h"

#include "services/scheduling/rebuild.h"
#include "services/scheduling/record_kinds.h"

namespace pepline::scheduling {

OperationParts Operations(RedisStore& store, const Clock& clock, const FactsLoader& facts) {
  return {store, clock, RecordKinds(facts), HowToRebuild()};
}

}  // namespace pepline::scheduling
