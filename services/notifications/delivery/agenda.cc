#include "services/notifications/delivery/agenda.h"

#include <algorithm>

namespace pepline::notifications {

void Agenda::PutDown(const AlertId& alert, absl::Time at) {
  const auto found = at_.find(alert);
  if (found != at_.end()) {
    if (found->second <= at) return;
    order_.erase({found->second, alert});
    found->second = at;
  } else {
    if (at_.size() >= most_) return;
    at_.emplace(alert, at);
  }
  order_.insert({at, alert});
  changed_ = true;
}

void Agenda::Post(const AlertId& alert, absl::Time at) {
  absl::MutexLock lock(&mutex_);
  if (const auto busy = at_work_.find(alert); busy != at_work_.end()) {
    busy->second = std::min(busy->second.value_or(at), at);
    return;
  }
  PutDown(alert, at);
}

bool Agenda::IsAnyDue() const { return !order_.empty() && order_.begin()->first <= absl::Now(); }

std::optional<AlertId> Agenda::Take(absl::Duration bound) {
  const absl::Time end = absl::Now() + bound;
  absl::MutexLock lock(&mutex_);
  while (!stopping_ && !IsAnyDue()) {
    const absl::Time first = order_.empty() ? absl::InfiniteFuture() : order_.begin()->first;
    const absl::Time now = absl::Now();
    if (now >= end) return std::nullopt;
    changed_ = false;
    const auto woken = [this]()
                           ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return changed_ || stopping_; };
    mutex_.AwaitWithTimeout(absl::Condition(&woken), std::min(first, end) - now);
  }
  if (stopping_) return std::nullopt;
  AlertId alert = order_.begin()->second;
  order_.erase(order_.begin());
  at_.erase(alert);
  at_work_.emplace(alert, std::nullopt);
  return alert;
}

void Agenda::Done(const AlertId& alert) {
  absl::MutexLock lock(&mutex_);
  const auto busy = at_work_.find(alert);
  if (busy == at_work_.end()) return;
  const std::optional<absl::Time> again = busy->second;
  at_work_.erase(busy);
  if (again) PutDown(alert, *again);
}

bool Agenda::Contains(const AlertId& alert) const {
  absl::MutexLock lock(&mutex_);
  return at_.contains(alert) || at_work_.contains(alert);
}

void Agenda::Stop() {
  absl::MutexLock lock(&mutex_);
  stopping_ = true;
}

}  // namespace pepline::notifications
