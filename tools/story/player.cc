#include "tools/story/player.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tools/client/text_forms.h"

namespace pepline::story {
namespace {

constexpr int kHands = 6;
constexpr int kAttempts = 8;  // the last after half a minute
constexpr int kMostActsAtOnce = 10'000;
constexpr absl::Duration kSettleBound = absl::Seconds(60);

}  // namespace

Player::Player(Stack& stack, std::unique_ptr<client::Caller> caller)
    : stack_(stack),
      caller_(std::move(caller)),
      people_(std::make_unique<People>(*caller_)),
      performer_(std::make_unique<Performer>(*caller_, *people_)),
      pool_(kHands, kMostActsAtOnce) {}

absl::StatusOr<std::unique_ptr<Player>> Player::Create(Stack& stack) {
  if (stack.clock() == nullptr) {
    return absl::FailedPreconditionError("a story needs a stack with a simulated clock");
  }
  auto caller = client::Caller::Create({.stack_folder = stack.folder(), .attempts = kAttempts});
  if (!caller.ok()) return caller.status();
  auto player = std::unique_ptr<Player>(new Player(stack, *std::move(caller)));
  auto follower = TopicFollower::Start(stack.bootstrap());
  if (!follower.ok()) return follower.status();
  player->follower_ = *std::move(follower);
  auto settling = Settling::Create(stack, *player->follower_);
  if (!settling.ok()) return settling.status();
  player->settling_ = *std::move(settling);
  return player;
}

absl::Status Player::PerformTogether(const std::vector<Act>& acts, Step& step) {
  // What concerns no child comes first and alone: imports build on each other.
  std::map<std::string, std::vector<const Act*>> by_child;
  for (const Act& act : acts) by_child[act.child].push_back(&act);
  absl::Mutex mutex;
  absl::Status first_problem;
  const auto perform = [&](const std::vector<const Act*>& mine) {
    for (const Act* act : mine) {
      std::string refusal;
      const absl::Status done = performer_->Perform(*act, &refusal);
      absl::MutexLock lock(&mutex);
      if (!first_problem.ok()) return;
      if (!done.ok()) {
        first_problem = done;
        return;
      }
      if (!act->refused.empty()) step.refused.push_back({*act, refusal});
    }
  };
  if (const auto alone = by_child.find(""); alone != by_child.end()) {
    perform(alone->second);
    by_child.erase(alone);
  }
  std::vector<std::function<void()>> tasks;
  for (const auto& [child, mine] : by_child) tasks.push_back([&] { perform(mine); });
  pool_.RunAll(std::move(tasks));
  return first_problem;
}

absl::Status Player::Play(Story story, absl::CivilSecond end, const Listener& listener) {
  const absl::TimeZone zone = London();
  std::stable_sort(story.begin(), story.end(),
                   [](const Act& a, const Act& b) { return a.at < b.at; });
  const absl::Time end_at = absl::FromCivil(end, zone);
  auto next_act = story.begin();
  while (true) {
    absl::Time next = end_at;
    if (next_act != story.end()) next = std::min(next, absl::FromCivil(next_act->at, zone));
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
    std::vector<Act> acts;
    while (next_act != story.end() && absl::FromCivil(next_act->at, zone) <= next) {
      acts.push_back(*std::move(next_act++));
    }
    Step step{.now = next, .events = {}, .refused = {}};
    if (!acts.empty()) {
      if (absl::Status done = PerformTogether(acts, step); !done.ok()) return done;
      if (absl::Status settled = settling_->Await(kSettleBound); !settled.ok()) return settled;
      if (performer_->TakeWhetherPeopleChanged()) {
        if (absl::Status status = people_->Refresh(); !status.ok()) return status;
      }
    }
    step.events = follower_->Take();
    if (!listener(step)) return absl::CancelledError("the play was ended early");
    if (next >= end_at) return absl::OkStatus();
  }
}

}  // namespace pepline::story
