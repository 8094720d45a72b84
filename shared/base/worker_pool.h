// A bounded pool for straight-line blocking code: fixed threads, bounded queue.
// Promises: an accepted task runs exactly once; Stop runs what was accepted and then joins.
// Threads: safe from any thread.
#ifndef PEPLINE_SHARED_BASE_WORKER_POOL_H_
#define PEPLINE_SHARED_BASE_WORKER_POOL_H_

#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace pepline {

class WorkerPool {
 public:
  WorkerPool(int threads, int queue_limit);
  ~WorkerPool();  // Stop()
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // False when the queue is full or the pool is stopping; the task is not run then.
  bool TrySubmit(std::function<void()> task);
  // Runs all the tasks and returns when the last is finished. Callable from outside the pool only.
  void RunAll(std::vector<std::function<void()>> tasks);
  // True once no task waits or runs; false when the bound passes before.
  bool AwaitIdle(absl::Duration bound);
  void Stop();

 private:
  void Work();
  bool HasWork() const ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return stopping_ || !queue_.empty(); }

  const int queue_limit_;
  absl::Mutex mutex_;
  std::deque<std::function<void()>> queue_ ABSL_GUARDED_BY(mutex_);
  int running_ ABSL_GUARDED_BY(mutex_) = 0;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace pepline

#endif  // PEPLINE_SHARED_BASE_WORKER_POOL_H_
