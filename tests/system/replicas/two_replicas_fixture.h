// A term in which every service runs as two processes and half the schools call each.
// Threads: one at a time.
#ifndef PEPLINE_TESTS_SYSTEM_REPLICAS_TWO_REPLICAS_FIXTURE_H_
#define PEPLINE_TESTS_SYSTEM_REPLICAS_TWO_REPLICAS_FIXTURE_H_

#include <functional>
#include <string>

#include "tests/system/killing/term_fixture.h"
#include "tools/stack/stack.h"

namespace pepline {

class TwoReplicasTest : public TermTest {
 protected:
  StackOptions Options() override;

  // Whether a process may take a good token for one of another time.
  virtual bool ClocksMayBeWrong() const { return false; }

  // The term passes within `lasts` while schools work through both processes of every service and
  // `meanwhile` goes on; then both have answered and every promise was kept.
  void SchoolsWorkWhile(absl::Duration lasts, const std::function<void()>& meanwhile);
};

// The sum of the metric over all its labels, where the line also has `label` ("rpc=\"Set").
double SumOf(ServiceProcess& process, const std::string& metric, const std::string& label = "");

}  // namespace pepline

#endif  // PEPLINE_TESTS_SYSTEM_REPLICAS_TWO_REPLICAS_FIXTURE_H_
