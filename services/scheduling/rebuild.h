// How scheduling is made again from the topics (shared/admin/rebuild.h).
// Threads: one at a time.
#ifndef PEPLINE_SERVICES_SCHEDULING_REBUILD_H_
#define PEPLINE_SERVICES_SCHEDULING_REBUILD_H_

#include "shared/admin/rebuild.h"

namespace pepline::scheduling {

RebuildRules HowToRebuild();

}  // namespace pepline::scheduling

#endif  // PEPLINE_SERVICES_SCHEDULING_REBUILD_H_
