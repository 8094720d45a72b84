// Runs a service's program for an operator (--check, --rebuild, --digest) with the settings of the
// service under test, whether that runs at the moment or not.
//   OperationRunner operate(service_->process());
//   EXPECT_EQ(operate.Run({"--check"}).code, 0);
// Errors: a program that cannot be started or does not end is a failure of the running test.
// Threads: one at a time.
#ifndef PEPLINE_TESTS_COMPONENT_SUPPORT_OPERATION_RUNNER_H_
#define PEPLINE_TESTS_COMPONENT_SUPPORT_OPERATION_RUNNER_H_

#include <map>
#include <string>
#include <vector>

#include "shared/redis/redis_inventory.h"
#include "shared/store/store.h"
#include "tools/stack/processes.h"
#include "tools/stack/service_process.h"

namespace pepline {

class OperationRunner {
 public:
  struct Ended {
    int code = -1;
    std::string output;  // standard output and error
    // Those that begin so, e.g. "digest ".
    std::vector<std::string> Lines(const std::string& beginning) const;
  };

  // The service must run now; its settings are kept.
  explicit OperationRunner(const ServiceProcess& service);
  Ended Run(const std::vector<std::string>& arguments);

 private:
  const std::string program_;
  std::map<std::string, std::string> environment_;
  TemporaryFolder folder_;
  int runs_ = 0;
};

// Removes an index entry, adds one of nobody's and, where there are alarms, removes one and adds
// one for nothing; then expects --check to find exactly these, --check --repair to mend them, and
// the next --check to be content.
void ExpectFoundAndMended(OperationRunner& operate, Store& store, Inventory& inventory);
// Expects --rebuild to refuse and to say where the data comes back from instead.
void ExpectRebuildRefused(OperationRunner& operate);

}  // namespace pepline

#endif  // PEPLINE_TESTS_COMPONENT_SUPPORT_OPERATION_RUNNER_H_
