// A stack to which faults can be done: between every process of a service and what it needs stands
// somebody who may cut, delay or break the path, and every such process has a clock of its own.
// Promises: Begin does the fault, End undoes it and has what it met running again; Tick does what
// goes on during a fault. Errors: of what could not be done. Threads: one at a time, which is not
// that of ClockMoved.
#ifndef PEPLINE_TESTS_SYSTEM_FAULTS_FAULT_STAGE_H_
#define PEPLINE_TESTS_SYSTEM_FAULTS_FAULT_STAGE_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "tests/support/shifted_clock.h"
#include "tests/support/tcp_proxy.h"
#include "tests/system/faults/fault_schedule.h"
#include "tools/stack/stack.h"

namespace pepline {

class FaultStage {
 public:
  FaultStage(std::string folder, std::vector<std::string> processes)
      : folder_(std::move(folder)), processes_(std::move(processes)) {}
  // Before the stack starts: clocks at `start`, and ways in to a real Kafka.
  absl::Status Build(absl::Time start, bool has_kafka);
  std::vector<KafkaListener> kafka_listeners() const;
  // For StackOptions::prepare. What cannot be built is told by trouble().
  void Prepare(const std::string& process, std::map<std::string, std::string>& environment);
  const absl::Status& trouble() const { return trouble_; }

  // Every process is told the stack's time, wrong by as much as its clock is.
  void ClockMoved(absl::Time now);

  absl::Status Begin(Stack& stack, const Fault& fault);
  // Every few milliseconds while the fault lasts; `since` it began.
  absl::Status Tick(Stack& stack, const Fault& fault, absl::Duration since);
  absl::Status End(Stack& stack, const Fault& fault);

 private:
  struct Actor {
    std::unique_ptr<ShiftedClock> day;
    std::unique_ptr<FreeSimulatedClock> simulated;
    absl::Duration shift;  // of the simulated one
    std::unique_ptr<TcpProxy> redis, kafka, registry, smtp;
  };
  Actor& ActorOf(const Fault& fault) { return actors_.at(fault.target); }
  std::vector<TcpProxy*> Paths(const Fault& fault);
  void ShiftSimulated(Actor& actor, absl::Duration shift);
  std::unique_ptr<TcpProxy> Between(int target_port);
  absl::Status FillDisk(Stack& stack, bool full);

  const std::string folder_;
  const std::vector<std::string> processes_;
  std::map<std::string, Actor> actors_;
  std::map<std::string, KafkaListener> listeners_;
  absl::Status trouble_;
  absl::Mutex mutex_;
  absl::Time now_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace pepline

#endif  // PEPLINE_TESTS_SYSTEM_FAULTS_FAULT_STAGE_H_
