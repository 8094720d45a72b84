// Somebody who watches from outside, all the time, whether every loop of a stack moves: the relay,
// the alarms and the mails of each service by its store, each consumer by its group's offsets. And
// scrapes the numbers of every process once a second, as Prometheus would.
// Promises: looks and changes nothing; what cannot be seen while Redis or Kafka is away is not
// counted as standing still. Threads: three of its own; every function from one thread.
#ifndef PEPLINE_TESTS_SYSTEM_FAULTS_LOOP_WATCH_H_
#define PEPLINE_TESTS_SYSTEM_FAULTS_LOOP_WATCH_H_

#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "shared/redis/redis_store.h"
#include "tests/system/checker/silence.h"
#include "tools/stack/stack.h"
#include "tools/story/settling.h"

namespace pepline {

class LoopWatch {
 public:
  // The stack must outlive it.
  static absl::StatusOr<std::unique_ptr<LoopWatch>> Start(
      Stack& stack, const std::vector<story::Settling::Reader>& readers);
  ~LoopWatch();
  LoopWatch(const LoopWatch&) = delete;
  LoopWatch& operator=(const LoopWatch&) = delete;

  // One line for everything that stood still in silence so far; asks the rules, which takes its
  // time. What stood still and was told of is printed.
  std::vector<std::string> Silences();

 private:
  explicit LoopWatch(Stack& stack) : stack_(stack) {}
  void Scrape();
  void LookAtStores();
  void LookAtGroups();
  void See(const std::string& service, const std::string& loop, bool waits,
           const std::string& mark);
  void Every(absl::Duration pause, void (LoopWatch::*look)());

  Stack& stack_;
  std::map<std::string, std::vector<std::string>> topics_;  // that a service reads
  std::map<std::string, int> metrics_ports_;                // by process
  std::map<std::string, std::unique_ptr<RedisStore>> stores_;
  absl::Notification stopping_;
  absl::Mutex mutex_;
  StandStills stands_ ABSL_GUARDED_BY(mutex_);
  std::optional<ScrapedMetrics> metrics_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::thread> threads_;
};

}  // namespace pepline

#endif  // PEPLINE_TESTS_SYSTEM_FAULTS_LOOP_WATCH_H_
