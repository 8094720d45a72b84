#include "services/funding/operations.h"

#include "services/funding/rebuild.h"
#include "services/funding/record_kinds.h"

namespace pepline::funding {

OperationParts Operations(RedisStore& store, const Clock& clock) {
  return {store, clock, RecordKinds(clock), HowToRebuild()};
}

}  // namespace pepline::funding
