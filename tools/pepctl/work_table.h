// A work-list as a person reads it: the items of several services in one order, and a table of
// them. Promises: what the services of a newer version say is shown too, a step in the contract's
// words. Threads: pure functions.
#ifndef PEPLINE_TOOLS_PEPCTL_WORK_TABLE_H_
#define PEPLINE_TOOLS_PEPCTL_WORK_TABLE_H_

#include <vector>

#include "absl/time/civil_time.h"
#include "pepline/common/v1/work.pb.h"
#include "tools/pepctl/table.h"

namespace pepline::pepctl {

// Into the order that each service lists its own in (shared/rpc/work_list.h).
void SortWork(std::vector<common::v1::WorkItem>& items);
// `today` in London: what is late is so by so many days.
Table WorkTable(const std::vector<common::v1::WorkItem>& items, absl::CivilDay today);

}  // namespace pepline::pepctl

#endif  // PEPLINE_TOOLS_PEPCTL_WORK_TABLE_H_
