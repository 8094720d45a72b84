// Plays a story on a stack with a simulated clock: moves the clock to the next instant at which
// somebody acts or a service has something due, lets everybody act, waits until all is settled,
// tells the listener what happened, and goes on. Nights in which nothing is due cost nothing.
// Promises: steps of one child in the order given, those of different children side by side; the
// same story has the same events on every run. A step that is answered otherwise than the story
// says ends the play with the reason. Errors: those, and a stack that does not come to rest.
// Threads: one at a time; the listener is called on the caller's.
#ifndef PEPLINE_TOOLS_STORY_STORY_CLOCK_H_
#define PEPLINE_TOOLS_STORY_STORY_CLOCK_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "shared/base/worker_pool.h"
#include "tools/client/caller.h"
#include "tools/stack/stack.h"
#include "tools/story/people.h"
#include "tools/story/runner.h"
#include "tools/story/settling.h"
#include "tools/story/step.h"
#include "tools/story/topic_follower.h"

namespace pepline::story {

// A step that was refused, as the story says, and what the service said to it.
struct Refused {
  Step step;
  std::string message;
};

// What came about at one instant.
struct Moment {
  absl::Time now;
  std::vector<AnyEvent> events;
  std::vector<Refused> refused;
};
// False ends the play early.
using Listener = std::function<bool(const Moment&)>;

class StoryClock {
 public:
  // The stack must outlive it and have a simulated clock.
  static absl::StatusOr<std::unique_ptr<StoryClock>> Create(Stack& stack);

  // Plays until the listener says no or the clock shows `end`. Cancelled when the listener said no.
  absl::Status Play(Story story, absl::CivilSecond end, const Listener& listener);

  client::Caller& caller() { return *caller_; }
  People& people() { return *people_; }
  Settling& settling() { return *settling_; }
  TopicFollower& follower() { return *follower_; }

 private:
  StoryClock(Stack& stack, std::unique_ptr<client::Caller> caller);
  // All steps of one instant.
  absl::Status RunTogether(const std::vector<Step>& steps, Moment& moment);

  Stack& stack_;
  std::unique_ptr<client::Caller> caller_;
  std::unique_ptr<People> people_;
  std::unique_ptr<Runner> runner_;
  std::unique_ptr<TopicFollower> follower_;
  std::unique_ptr<Settling> settling_;
  WorkerPool pool_;
};

}  // namespace pepline::story

#endif  // PEPLINE_TOOLS_STORY_STORY_CLOCK_H_
