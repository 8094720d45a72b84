#include "tools/story/story_clock.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tools/client/text_forms.h"

namespace pepline::story {
namespace {

constexpr int kHands = 6;
constexpr int kAttempts = 8;  // the last after half a minute
constexpr int kMostStepsAtOnce = 10'000;
constexpr absl::Duration kSettleBound = absl::Seconds(60);

}  // namespace

StoryClock::StoryClock(Stack& stack, std::unique_ptr<client::Caller> caller)
    : stack_(stack),
      caller_(std::move(caller)),
      people_(std::make_unique<People>(*caller_)),
      runner_(std::make_unique<Runner>(*caller_, *people_)),
      pool_(kHands, kMostStepsAtOnce) {}

absl::StatusOr<std::unique_ptr<StoryClock>> StoryClock::Create(Stack& stack) {
  if (stack.clock() == nullptr) {
    return absl::FailedPreconditionError("a story needs a stack with a simulated clock");
  }
  auto caller = client::Caller::Create({.stack_folder = stack.folder(), .attempts = kAttempts});
  if (!caller.ok()) return caller.status();
  auto story_clock = std::unique_ptr<StoryClock>(new StoryClock(stack, *std::move(caller)));
  auto follower = TopicFollower::Start(stack.bootstrap());
  if (!follower.ok()) return follower.status();
  story_clock->follower_ = *std::move(follower);
  auto settling = Settling::Create(stack, *story_clock->follower_);
  if (!settling.ok()) return settling.status();
  story_clock->settling_ = *std::move(settling);
  return story_clock;
}

absl::Status StoryClock::RunTogether(const std::vector<Step>& steps, Moment& moment) {
  // What concerns no child comes first and alone: imports build on each other.
  std::map<std::string, std::vector<const Step*>> by_child;
  for (const Step& step : steps) by_child[step.child].push_back(&step);
  absl::Mutex mutex;
  absl::Status first_problem;
  const auto run = [&](const std::vector<const Step*>& mine) {
    for (const Step* step : mine) {
      std::string refusal;
      const absl::Status done = runner_->Run(*step, &refusal);
      absl::MutexLock lock(&mutex);
      if (!first_problem.ok()) return;
      if (!done.ok()) {
        first_problem = done;
        return;
      }
      if (!step->refused.empty()) moment.refused.push_back({*step, refusal});
    }
  };
  if (const auto alone = by_child.find(""); alone != by_child.end()) {
    run(alone->second);
    by_child.erase(alone);
  }
  std::vector<std::function<void()>> tasks;
  for (const auto& [child, mine] : by_child) tasks.push_back([&] { run(mine); });
  pool_.RunAll(std::move(tasks));
  return first_problem;
}

absl::Status StoryClock::Play(Story story, absl::CivilSecond end, const Listener& listener) {
  const absl::TimeZone zone = London();
  std::stable_sort(story.begin(), story.end(),
                   [](const Step& a, const Step& b) { return a.at < b.at; });
  const absl::Time end_at = absl::FromCivil(end, zone);
  auto next_step = story.begin();
  while (true) {
    absl::Time next = end_at;
    if (next_step != story.end()) next = std::min(next, absl::FromCivil(next_step->at, zone));
    const auto due = settling_->NextDue();
    if (!due.ok()) return due.status();
    if (due->has_value()) next = std::min(next, **due);
    SimulatedClock& clock = *stack_.clock();
    next = std::max(next, clock.Now());
    if (absl::Status moved = clock.Set(next); !moved.ok()) return moved;

    // What was due comes before what people do at the same instant.
    if (due->has_value() && **due <= next) {
      if (absl::Status settled = settling_->Await(kSettleBound); !settled.ok()) return settled;
    }
    std::vector<Step> steps;
    while (next_step != story.end() && absl::FromCivil(next_step->at, zone) <= next) {
      steps.push_back(*std::move(next_step++));
    }
    Moment moment{.now = next, .events = {}, .refused = {}};
    if (!steps.empty()) {
      if (absl::Status done = RunTogether(steps, moment); !done.ok()) return done;
      if (absl::Status settled = settling_->Await(kSettleBound); !settled.ok()) return settled;
      if (runner_->TakeWhetherPeopleChanged()) {
        if (absl::Status status = people_->Refresh(); !status.ok()) return status;
      }
    }
    moment.events = follower_->Take();
    if (!listener(moment)) return absl::CancelledError("the play was ended early");
    if (next >= end_at) return absl::OkStatus();
  }
}

}  // namespace pepline::story
