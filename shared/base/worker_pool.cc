#include "shared/base/worker_pool.h"

#include <utility>

#include "absl/synchronization/blocking_counter.h"

namespace pepline {

WorkerPool::WorkerPool(int threads, int queue_limit) : queue_limit_(queue_limit) {
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { Work(); });
}

WorkerPool::~WorkerPool() { Stop(); }

bool WorkerPool::TrySubmit(std::function<void()> task) {
  absl::MutexLock lock(&mutex_);
  if (stopping_ || queue_.size() >= static_cast<std::size_t>(queue_limit_)) return false;
  queue_.push_back(std::move(task));
  return true;
}

void WorkerPool::RunAll(std::vector<std::function<void()>> tasks) {
  absl::BlockingCounter left(static_cast<int>(tasks.size()));
  const auto has_room = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return stopping_ || queue_.size() < static_cast<std::size_t>(queue_limit_);
  };
  for (auto& task : tasks) {
    std::function<void()> counted = [&left, task = std::move(task)] {
      task();
      left.DecrementCount();
    };
    mutex_.LockWhen(absl::Condition(&has_room));
    const bool stopping = stopping_;
    if (!stopping) queue_.push_back(counted);
    mutex_.Unlock();
    if (stopping) counted();  // nobody else would
  }
  left.Wait();
}

bool WorkerPool::AwaitIdle(absl::Duration bound) {
  const auto idle = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return queue_.empty() && running_ == 0;
  };
  absl::MutexLock lock(&mutex_);
  return mutex_.AwaitWithTimeout(absl::Condition(&idle), bound);
}

void WorkerPool::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

void WorkerPool::Work() {
  // The same function of the same object for every idle thread: who unlocks asks it once. A
  // condition of each thread's own would be asked as often as threads are idle.
  const absl::Condition work(this, &WorkerPool::HasWork);
  mutex_.LockWhen(work);
  while (!queue_.empty()) {
    std::function<void()> task = std::move(queue_.front());
    queue_.pop_front();
    ++running_;
    mutex_.Unlock();
    task();
    task = nullptr;  // what it holds goes without the lock
    mutex_.Lock();
    --running_;
    mutex_.Await(work);
  }
  mutex_.Unlock();
}

}  // namespace pepline
