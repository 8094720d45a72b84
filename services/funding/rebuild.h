// How funding is made again from the topics (shared/runtime/rebuild.h).
// Threads: one at a time.
#ifndef PEPLINE_SERVICES_FUNDING_REBUILD_H_
#define PEPLINE_SERVICES_FUNDING_REBUILD_H_

#include "shared/runtime/rebuild.h"

namespace pepline::funding {

RebuildRules HowToRebuild();

}  // namespace pepline::funding

#endif  // PEPLINE_SERVICES_FUNDING_REBUILD_H_
