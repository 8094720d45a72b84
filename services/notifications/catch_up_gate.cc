#include "services/notifications/catch_up_gate.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "services/notifications/domain/notice.h"
#include "services/notifications/storage/codec.h"
#include "services/notifications/topics_read.h"

namespace pepline::notifications {
namespace {

constexpr std::size_t kMostNoted = 10'000;

// Whose word an alert ends with, or a notice was made of: scheduling's for a deadline of a PEP and
// a PEP that opens, funding's for a deadline of a request, registry's for a vacancy and for all
// other news of a child.
std::string TopicOf(const AlertId& alert) {
  if (IsOfRequest(alert)) return std::string(kFundingTopic);
  const CataloguedNotice* notice = NoticeOf(alert);
  const bool of_registry =
      notice != nullptr ? !notice->of_scheduling : !VacancyOfAlert(alert).empty();
  return std::string(of_registry ? kRegistryTopic : kSchedulingTopic);
}

}  // namespace

CatchUpGate::CatchUpGate(Metrics& metrics, std::function<absl::Time()> machine_clock)
    : metrics_(metrics), machine_clock_(std::move(machine_clock)) {}

void CatchUpGate::Watch(CaughtUpSince caught_up_since, ChildOf child_of) {
  absl::MutexLock lock(&mutex_);
  caught_up_since_ = std::move(caught_up_since);
  child_of_ = std::move(child_of);
}

std::string CatchUpGate::KeyOf(const AlertId& alert) const {
  if (!IsOfRequest(alert)) return AlertOf(alert).routing_id;
  ChildOf child_of;
  {
    absl::MutexLock lock(&mutex_);
    if (const auto known = children_.find(alert); known != children_.end()) {
      return known->second.text();
    }
    child_of = child_of_;
  }
  const ChildId child = child_of(alert);
  if (child.empty()) return "";
  absl::MutexLock lock(&mutex_);
  if (children_.size() >= kMostNoted) children_.clear();
  children_[alert] = child;  // whom a request is for never changes
  return child.text();
}

CatchUpGate::State CatchUpGate::Of(const AlertId& alert) const {
  CaughtUpSince caught_up_since;
  {
    absl::MutexLock lock(&mutex_);
    caught_up_since = caught_up_since_;
  }
  if (!caught_up_since) return State::kElsewhere;
  const std::string key = KeyOf(alert);
  if (key.empty()) return State::kElsewhere;
  const absl::Time since = caught_up_since(TopicOf(alert), key);
  if (since == absl::InfinitePast()) return State::kElsewhere;
  return machine_clock_() - since <= kFresh ? State::kCaughtUp : State::kBehind;
}

CatchUpGate::State CatchUpGate::HoldBack(const AlertId& alert) {
  const State state = Of(alert);
  const absl::Time now = machine_clock_();
  absl::MutexLock lock(&mutex_);
  if (state == State::kCaughtUp) {
    held_.erase(alert);
    return state;
  }
  const auto [held, is_new] = held_.try_emplace(alert, Held{now, now});
  if (now - held->second.last > kForgotten) held->second.first = now;
  held->second.last = now;
  // The oldest are of interest, and these were there first.
  if (is_new && held_.size() > kMostNoted) held_.erase(held);
  return state;
}

void CatchUpGate::Publish() {
  const absl::Time now = machine_clock_();
  absl::Time oldest = now;
  {
    absl::MutexLock lock(&mutex_);
    std::erase_if(held_, [&](const auto& one) { return now - one.second.last > kForgotten; });
    for (const auto& [alert, held] : held_) oldest = std::min(oldest, held.first);
  }
  metrics_.Set("pepline_notifications_oldest_held_back_age_seconds", {},
               absl::ToDoubleSeconds(now - oldest));
}

}  // namespace pepline::notifications
