// What an operator runs with the service's own program, because the rules live in it:
//   pepline-<service> --check [--repair]   alarms and look-up lists against the records
//   pepline-<service> --rebuild            an empty Redis from the topics
//   pepline-<service> --restored           once an older copy of its Redis was put back
//   pepline-<service> --digest             of the records, for comparing with a rebuilt Redis
//   pepline-<service> --parked             consumed records that could not be handled and wait
//   pepline-<service> --release ID         try these now
//   pepline-<service> --skip ID REASON     give up the first of these, for a reason that is logged
// The same settings as the service's. Results go to standard output, a progress bar to standard
// error where that is a terminal. Promises: beside a live service all but --rebuild and --restored
// do no harm. Exit codes: 0 all right, 1 differences were found (with --repair: also when they were
// mended), 2 wrong usage, 3 could not be done, with the reason. Threads: one at a time.
#ifndef PEPLINE_SHARED_PROCESS_OPERATIONS_H_
#define PEPLINE_SHARED_PROCESS_OPERATIONS_H_

#include <optional>
#include <string_view>
#include <vector>

#include "shared/admin/check.h"
#include "shared/admin/rebuild.h"
#include "shared/base/clock.h"
#include "shared/process/config.h"
#include "shared/redis/redis_store.h"

namespace pepline {

// Whether the program's first argument asks for one of these.
bool IsOperation(std::string_view argument);

struct OperationParts {
  RedisStore& store;
  const Clock& clock;
  std::vector<RecordKind> kinds;
  RebuildRules rebuild;
};
// A value means: it was asked for and done; exit with that code.
std::optional<int> RunOperation(int argc, char** argv, const CommonConfig& config,
                                const OperationParts& parts);

}  // namespace pepline

#endif  // PEPLINE_SHARED_PROCESS_OPERATIONS_H_
