// When has a stack on a simulated clock done everything that there is to do at the present instant?
// Then its clock may be moved on, and nothing of the past is left for the future.
// Settled means: no outbox entry waits, no alarm is due, nobody is still to be told of an alert,
// every event that a service said has come to the follower and was handled by every service that
// reads its topic (deploy/topics.yaml).
// Promises: looks and changes nothing; but where the stack does not come to rest for seconds, the
// clock runs on, so that what was put off comes again. Does not hold for a stack whose processes
// were started again, since the counters it compares begin at nothing then. Errors:
// DeadlineExceeded tells who is behind. Threads: one at a time.
#ifndef PEPLINE_TOOLS_STORY_SETTLING_H_
#define PEPLINE_TOOLS_STORY_SETTLING_H_

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "shared/redis/redis_store.h"
#include "tools/stack/stack.h"
#include "tools/story/topic_follower.h"

namespace pepline::story {

class Settling {
 public:
  // Both must outlive it. InvalidArgument when deploy/topics.yaml cannot be read.
  static absl::StatusOr<std::unique_ptr<Settling>> Create(Stack& stack,
                                                          const TopicFollower& follower);

  absl::Status Await(absl::Duration bound);
  // The next instant at which some service wants to be woken; nullopt when none does.
  absl::StatusOr<std::optional<absl::Time>> NextDue();

  // Which service reads which topic.
  struct Reader {
    std::string service;
    std::string topic;
  };
  const std::vector<Reader>& readers() const { return readers_; }
  // Empty when nothing waits in the stores; else who is behind.
  std::string WaitingInStores();

 private:
  // What the services count of themselves.
  struct Counters {
    std::map<std::string, std::int64_t> said;                             // by service
    std::map<std::pair<std::string, std::string>, std::int64_t> handled;  // by service and topic
    friend bool operator==(const Counters&, const Counters&) = default;
  };

  Settling(Stack& stack, const TopicFollower& follower) : stack_(stack), follower_(follower) {}
  absl::StatusOr<Counters> ReadCounters();
  // Empty when everything is settled; else who is behind.
  std::string Waiting();
  // Mails are sent besides alarms and records; an alert that waits for one is in this look-up list.
  absl::StatusOr<bool> SomebodyIsToBeTold();
  // Empty when everything that was said was read; else who is behind.
  std::string WaitingOnTopics(const Counters& counters) const;

  Stack& stack_;
  const TopicFollower& follower_;
  std::vector<Reader> readers_;
  std::map<std::string, std::unique_ptr<RedisStore>> stores_;
};

}  // namespace pepline::story

#endif  // PEPLINE_TOOLS_STORY_SETTLING_H_
