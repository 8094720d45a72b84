// How scheduling is made again from the topics (shared/runtime/rebuild.h).
// Threads: one at a time.
#ifndef PEPLINE_SERVICES_SCHEDULING_REBUILD_H_
#define PEPLINE_SERVICES_SCHEDULING_REBUILD_H_

#include "shared/runtime/rebuild.h"

namespace pepline::scheduling {

RebuildRules HowToRebuild();

}  // namespace pepline::scheduling

#endif  // PEPLINE_SERVICES_SCHEDULING_REBUILD_H_
