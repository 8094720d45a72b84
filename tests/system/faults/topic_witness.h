// Somebody who follows the event topics from outside and writes down what the stack's clock was
// when each record came: the proof of what was said when, whatever the clock of the process that
// said it. Promises: every record once, later than it was said. Errors: Unavailable when the broker
// does not tell its topics. Threads: one of its own; every function from any thread.
#ifndef PEPLINE_TESTS_SYSTEM_FAULTS_TOPIC_WITNESS_H_
#define PEPLINE_TESTS_SYSTEM_FAULTS_TOPIC_WITNESS_H_

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "shared/base/clock.h"

namespace RdKafka {
class KafkaConsumer;
}  // namespace RdKafka

namespace pepline {

class TopicWitness {
 public:
  // The clock must outlive it.
  static absl::StatusOr<std::unique_ptr<TopicWitness>> Start(const std::string& bootstrap_servers,
                                                             const std::vector<std::string>& topics,
                                                             const Clock& clock);
  ~TopicWitness();
  TopicWitness(const TopicWitness&) = delete;
  TopicWitness& operator=(const TopicWitness&) = delete;

  // As the checker reads it.
  absl::Status Write(const std::string& path) const;

 private:
  explicit TopicWitness(const Clock& clock);
  void Run();

  const Clock& clock_;
  std::unique_ptr<RdKafka::KafkaConsumer> consumer_;
  std::atomic<bool> stopping_ = false;
  mutable absl::Mutex mutex_;
  std::string lines_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace pepline

#endif  // PEPLINE_TESTS_SYSTEM_FAULTS_TOPIC_WITNESS_H_
