// What two processes of one service say of themselves, and a caller of the second ones.
// Threads: one at a time.
#ifndef PEPLINE_TESTS_SYSTEM_REPLICAS_REPLICA_NUMBERS_H_
#define PEPLINE_TESTS_SYSTEM_REPLICAS_REPLICA_NUMBERS_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "tools/client/caller.h"
#include "tools/stack/stack.h"

namespace pepline {

// Calls the process "<service>-2" of every service.
absl::StatusOr<std::unique_ptr<client::Caller>> CallerOfSecondReplicas(Stack& stack);

// The sum of the metric over all its labels, where the line also has `label` ("rpc=\"Set").
double SumOf(ServiceProcess& process, const std::string& metric, const std::string& label = "");

}  // namespace pepline

#endif  // PEPLINE_TESTS_SYSTEM_REPLICAS_REPLICA_NUMBERS_H_
