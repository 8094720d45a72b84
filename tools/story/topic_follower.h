// Follows the five event topics from their first record, as any consumer of Pepline would, and
// hands the events out decoded. For the demo and for tests that wait for something to happen.
// Promises: every event once, those of one child in order; counts what it has read by topic. It is
// in no consumer group and stores no offsets.
// Errors: Unavailable when the broker does not tell its topics; an event that cannot be decoded is
// counted, since the contract is broken then. Threads: one of its own; Take and counts from any.
#ifndef PEPLINE_TOOLS_STORY_TOPIC_FOLLOWER_H_
#define PEPLINE_TOOLS_STORY_TOPIC_FOLLOWER_H_

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "pepline/assessments/v1/assessments_events.pb.h"
#include "pepline/funding/v1/funding_events.pb.h"
#include "pepline/notifications/v1/notifications_events.pb.h"
#include "pepline/registry/v1/registry_events.pb.h"
#include "pepline/scheduling/v1/scheduling_events.pb.h"

namespace RdKafka {
class KafkaConsumer;
class Message;
}  // namespace RdKafka

namespace pepline::story {

using AnyEvent = std::variant<registry::v1::RegistryEvent, scheduling::v1::SchedulingEvent,
                              assessments::v1::AssessmentsEvent, funding::v1::FundingEvent,
                              notifications::v1::NotificationsEvent>;

// "pepline.<service>.events.v1"
std::string TopicOf(const std::string& service);

class TopicFollower {
 public:
  static absl::StatusOr<std::unique_ptr<TopicFollower>> Start(const std::string& bootstrap_servers);
  ~TopicFollower();
  TopicFollower(const TopicFollower&) = delete;
  TopicFollower& operator=(const TopicFollower&) = delete;

  // What came since the last call, in the order of arrival.
  std::vector<AnyEvent> Take();
  // How many records of the topic came so far.
  std::int64_t Count(const std::string& topic) const;
  std::int64_t undecodable() const { return undecodable_; }

 private:
  TopicFollower();
  void Run();
  void Keep(const RdKafka::Message& message);

  std::unique_ptr<RdKafka::KafkaConsumer> consumer_;
  std::atomic<bool> stopping_ = false;
  std::atomic<std::int64_t> undecodable_ = 0;
  mutable absl::Mutex mutex_;
  std::vector<AnyEvent> events_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, std::int64_t> counts_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace pepline::story

#endif  // PEPLINE_TOOLS_STORY_TOPIC_FOLLOWER_H_
