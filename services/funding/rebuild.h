// How funding is made again from the topics (shared/admin/rebuild.h).
// Threads: one at a time.
#ifndef PEPLINE_SERVICES_FUNDING_REBUILD_H_
#define PEPLINE_SERVICES_FUNDING_REBUILD_H_

#include "shared/admin/rebuild.h"

namespace pepline::funding {

RebuildRules HowToRebuild();

}  // namespace pepline::funding

#endif  // PEPLINE_SERVICES_FUNDING_REBUILD_H_
